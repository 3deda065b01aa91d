# -*- coding: utf-8 -*-
"""
The maps of one subject while its windows come in.

A window's samples are cut out and written in the background; the map is completed behind its
last window. A window that NiftyNet repeats to fill a batch is taken once.
"""

from functools import partial
from typing import Dict, Sequence, Set, Tuple, Union

import numpy as np

from niftynet_activations.errors import WriteError
from niftynet_activations.output.folder import OutputFolder
from niftynet_activations.output.pipeline import Pipeline
from niftynet_activations.output.vectors import VectorTable
from niftynet_activations.output.writer import MapWriter
from niftynet_activations.plan import MapPlan, TablePlan
from niftynet_activations.stitching.crop import take

Start = Tuple[int, int, int]
Plan = Union[MapPlan, TablePlan]


class SubjectMaps(object):
    """
    :ivar name: the subject's
    :ivar complete: whether all its windows have come
    """

    def __init__(
        self,
        name: str,
        plans: Sequence[Plan],
        starts: Sequence[Sequence[int]],
        folder: OutputFolder,
        pipeline: Pipeline,
    ) -> None:
        """
        :param name: the subject's
        :param plans: one a layer that is to be written; may be empty
        :param starts: of the windows to come, on each axis
        :param folder: open
        :param pipeline: does the writing
        """
        self.name = name
        self._pipeline = pipeline
        self._expected: Set[Start] = set(
            (x, y, z) for x in starts[0] for y in starts[1] for z in starts[2]
        )
        self._targets = [_target(folder, plan) for plan in plans]

    @property
    def complete(self) -> bool:
        return not self._expected

    def add(self, start: Start, windows: Dict[str, np.ndarray]) -> bool:
        """
        :param start: where the window starts, network-space voxels
        :param windows: output name -> (spatial axes ..., channels) float32; kept until written
        :return: whether the window was one that had not come yet
        :raises WriteError: if an earlier write failed
        """
        if start not in self._expected:
            return False
        for target in self._targets:
            values = windows[target.key]
            self._pipeline.put(
                partial(target.write, start, values), values.nbytes, (self.name, target.key)
            )
        self._expected.remove(start)
        if self.complete:
            for target in self._targets:
                self._pipeline.put(target.finish, 0, (self.name, target.key), last=True)
        return True

    def abandon(self) -> None:
        """Remove what was written of maps that are not complete."""
        for target in self._targets:
            target.abandon()

    def check_complete(self) -> None:
        """
        :raises WriteError: if windows are still to come
        """
        if self._expected:
            raise WriteError(
                "the run ended before all windows of subject '{}' had come ({} missing): its maps "
                'were not written; run it again'.format(self.name, len(self._expected))
            )


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


class _VolumeTarget(object):
    """A map in space."""

    def __init__(self, folder: OutputFolder, plan: MapPlan) -> None:
        self.key = plan.key
        self._plan = plan
        self._writer = MapWriter(folder, plan.spec)
        for box in plan.crop.missing():
            self._writer.fill_missing(box.corner, box.shape)

    def write(self, start: Start, values: np.ndarray) -> None:
        values = volume_axes(values, self._plan.spatial_axes)
        for box, runs in self._plan.crop.placements(start):
            self._writer.write(box.corner, take(values, runs))

    def finish(self) -> None:
        self._writer.finish(self._plan.info)

    def abandon(self) -> None:
        self._writer.abandon()


class _TableTarget(object):
    """Rows of a layer that has no place in space."""

    def __init__(self, folder: OutputFolder, plan: TablePlan) -> None:
        self.key = plan.key
        self._plan = plan
        self._table = VectorTable(folder, plan.spec)
        self.abandon = self._table.abandon

    def write(self, start: Start, values: np.ndarray) -> None:
        end = [first + size for first, size in zip(start, self._plan.window)]
        self._table.append(list(start) + end, values)

    def finish(self) -> None:
        self._table.finish(self._plan.info)


def _target(folder: OutputFolder, plan: Plan) -> Union[_VolumeTarget, _TableTarget]:
    if isinstance(plan, TablePlan):
        return _TableTarget(folder, plan)
    return _VolumeTarget(folder, plan)
