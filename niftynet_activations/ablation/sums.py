# -*- coding: utf-8 -*-
"""
Means of a layer's channels over the image, from the parts in which a whole pass gives the layer.
"""

from typing import List, Sequence, Tuple

import numpy as np

from niftynet_activations.space.lattice import AxisLattice


class Means(object):
    """
    Adds up, in double precision, the samples that lie inside the image, each once.

    :param lattices: on x, y and z, the samples of the layer that lie inside the image; on an axis
        that the network does not see they are the slices
    :param axes: which of x, y, z the network sees
    :param channels: how many the layer has
    """

    def __init__(self, lattices: Sequence[AxisLattice], axes: Sequence[int], channels: int) -> None:
        self._lattices, self._axes = list(lattices), tuple(axes)
        self._sums, self._count = np.zeros(channels), 0

    def add(self, start: Sequence[int], corner: Tuple[int, ...], values: np.ndarray) -> None:
        """
        :param start: where the pass starts, (x, y, z): its slice along an axis that the network
            does not see
        :param corner: first index of the part on each dimension
        :param values: (1, spatial axes ..., channels)
        """
        inside: List[slice] = []
        for axis, lattice in enumerate(self._lattices):
            low, high = lattice.first, lattice.first + lattice.count
            if axis not in self._axes:
                if not low <= start[axis] < high:
                    return
                continue
            dimension = 1 + len(inside)
            first, size = corner[dimension], values.shape[dimension]
            inside.append(slice(max(low - first, 0), max(min(high - first, size), 0)))
        part = values[(slice(None),) + tuple(inside)]
        self._sums += part.sum(axis=tuple(range(part.ndim - 1)), dtype=np.float64)
        self._count += part[..., 0].size

    def result(self) -> np.ndarray:
        """
        :return: (channels,) float64; 0 where no sample lies inside the image
        """
        return self._sums / max(self._count, 1)
