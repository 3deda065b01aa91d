# -*- coding: utf-8 -*-
"""
``activation_resolution = input``: a map on the voxel grid of the image file.

A network-space axis is one axis of the file, perhaps flipped, stretched and shifted, so that the
linear interpolation between a map's samples goes axis by axis::

    file voxels    0     1     2     3     4     5     6
    samples           a           b           c
    values         a     .     b . . linear . c     c     c
                   ^ nearest beyond the outermost samples inside the image

- *place*: where a file voxel lies on the map, in samples; whole numbers are samples' centres;
- *known*: a file voxel is known if all samples with a weight in it were given by a window.
"""

from typing import Iterator, List, NamedTuple, Sequence, Tuple

import numpy as np

from niftynet_activations.errors import GeometryError
from niftynet_activations.hints import Volumes
from niftynet_activations.space.boxes import Box, covered_boxes, missing_boxes, slabs
from niftynet_activations.space.lattice import AxisLattice
from niftynet_activations.space.network_space import NetworkSpace

TOLERANCE = 1e-6  # samples; a voxel nearer to a sample than this lies on the sample
SLAB_BYTES = 1 << 24


class AxisTaps(NamedTuple):
    """Which samples of a map the voxels along one axis of the file are read from."""

    axis: int  # of the map
    lower: np.ndarray  # (n,) int, for each voxel of the file the sample at or below it
    upper: np.ndarray  # (n,) int, the next sample; the lower one again where that has no weight
    weight: np.ndarray  # (n,) float64, of the upper sample; the lower one has 1 - weight


class InputGrid(object):
    """
    Interpolates a map to the voxel grid of the image file.

    :ivar shape: (x, y, z) of the file
    :ivar place: affine, NIfTI forms and unit of the file
    :ivar network_axes: for each axis of the file, which axis of network space it is
    """

    def __init__(self, space: NetworkSpace, lattices: Sequence[AxisLattice]) -> None:
        """
        :param space: network space
        :param lattices: of the map, for x, y and z
        :raises GeometryError: if an axis of the map has no sample inside the image
        """
        along_x, along_y, along_z = space.file_shape
        self.shape = (along_x, along_y, along_z)
        self.place = space.place
        self._taps = [self._along(space, lattices, axis) for axis in range(3)]
        self.network_axes = [taps.axis for taps in self._taps]

    @staticmethod
    def _along(space: NetworkSpace, lattices: Sequence[AxisLattice], file_axis: int) -> AxisTaps:
        row = space.to_file[file_axis]
        axis = int(np.argmax(np.abs(row[:3])))
        lattice = lattices[axis]
        if lattice.count < 1:
            raise GeometryError(
                'activation_resolution = input: no sample of the map lies inside the image along '
                "the network's axis {}; use native or a larger image".format('xyz'[axis])
            )
        voxels = (np.arange(space.file_shape[file_axis]) - row[3]) / row[axis]
        return _taps(axis, (voxels - lattice.offset) / lattice.stride - lattice.first, lattice)

    def known(self, covered: Sequence[np.ndarray]) -> List[np.ndarray]:
        """
        :param covered: for each axis of the map, (count,) bool, whether a window gave the samples
        :return: for each axis of the file, (n,) bool, whether its voxels are known
        """
        return [
            covered[taps.axis][taps.lower] & covered[taps.axis][taps.upper] for taps in self._taps
        ]

    def reached(self, ranges: Sequence[Tuple[int, int]]) -> List[Tuple[int, int]]:
        """
        :param ranges: for each axis of the map, the first sample of a box and the sample behind its
            last
        :return: for each axis of the file, the first voxel that is interpolated from these samples
            and the voxel behind the last
        """
        found = []
        for taps in self._taps:
            first, last = ranges[taps.axis]
            inside = np.flatnonzero((taps.upper >= first) & (taps.lower < last))
            found.append((int(inside[0]), int(inside[-1]) + 1) if inside.size else (0, 0))
        return found

    def missing(self, covered: Sequence[np.ndarray]) -> List[Box]:
        """
        :param covered: as for :meth:`known`
        :return: boxes of the file without overlap that hold all voxels that are not known
        """
        return missing_boxes(self.known(covered))

    def read(
        self, values: Volumes, covered: Sequence[np.ndarray]
    ) -> Iterator[Tuple[Tuple[int, ...], np.ndarray]]:
        """
        :param values: the map, array-like (x, y, z, channel), which may lie on disk
        :param covered: as for :meth:`known`
        :return: corner and block (x, y, z, channel) float32 of boxes of the file without overlap
            that hold all voxels that are known
        """
        samples = max(SLAB_BYTES // (4 * values.shape[3]), 1)
        for box in covered_boxes(self.known(covered)):
            for slab in slabs(box, samples):
                yield slab.corner, self._block(values, slab)

    def _block(self, values: Volumes, slab: Box) -> np.ndarray:
        taps = [
            AxisTaps(each.axis, *[part[first : first + count] for part in each[1:]])
            for each, first, count in zip(self._taps, slab.corner, slab.shape)
        ]
        starts = [0, 0, 0]
        cut = [slice(None)] * 3
        for each in taps:
            starts[each.axis] = int(each.lower.min())
            cut[each.axis] = slice(starts[each.axis], int(each.upper.max()) + 1)
        block = np.asarray(values[tuple(cut)], dtype=np.float32)
        for each in taps:
            block = _interpolate(block, each, starts[each.axis])
        return np.transpose(block, [each.axis for each in taps] + [3])


def _taps(axis: int, places: np.ndarray, lattice: AxisLattice) -> AxisTaps:
    places = np.clip(places, 0, lattice.count - 1)
    whole = np.rint(places)
    places = np.where(np.abs(places - whole) < TOLERANCE, whole, places)
    lower = np.floor(places).astype(int)
    weight = places - lower
    return AxisTaps(axis, lower, lower + (weight > 0), weight)


def _interpolate(block: np.ndarray, taps: AxisTaps, start: int) -> np.ndarray:
    below = np.take(block, taps.lower - start, taps.axis)
    if not taps.weight.any():
        return below
    above = np.take(block, taps.upper - start, taps.axis)
    weight = taps.weight.astype(np.float32)
    weight = weight.reshape([-1 if axis == taps.axis else 1 for axis in range(block.ndim)])
    # where the upper sample has no weight it is the lower one, so that no NaN comes in
    return below * (1 - weight) + above * weight
