# -*- coding: utf-8 -*-
"""
The stitch mode ``crop``: every sample is written once, from the window that sees it best.

Axis by axis a sample is taken from the window with the largest distance from the sample's centre to
the nearest of that window's inner faces; of windows at equal distances, from the one that starts
lowest.
"""

from typing import Sequence, Tuple

import numpy as np

from niftynet_activations.errors import GeometryError
from niftynet_activations.space.lattice import TOLERANCE
from niftynet_activations.stitching.axis_plan import AxisPlan, Run, take
from niftynet_activations.stitching.contract import Stitcher


class CropAxisPlan(AxisPlan):
    """Each sample is taken from one window."""

    def taken(self, distances: np.ndarray) -> np.ndarray:
        # of windows at equal distances the first one, which starts lowest; rounding must not decide
        owner = np.argmax(distances >= distances.max(axis=0) - TOLERANCE, axis=0)
        return np.arange(len(distances))[:, np.newaxis] == owner


class Crop(Stitcher):
    """Writes what the map takes from a window as soon as the window comes."""

    axis_plan = CropAxisPlan

    def add(self, start: Sequence[int], values: np.ndarray) -> None:
        for box, runs in self._task.plan.placements(start):
            self._task.write(box.corner, take(values, runs))

    def add_part(self, start: Sequence[int], corner: Sequence[int], values: np.ndarray) -> None:
        for _, runs in self._task.plan.placements(start):
            shared = [_shared(*each) for each in zip(runs, corner, values.shape)]
            if all(first < last for _, first, last in shared):
                inside = tuple(slice(first, last) for _, first, last in shared)
                self._task.write(tuple(position for position, _, _ in shared), values[inside])


def _shared(run: Run, corner: int, count: int) -> Tuple[int, int, int]:
    """
    What a part of a window has of a run.

    :param run: on one axis
    :param corner: the part's first sample of the window
    :param count: samples of the part
    :return: the position in the map, and in the part the first sample and the one behind the last
    """
    if run.weight is not None:
        raise GeometryError('the map has samples between those of its window')
    lowest = int(run.lower[0])
    first, last = max(corner, lowest), min(corner + count, lowest + run.count)
    return run.first + first - lowest, first - corner, last - corner
