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

import threading
from typing import List, Sequence

import numpy as np

from niftynet_activations.errors import WriteError
from niftynet_activations.space.boxes import Box, place_of, slabs
from niftynet_activations.stitching.axis_plan import AxisPlan, Run, take
from niftynet_activations.stitching.contract import Task
from niftynet_activations.stitching.gather import SAMPLE_BYTES, SLAB_BYTES, InFile

SIGMA = 0.125  # standard deviation, of a window's size
LEAST_WEIGHT = 1e-3


class BlendAxisPlan(AxisPlan):
    """Each window gives all samples that it has."""

    def taken(self, distances: np.ndarray) -> np.ndarray:
        return distances > -np.inf


class Average(InFile):
    """
    Adds windows up, then divides by how many there were. Nothing but one window and one slab is
    held in memory.
    """

    axis_plan = BlendAxisPlan
    in_order = True  # sums depend on the order of what is added, in their last digits

    def __init__(self, task: Task) -> None:
        super(Average, self).__init__(task)
        self._weights = self._zeros('.weights', task.plan.shape)
        self._lock = threading.Lock()

    @classmethod
    def scratch_samples(cls, shape: Sequence[int], channels: int) -> int:
        return super(Average, cls).scratch_samples(shape, channels + 1)

    @staticmethod
    def weights(axes: Sequence[AxisPlan], runs: Sequence[Run], start: Sequence[int]) -> np.ndarray:
        """
        :param axes: of the plan, for x, y and z
        :param runs: one an axis, of a placement
        :param start: of the window, voxels
        :return: (x, y, z) float32, the weights of the placement's samples
        """
        return np.ones([run.count for run in runs], dtype=np.float32)

    def add(self, start: Sequence[int], values: np.ndarray) -> None:
        """
        :param start: where the window starts, (x, y, z) in voxels; each one may come once
        :param values: what the window gave, (x, y, z, channel)
        :raises WriteError: if the map is finished already
        """
        if self._finished:
            raise WriteError('a window came after the mean of all windows had been taken')
        for box, runs in self._task.plan.placements(start):
            weights = self.weights(self._task.plan.axes, runs, start)
            weighted = take(values, runs) * weights[..., np.newaxis]
            with self._lock:
                self._values[place_of(box)] += weighted
                self._weights[place_of(box)] += weights

    def _complete(self) -> None:
        whole = Box((0, 0, 0), self._task.plan.shape)
        samples = SLAB_BYTES // (SAMPLE_BYTES * self._task.channels)
        for slab in slabs(whole, max(samples, 1)):
            weights = self._weights[place_of(slab)]
            nothing_there = weights == 0
            divisor = np.where(nothing_there, np.float32(np.nan), weights)
            self._values[place_of(slab)] /= divisor[..., np.newaxis]


class Gaussian(Average):
    """As its base, with weights that fall towards the faces of a window."""

    @staticmethod
    def weights(axes: Sequence[AxisPlan], runs: Sequence[Run], start: Sequence[int]) -> np.ndarray:
        along: List[np.ndarray] = []
        for axis, run, first_voxel in zip(axes, runs, start):
            centres = axis.lattice.centres()[run.first : run.first + run.count]
            from_middle = centres - first_voxel - (axis.window - 1) / 2.0
            along.append(np.exp(-0.5 * (from_middle / (SIGMA * axis.window)) ** 2))
        product = np.einsum('i,j,k->ijk', *along)
        return np.maximum(product, LEAST_WEIGHT).astype(np.float32)
