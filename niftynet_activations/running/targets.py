# -*- coding: utf-8 -*-
"""
Unfinished maps and tables: a *target* takes the windows of one subject and layer.

A target gives jobs, functions that each take one window into the map and may run in any thread.
In the end it is finished, or abandoned.
"""

import threading
from functools import partial
from typing import Callable, Optional, Sequence, Tuple, Union

import numpy as np

from niftynet_activations.errors import WriteError
from niftynet_activations.exactness.judgement import Judgement
from niftynet_activations.planning.masked import mask_of, unneeded_samples
from niftynet_activations.planning.plan import MapPlan, Plan, TablePlan
from niftynet_activations.space.sample_mask import SampleMask
from niftynet_activations.stitching.contract import Stitcher, Task, Write
from niftynet_activations.stitching.stitcher import make_stitcher, waits
from niftynet_activations.store.basis import Basis, apply_basis
from niftynet_activations.store.files import disk_errors
from niftynet_activations.store.folder import OutputFolder
from niftynet_activations.store.held import Held, HeldRows, HeldTable, HeldWriter
from niftynet_activations.store.nameless import NamelessArrays
from niftynet_activations.store.vectors import VectorTable
from niftynet_activations.store.writer import MapWriter

Start = Tuple[int, int, int]
Job = Callable[[], None]


class Target(object):
    """
    The unfinished map, or table, of one subject and layer.

    :ivar key: name of the fetched output that its windows come under
    :ivar in_order: whether windows must be taken one after the other, so that the file is always
        the same
    :ivar judgement: the verdict that must be known before the target can be finished; None: none
    :ivar needs_result: whether NiftyNet's own result must be complete before
    :ivar finished: whether its files are complete
    """

    key: str
    in_order = False
    judgement: Optional[Judgement] = None
    needs_result = False
    finished = False

    @property
    def made(self) -> Union[None, Held, HeldRows]:
        """The finished map as an array in memory; None where it is written to files."""
        return None

    def job(self, start: Start, values: np.ndarray) -> Job:
        """
        :param start: where the window starts, (x, y, z) in network-space voxels
        :param values: the layer's output for it, (spatial axes ..., channels) float32
        :return: the function that takes the window into the map
        """
        raise NotImplementedError

    def part_job(self, start: Start, corner: Sequence[int], values: np.ndarray) -> Job:
        """
        :param start: where the window starts, (x, y, z) in network-space voxels
        :param corner: the part's first sample of the window, on the window's spatial axes
        :param values: a part of the layer's output, (spatial axes ..., channels) float32
        :return: the function that takes the part into the map
        """
        raise NotImplementedError

    def finish(self) -> None:
        """
        Complete the files, after the last window.

        :raises ActivationError: if they cannot be completed
        """
        raise NotImplementedError

    def complete(self) -> None:
        """
        Finish the target, and set ``finished``.

        :raises ActivationError: if the files cannot be completed
        """
        self.finish()
        self.finished = True

    def abandon(self) -> None:
        """Remove the files if they are not complete; a second call does nothing."""
        raise NotImplementedError


def make_target(folder: OutputFolder, plan: Plan) -> Target:
    """
    :param folder: open
    :param plan: of one subject and layer
    :return: a target that writes files, ready to take windows
    :raises WriteError: if the disk has no room
    """
    if isinstance(plan, TablePlan):
        return TableTarget(plan, VectorTable(folder, plan.spec))
    writer = MapWriter(folder, plan.spec, plan.memory, plan.summarise)
    return MapTarget(plan, writer, folder.spool('samples'))


def make_held_target(arrays: NamelessArrays, plan: Plan) -> Target:
    """
    :param arrays: makes the array of the map
    :param plan: of one subject and layer
    :return: a target that holds its map in memory, ready to take windows; ``made`` is the map when
        it is finished
    """
    if isinstance(plan, TablePlan):
        return TableTarget(plan, HeldTable(plan.spec))
    return MapTarget(plan, HeldWriter(plan.spec, arrays), '', arrays)


