# -*- coding: utf-8 -*-
"""
The stitch mode ``crop``: every sample is written once, from the window that sees it best.

Axis by axis a sample is taken from the window with the largest distance from the sample's centre to
the nearest of that window's inner faces; of windows at equal distances, from the one that starts
lowest.
"""

from typing import Sequence

import numpy as np

from niftynet_activations.space.lattice import TOLERANCE
from niftynet_activations.stitching.axis_plan import AxisPlan, take
from niftynet_activations.stitching.contract import Stitcher


class CropAxisPlan(AxisPlan):
    """Each sample is taken from one window."""

    def taken(self, distances: np.ndarray) -> np.ndarray:
        # the first of equals is the lower start; rounding must not decide between them
        owner = np.argmax(distances >= distances.max(axis=0) - TOLERANCE, axis=0)
        return np.arange(len(distances))[:, np.newaxis] == owner


class Crop(Stitcher):
    """Writes what the map takes from a window as soon as the window comes."""

    axis_plan = CropAxisPlan

    def add(self, start: Sequence[int], values: np.ndarray) -> None:
        for box, runs in self._task.plan.placements(start):
            self._task.write(box.corner, take(values, runs))
