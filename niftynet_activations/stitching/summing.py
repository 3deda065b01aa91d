# -*- coding: utf-8 -*-
"""
The stitch modes ``sum`` and ``magnitude``: what windows give at one place is added up.

That is how gradients become a map (``net_activations attribute``). The target is the sum of a
label's logits over voxels of the volume. Each window gives the gradient of its own share of the
target; the gradient of the whole target at a sample is the sum over the windows that hold the
sample, and 0 where no such window has a share of the target.
"""

import threading
from typing import Iterator, Sequence, Tuple

import numpy as np

from niftynet_activations.errors import WriteError
from niftynet_activations.space.boxes import Box, place_of, slabs
from niftynet_activations.stitching.axis_plan import AxisPlan, Run, take
from niftynet_activations.stitching.contract import Task
from niftynet_activations.stitching.gather import SAMPLE_BYTES, SLAB_BYTES, InFile


class AllWindowsPlan(AxisPlan):
    """Each window gives all samples that it has."""

    def taken(self, distances: np.ndarray) -> np.ndarray:
        return distances > -np.inf


class Sum(InFile):
    """Adds windows up in the scratch file. Nothing but one window is held in memory."""

    axis_plan = AllWindowsPlan
    in_order = True  # sums depend on the order of what is added, in their last digits

    def __init__(self, task: Task) -> None:
        super(Sum, self).__init__(task)
        self._lock = threading.Lock()

    def add(self, start: Sequence[int], values: np.ndarray) -> None:
        """
        :param start: where the window starts, (x, y, z) in voxels; each one may come once
        :param values: what the window gave, (x, y, z, channel)
        :raises WriteError: if the map is finished already
        """
        if self._finished:
            raise WriteError('a window came after all windows had been added up')
        for box, runs in self._task.plan.placements(start):
            self._add(place_of(box), take(values, runs), runs, start)

    def _add(
        self,
        place: Tuple[slice, ...],
        part: np.ndarray,
        runs: Sequence[Run],
        start: Sequence[int],
    ) -> None:
        """
        :param place: slices (x, y, z) of the map
        :param part: what the window gave there, (x, y, z, channel); not changed
        :param runs: one an axis, of the placement
        :param start: of the window, voxels
        """
        with self._lock:
            self._values[place] += part

    def _slabs(self) -> Iterator[Tuple[slice, ...]]:
        """Slices (x, y, z) of the map, of a size that memory can hold."""
        samples = max(SLAB_BYTES // (SAMPLE_BYTES * self._task.channels), 1)
        for slab in slabs(Box((0, 0, 0), self._task.plan.shape), samples):
            yield place_of(slab)


class Magnitude(Sum):
    """Adds windows up as its base does; the map holds the absolute value of the sum."""

    def _complete(self) -> None:
        for place in self._slabs():
            self._values[place] = np.abs(self._values[place])
