# -*- coding: utf-8 -*-
"""
What grows while the windows of one subject come: for each layer the files of a map, or a table.

A *target* gives the jobs that take windows, each of which may run in any thread; then it is
finished, or abandoned.
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
    The files of one subject and layer while they grow.

    :ivar key: of the output that the windows come in
    :ivar in_order: whether windows must be taken one after the other, so that the file is always
        the same
    :ivar judgement: what must be known before the target can be finished; None: nothing
    :ivar needs_result: whether NiftyNet's own result must be there before
    :ivar finished: whether its files are complete
    """

    key: str
    in_order = False
    judgement: Optional[Judgement] = None
    needs_result = False
    finished = False

    @property
    def made(self) -> Union[None, Held, HeldRows]:
        """What is held of it, once it is finished; None where there are files."""
        return None

    def job(self, start: Start, values: np.ndarray) -> Job:
        """
        :param start: where the window starts, (x, y, z) in network-space voxels
        :param values: what it gave, (spatial axes ..., channels) float32
        :return: what takes the window
        """
        raise NotImplementedError

    def part_job(self, start: Start, corner: Sequence[int], values: np.ndarray) -> Job:
        """
        :param start: where the window starts, (x, y, z) in network-space voxels
        :param corner: the part's first sample of the window, on the window's spatial axes
        :param values: a part of what the window gave, (spatial axes ..., channels) float32
        :return: what takes the part
        """
        raise NotImplementedError

    def finish(self) -> None:
        """
        Complete the files, behind the last window.

        :raises ActivationError: if they cannot be completed
        """
        raise NotImplementedError

    def complete(self) -> None:
        """
        Finish it, and take note of that.

        :raises ActivationError: if the files cannot be completed
        """
        self.finish()
        self.finished = True

    def abandon(self) -> None:
        """Remove what was written, where it is not complete; calling it again does nothing."""
        raise NotImplementedError


def make_target(folder: OutputFolder, plan: Plan) -> Target:
    """
    :param folder: open
    :param plan: of one subject and layer
    :return: ready to take windows
    :raises WriteError: if the disk has no room
    """
    if isinstance(plan, TablePlan):
        return TableTarget(plan, VectorTable(folder, plan.spec))
    writer = MapWriter(folder, plan.spec, plan.memory, plan.summarise)
    return MapTarget(plan, writer, folder.spool('samples'))


def make_held_target(arrays: NamelessArrays, plan: Plan) -> Target:
    """
    :param arrays: makes those that samples go to
    :param plan: of one subject and layer
    :return: ready to take windows; ``made`` is there when it is finished
    """
    if isinstance(plan, TablePlan):
        return TableTarget(plan, HeldTable(plan.spec))
    return MapTarget(plan, HeldWriter(plan.spec, arrays), '', arrays)


def volume_axes(values: np.ndarray, spatial_axes: Sequence[int]) -> np.ndarray:
    """
    :param values: (spatial axes ..., channels); axes one voxel thick are left out by NiftyNet
    :param spatial_axes: which of x, y, z there are
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
            # what would come from a window that is not computed
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
        self._mask = None  # as large as the map
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
    """A table, of a layer that has no place in space: a row for each window."""

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
