# -*- coding: utf-8 -*-
"""
Where the windows of one subject and layer go: to a map's files, straight or by way of a scratch
file, or to the rows of a table.

A *target* takes each window once, from several threads, then is finished or abandoned.
"""

from typing import Any, Sequence, Tuple, Union

import numpy as np

from niftynet_activations.errors import WriteError
from niftynet_activations.planning.plan import MapPlan, TablePlan
from niftynet_activations.stitching.blend import Blender
from niftynet_activations.stitching.crop import take
from niftynet_activations.stitching.gather import Gatherer, read_slabs
from niftynet_activations.store.files import disk_errors
from niftynet_activations.store.folder import OutputFolder
from niftynet_activations.store.vectors import VectorTable
from niftynet_activations.store.writer import MapWriter

Start = Tuple[int, int, int]
Plan = Union[MapPlan, TablePlan]


def make_target(folder: OutputFolder, plan: Plan) -> Any:
    """
    :param folder: open
    :param plan: of one subject and layer
    :return: an object with ``key``, ``in_turn`` (whether windows must be written one after the
        other, so that the file is always the same), ``write(start, values)``, ``finish()`` and
        ``abandon()``
    """
    if isinstance(plan, TablePlan):
        return _TableTarget(folder, plan)
    if plan.gathers:
        return _GatheredTarget(folder, plan)
    return _StraightTarget(folder, plan)


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


class _StraightTarget(object):
    """Each sample is written once, from one window: nothing is read back."""

    in_turn = False

    def __init__(self, folder: OutputFolder, plan: MapPlan) -> None:
        self.key = plan.key
        self._plan = plan
        self._writer = MapWriter(folder, plan.spec)
        for box in plan.missing():
            self._writer.fill_missing(box.corner, box.shape)

    def write(self, start: Start, values: np.ndarray) -> None:
        values = volume_axes(values, self._plan.spatial_axes)
        for box, runs in self._plan.crop.placements(start):
            self._writer.write(box.corner, take(values, runs))

    def finish(self) -> None:
        self._writer.finish(self._plan.told())

    def abandon(self) -> None:
        self._writer.abandon()


class _GatheredTarget(object):
    """The map is gathered in a scratch file first: means of windows, or another grid."""

    def __init__(self, folder: OutputFolder, plan: MapPlan) -> None:
        self.key = plan.key
        # sums depend on the order of what is added, in their last digits
        self.in_turn = plan.stitch != 'crop'
        self._plan = plan
        self._writer = MapWriter(folder, plan.spec)
        self._gatherer = self._make_gatherer(folder.spool('samples'))
        for box in plan.missing():
            self._writer.fill_missing(box.corner, box.shape)

    def _make_gatherer(self, scratch: str) -> Union[Gatherer, Blender]:
        spec, stitch = self._plan.spec, self._plan.stitch
        try:
            with disk_errors('writing ' + spec.name):
                if stitch == 'crop':
                    return Gatherer(self._plan.crop, len(spec.channels), scratch)
                return Blender(self._plan.crop, stitch, len(spec.channels), scratch)
        except WriteError:
            self._writer.abandon()
            raise

    def write(self, start: Start, values: np.ndarray) -> None:
        self._gatherer.add(start, volume_axes(values, self._plan.spatial_axes))

    def finish(self) -> None:
        values, covered = self._gatherer.finish(), [axis.covered for axis in self._plan.crop.axes]
        grid = self._plan.grid
        blocks = grid.read(values, covered) if grid else read_slabs(values, covered)
        for corner, block in blocks:
            self._writer.write(corner, block)
        self._gatherer.remove()
        self._writer.finish(self._plan.told())

    def abandon(self) -> None:
        self._writer.abandon()
        self._gatherer.remove()


class _TableTarget(object):
    """Rows of a layer that has no place in space."""

    in_turn = True

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
