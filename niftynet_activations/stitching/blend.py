# -*- coding: utf-8 -*-
"""
The stitch modes ``average`` and ``gaussian``: a sample is the weighted mean of all windows.

They are here to be compared with MONAI's sliding window, whose weights these are
(``monai.data.utils.compute_importance_map``): 1 everywhere, or a Gaussian over the window with a
standard deviation of 0.125 times its size, centred between its first and last voxel, and at
least 0.001. A sample has the weight that its centre has in the window, on any lattice.

Means of windows hide seams; they do not remove the error that makes seams.

- *sums*: for each sample of the map, the sum of weight times value, in a file that is removed in
  the end;
- *weights*: for each sample, the sum of the weights, in another such file.
"""

import os
import threading
from typing import List, Sequence

import numpy as np

from niftynet_activations.errors import WriteError
from niftynet_activations.space.boxes import Box, place_of, slabs
from niftynet_activations.stitching.crop import AxisPlan, CropPlan, Run, take
from niftynet_activations.stitching.gather import zeros_in_file

MODES = ('average', 'gaussian')
SIGMA = 0.125  # standard deviation, of a window's size
LEAST_WEIGHT = 1e-3
SLAB_BYTES = 1 << 24


class BlendAxisPlan(AxisPlan):
    """As its base, but each window gives all samples that it has."""

    def _taken(self, distances: np.ndarray) -> np.ndarray:
        return distances > -np.inf


def window_weights(mode: str, axes: Sequence[AxisPlan], runs: Sequence[Run], start: Sequence[int]):
    """
    :param mode: ``average`` or ``gaussian``
    :param axes: of the plan, for x, y and z
    :param runs: one an axis, of a placement
    :param start: of the window, voxels
    :return: (x, y, z) float32, the weights of the placement's samples
    """
    if mode == 'average':
        return np.ones([run.count for run in runs], dtype=np.float32)
    along: List[np.ndarray] = []
    for axis, run, first_voxel in zip(axes, runs, start):
        centres = axis.lattice.centres()[run.first : run.first + run.count]
        from_middle = centres - first_voxel - (axis.window - 1) / 2.0
        along.append(np.exp(-0.5 * (from_middle / (SIGMA * axis.window)) ** 2))
    product = np.einsum('i,j,k->ijk', *along)
    return np.maximum(product, LEAST_WEIGHT).astype(np.float32)


class Blender(object):
    """
    Adds windows up, then divides. Safe to call from several threads.

    Nothing but one window and one slab is held in memory; the sums lie in files.
    """

    def __init__(self, plan: CropPlan, mode: str, channels: int, scratch: str) -> None:
        """
        :param plan: of :class:`BlendAxisPlan`, for x, y and z
        :param mode: ``average`` or ``gaussian``
        :param channels: of the map
        :param scratch: path for the sums; ``.weights`` is added for the weights. Files there are
            replaced
        :raises OSError: the disk has no room for them
        """
        self._plan, self._mode = plan, mode
        self._paths = (scratch, scratch + '.weights')
        self._sums = zeros_in_file(self._paths[0], plan.shape + (channels,))
        self._weights = zeros_in_file(self._paths[1], plan.shape)
        self._lock = threading.Lock()
        self._finished = False

    def add(self, start: Sequence[int], values: np.ndarray) -> None:
        """
        :param start: where the window starts, (x, y, z) in voxels; each one may come once
        :param values: what the window gave, (x, y, z, channel)
        :raises WriteError: if the map is finished already
        """
        if self._finished:
            raise WriteError('a window came after the mean of all windows had been taken')
        for box, runs in self._plan.placements(start):
            weights = window_weights(self._mode, self._plan.axes, runs, start)
            weighted = take(values, runs) * weights[..., np.newaxis]
            with self._lock:
                self._sums[place_of(box)] += weighted
                self._weights[place_of(box)] += weights

    def finish(self) -> np.ndarray:
        """
        :return: the map, (x, y, z, channel) float32, on disk until :meth:`remove`; NaN where there
            was no window. A second call returns the same
        """
        with self._lock:
            if not self._finished:
                self._divide()
            self._finished = True
        return self._sums

    def _divide(self) -> None:
        whole = Box((0, 0, 0), self._plan.shape)
        samples = SLAB_BYTES // (self._sums.itemsize * self._sums.shape[3])
        for slab in slabs(whole, max(samples, 1)):
            weights = self._weights[place_of(slab)]
            nothing_there = weights == 0
            divisor = np.where(nothing_there, np.float32(np.nan), weights)
            self._sums[place_of(slab)] /= divisor[..., np.newaxis]

    def remove(self) -> None:
        """Remove the files; harmless when they are gone."""
        for path in self._paths:
            if os.path.exists(path):
                os.remove(path)
