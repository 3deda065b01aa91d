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

from typing import List, Sequence, Tuple

import numpy as np

from niftynet_activations.stitching.axis_plan import AxisPlan, Run
from niftynet_activations.stitching.contract import Task
from niftynet_activations.stitching.summing import Sum

SIGMA = 0.125  # standard deviation, of a window's size
LEAST_WEIGHT = 1e-3


class Average(Sum):
    """Adds windows up, then divides by how many there were."""

    def __init__(self, task: Task) -> None:
        super(Average, self).__init__(task)
        self._weights = self._zeros('.weights', task.plan.shape)

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

    def _add(
        self,
        place: Tuple[slice, ...],
        part: np.ndarray,
        runs: Sequence[Run],
        start: Sequence[int],
    ) -> None:
        weights = self.weights(self._task.plan.axes, runs, start)
        weighted = part * weights[..., np.newaxis]
        with self._lock:
            self._values[place] += weighted
            self._weights[place] += weights

    def _complete(self) -> None:
        for place in self._slabs():
            weights = self._weights[place]
            nothing_there = weights == 0
            divisor = np.where(nothing_there, np.float32(np.nan), weights)
            self._values[place] /= divisor[..., np.newaxis]


class Gaussian(Average):
    """Adds windows up as its base does, with weights that fall towards the faces of a window."""

    @staticmethod
    def weights(axes: Sequence[AxisPlan], runs: Sequence[Run], start: Sequence[int]) -> np.ndarray:
        along: List[np.ndarray] = []
        for axis, run, first_voxel in zip(axes, runs, start):
            centres = axis.lattice.centres()[run.first : run.first + run.count]
            from_middle = centres - first_voxel - (axis.window - 1) / 2.0
            along.append(np.exp(-0.5 * (from_middle / (SIGMA * axis.window)) ** 2))
        product = np.einsum('i,j,k->ijk', *along)
        return np.maximum(product, LEAST_WEIGHT).astype(np.float32)