def volume_axes(values: np.ndarray, spatial_axes: Sequence[int]) -> np.ndarray:
    """
    :param values: (spatial axes ..., channels); axes one voxel thick are left out by NiftyNet
    :param spatial_axes: which of x, y, z (0, 1, 2) the array has
    :return: (x, y, z, channels), a view
    """
    shape = [1, 1, 1, values.shape[-1]]
    for position, axis in enumerate(spatial_axes):
        shape[axis] = values.shape[position]
    return values.reshape(shape)


class MapTarget(Target):
    """A map: its stitcher hands boxes on to its writer."""

    def __init__(
        self,
        plan: MapPlan,
        writer: Union[MapWriter, HeldWriter],
        scratch: str,
        nameless: Optional[NamelessArrays] = None,
    ) -> None:
        self.key, self.judgement = plan.key, plan.verdict
        self._plan, self._writer = plan, writer
        self.needs_result = plan.needs_result
        self._stitcher = self._make_stitcher(scratch, nameless)
        self.in_order = self._stitcher.in_order
        self._mask: Optional[SampleMask] = None
        self._masking = threading.Lock()
        for box in plan.missing():
            self._writer.fill_missing(box.corner, box.shape)
        if not waits(plan.stitch, plan.grid is not None):
            # samples that would come from windows that are not computed
            for corner, shape in unneeded_samples(plan.unneeded, plan):
                self._writer.fill_missing(corner, shape)

    def _make_stitcher(self, scratch: str, nameless: Optional[NamelessArrays]) -> Stitcher:
        plan = self._plan
        channels = len(plan.spec.channels)
        write: Write = self._writer.write if plan.mask is None else self._write_kept
        if plan.basis is not None:
            channels = len(plan.basis.channels)
            write = partial(_write_components, plan.basis, write)
        task = Task(plan.stitching, channels, write, scratch, plan.grid, nameless)
        try:
            with disk_errors('writing ' + plan.spec.name):
                return make_stitcher(plan.stitch, task)
        except WriteError:
            self._writer.abandon()
            raise

    def _write_kept(self, corner: Tuple[int, ...], block: np.ndarray) -> None:
        with self._masking:
            if self._mask is None:
                self._mask = mask_of(self._plan)
            mask = self._mask
        self._writer.write_kept(corner, block, mask.of(corner, block.shape[:3]))

    @property
    def made(self) -> Optional[Held]:
        return self._writer.made if isinstance(self._writer, HeldWriter) else None

    def job(self, start: Start, values: np.ndarray) -> Job:
        return partial(self._stitcher.add, start, volume_axes(values, self._plan.spatial_axes))

    def part_job(self, start: Start, corner: Sequence[int], values: np.ndarray) -> Job:
        first = [0, 0, 0]
        for axis, sample in zip(self._plan.spatial_axes, corner):
            first[axis] = sample
        values = volume_axes(values, self._plan.spatial_axes)
        return partial(self._stitcher.add_part, start, tuple(first), values)

    def finish(self) -> None:
        self._stitcher.finish()
        self._stitcher.remove()
        self._mask = None  # frees memory: it is as large as the map
        self._writer.finish(self._plan.told())

    def abandon(self) -> None:
        self._writer.abandon()
        self._stitcher.remove()


def _write_components(
    basis: Basis, write: Write, corner: Tuple[int, ...], block: np.ndarray
) -> None:
    made = np.empty(block.shape[:3] + (basis.outputs,), np.float32)
    for plane, values in zip(made, block):
        found = apply_basis(basis, values.reshape(-1, block.shape[3]))
        plane[...] = found.reshape(plane.shape)
    write(corner, made)


class TableTarget(Target):
    """A table, for a layer without spatial axes: a row for each window."""

    in_order = True

    def __init__(self, plan: TablePlan, table: Union[VectorTable, HeldTable]) -> None:
        self.key = plan.key
        self._plan, self._table = plan, table

    @property
    def made(self) -> Optional[HeldRows]:
        return self._table.made if isinstance(self._table, HeldTable) else None

    def job(self, start: Start, values: np.ndarray) -> Job:
        end = [first + size for first, size in zip(start, self._plan.window)]
        return partial(self._table.append, list(start) + end, values)

    def part_job(self, start: Start, corner: Sequence[int], values: np.ndarray) -> Job:
        return self.job(start, values)

    def finish(self) -> None:
        self._table.finish(self._plan.description)

    def abandon(self) -> None:
        self._table.abandon()
