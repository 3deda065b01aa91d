# -*- coding: utf-8 -*-
"""
Which samples of a map each window gives: worked out for all windows before the first one comes.

On one axis, with three windows of which the second overlaps both others::

    window 0   |=========-----|                 = the map takes the sample from this window
    window 1          |--========--|            - the window has it, the map takes it from another
    window 2                  |--==========|
               ^ the volume's face              an inner face is one that is not the volume's

- *run*: neighbouring samples of the map that are taken from one window;
- *axis plan*: the runs of every window on one axis. How samples are shared among windows that all
  have them is what stitch modes differ in: each has a kind of axis plan;
- *placement*: for one window in space, a box of the map and how to take it from the window.
"""

from typing import Dict, Iterator, List, NamedTuple, Optional, Sequence, Tuple

import numpy as np

from niftynet_activations.space.boxes import Box, missing_boxes, true_runs
from niftynet_activations.space.lattice import TOLERANCE, AxisLattice


class Run(NamedTuple):
    """Neighbouring samples of a map that are taken from one window, on one axis."""

    first: int  # position in the map
    count: int  # type: ignore[assignment]  # hides tuple.count
    lower: np.ndarray  # (count,) int: for each, the sample of the window at or before it
    weight: Optional[np.ndarray]  # (count,) weight of the window's next sample; None: all are 0


class AxisPlan(object):
    """
    Which samples of a map each window gives, on one axis; ``taken`` differs between modes.

    :ivar runs: start of a window -> its runs; empty for a window that gives nothing
    :ivar covered: (count of the lattice,) bool: False where no window gives the sample
    :ivar margin: smallest distance in voxels over all samples from the centre to the nearest inner
        face of the window it is taken from; None where there are no inner faces
    """

    def __init__(
        self, lattice: AxisLattice, starts: Sequence[int], window: int, samples: int, volume: int
    ) -> None:
        """
        :param lattice: the map's samples
        :param starts: where windows start, voxels; repeated ones count once
        :param window: its size in voxels
        :param samples: how many samples a window gives; sample i of a window that starts at w is
            centred at ``w + offset + stride * i``
        :param volume: size in voxels of what the windows are cut from
        """
        self.lattice = lattice
        self.starts = sorted(set(int(start) for start in starts))
        self.window, self.volume = window, volume
        centres = lattice.centres()
        positions = np.array(
            [(centres - start - lattice.offset) / lattice.stride for start in self.starts]
        ).reshape(len(self.starts), len(centres))
        distances = np.array([self._distance(start, centres) for start in self.starts])
        distances = distances.reshape(positions.shape)
        given = (positions > -TOLERANCE) & (positions < samples - 1 + TOLERANCE)
        distances[~given] = -np.inf
        self.covered: np.ndarray = np.asarray(given.any(axis=0))
        taken = self.taken(distances) & given
        self.runs: Dict[int, List[Run]] = {
            start: self._runs_of(positions[row], taken[row], samples)
            for row, start in enumerate(self.starts)
        }
        finite = distances[taken & np.isfinite(distances)]
        self.margin = float(finite.min()) if finite.size else None

    def taken(self, distances: np.ndarray) -> np.ndarray:
        """
        :param distances: (windows, samples) in voxels, from the sample's centre to the window's
            nearest inner face; -inf where the window does not give the sample, inf where the window
            has no inner face. Windows are in the order of their starts
        :return: (windows, samples) bool, whether the map takes the sample from the window
        """
        raise NotImplementedError

    def _distance(self, start: int, centres: np.ndarray) -> np.ndarray:
        distance = np.full(centres.shape, np.inf)
        if self.window == 1:
            return distance  # a window one voxel thick has no inner face
        if start > 0:
            distance = np.minimum(distance, centres - (start - 0.5))
        if start + self.window < self.volume:
            distance = np.minimum(distance, start + self.window - 0.5 - centres)
        return distance

    @staticmethod
    def _runs_of(positions: np.ndarray, owned: np.ndarray, samples: int) -> List[Run]:
        runs = []
        for first, count in true_runs(owned):
            here = positions[first : first + count]
            nearest = np.rint(here)
            if np.all(np.abs(here - nearest) < TOLERANCE):
                runs.append(Run(first, count, nearest.astype(int), None))
                continue
            lower = np.clip(np.floor(here + TOLERANCE), 0, max(samples - 2, 0)).astype(int)
            runs.append(Run(first, count, lower, here - lower))
        return runs

    @property
    def interpolated(self) -> bool:
        """Whether a window's samples lie between those of the map."""
        return any(run.weight is not None for runs in self.runs.values() for run in runs)

    @property
    def most_windows(self) -> int:
        """The largest number of windows that a sample is made of, on this axis."""
        count = np.zeros(self.lattice.count, dtype=int)
        for runs in self.runs.values():
            for run in runs:
                count[run.first : run.first + run.count] += 1
        return int(count.max()) if count.size else 0


