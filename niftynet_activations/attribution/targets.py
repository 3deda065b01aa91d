# -*- coding: utf-8 -*-
"""
Which samples of a window count as its part of the target (the voxels whose logits are explained).

A map of the logits takes each sample from one window (``activation_stitch = crop``); that window
counts the sample, so that all windows together count each voxel of the image once. Where a sample
of the map is interpolated between two samples of a window, each of these counts by its weight.
"""

from typing import Optional, Sequence

import numpy as np

from niftynet_activations.planning.plan import MapPlan, Start
from niftynet_activations.space.boxes import place_of
from niftynet_activations.space.sample_mask import SampleMask
from niftynet_activations.stitching.axis_plan import Run


class Targets(object):
    """
    The windows of one subject.

    :ivar plan: of the map of the logits
    """

    def __init__(
        self, plan: MapPlan, samples: Sequence[int], mask: Optional[SampleMask] = None
    ) -> None:
        """
        :param plan: of a map of the logits, each sample from one window
        :param samples: (x, y, z), how many samples of the logits a window gives
        :param mask: which samples of that map are in the target; None: all
        """
        self.plan, self.mask = plan, mask
        self._samples = tuple(samples)

    def of(self, start: Start) -> np.ndarray:
        """
        :param start: where a window starts, (x, y, z) voxels
        :return: (x, y, z) float32: 1 for a sample of the window that is counted, 0 for others
        """
        found = np.zeros(self._samples, np.float32)
        for box, runs in self.plan.stitching.placements(start):
            if self.mask is None:
                block = np.ones(box.shape, np.float32)
            else:
                block = self.mask.kept[place_of(box)].astype(np.float32)
            for axis, run in enumerate(runs):
                block = _spread(block, run, axis, self._samples[axis])
            found += block
        return found


def _spread(block: np.ndarray, run: Run, axis: int, samples: int) -> np.ndarray:
    """
    Distribute values of a map's samples to the window's samples that they are interpolated from;
    the transpose of the interpolation, on one axis.

    :param block: values of the map's samples
    :param run: how these samples are taken from the window
    :param axis: which of x, y, z (0, 1, 2)
    :param samples: how many samples the window has on the axis
    :return: values of the window's samples
    """
    count = np.arange(len(run.lower))
    shares = np.zeros((samples, len(run.lower)), np.float32)
    weight = np.zeros(len(run.lower)) if run.weight is None else run.weight
    shares[run.lower, count] += 1 - weight
    shares[np.minimum(run.lower + 1, samples - 1), count] += weight
    return np.moveaxis(np.tensordot(shares, block, (1, axis)), 0, axis)