class StitchPlan(object):
    """
    The plans of three axes together.

    :param axes: one :class:`AxisPlan` for x, y and z
    """

    def __init__(self, axes: Sequence[AxisPlan]) -> None:
        self.axes = tuple(axes)
        self._missing: Optional[List[Box]] = None  # worked out when it is first asked for

    @property
    def shape(self) -> Tuple[int, int, int]:
        """The map's size in samples, (x, y, z)."""
        along_x, along_y, along_z = (axis.lattice.count for axis in self.axes)
        return along_x, along_y, along_z

    @property
    def margin(self) -> List[Optional[float]]:
        """The margin of the map (see :class:`AxisPlan`) in voxels, for x, y and z."""
        return [axis.margin for axis in self.axes]

    @property
    def windows(self) -> int:
        """How many different windows there are."""
        return int(np.prod([len(axis.starts) for axis in self.axes]))

    def placements(self, start: Sequence[int]) -> Iterator[Tuple[Box, Tuple[Run, ...]]]:
        """
        :param start: where a window starts, (x, y, z) in voxels
        :return: each box of the map that this window gives, with one run an axis
        :raises KeyError: if no window was planned there
        """
        along_x, along_y, along_z = (axis.runs[at] for axis, at in zip(self.axes, start))
        for run_x in along_x:
            for run_y in along_y:
                for run_z in along_z:
                    runs = (run_x, run_y, run_z)
                    corner = tuple(run.first for run in runs)
                    yield Box(corner, tuple(run.count for run in runs)), runs

    def missing(self) -> List[Box]:
        """
        :return: boxes without overlap that hold all samples no window gives
        """
        if self._missing is None:
            self._missing = missing_boxes([axis.covered for axis in self.axes])
        return list(self._missing)


def take(values: np.ndarray, runs: Sequence[Run]) -> np.ndarray:
    """
    :param values: what a window gave, (x, y, z, channel)
    :param runs: one an axis, of a placement
    :return: the placement's box, (x, y, z, channel); a view where nothing is interpolated
    """
    slices = []
    for run in runs:
        last = run.lower[-1] + (1 if run.weight is not None else 0)
        slices.append(slice(int(run.lower[0]), int(last) + 1))
    block = values[tuple(slices)]
    for axis, run in enumerate(runs):
        if run.weight is not None:
            block = _interpolate(block, run, axis)
    return block


def _interpolate(block: np.ndarray, run: Run, axis: int) -> np.ndarray:
    lower = run.lower - run.lower[0]
    upper = np.minimum(lower + 1, block.shape[axis] - 1)
    weight = np.asarray(run.weight, block.dtype)
    weight = weight.reshape([-1 if each == axis else 1 for each in range(block.ndim)])
    below, above = np.take(block, lower, axis), np.take(block, upper, axis)
    return below * (1 - weight) + above * weight
