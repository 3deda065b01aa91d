# -*- coding: utf-8 -*-
"""
Windows of a stage of a whole pass: where they start, and which sizes cost least within a limit of
memory.

On one axis, with a volume of 40 voxels, a period of 4 and an overlap of 6::

    window 0   |####################----|                    # kept, - not the whole volume's
    window 1                   |---#####################|
                ^ the volume's face: there a window ends as the pass itself does

- *step*: voxels from window to window, a multiple of the period;
- *period*: windows start on multiples of it;
- *part*: the share of the volume that a window is, by the sizes of the stage's tensors.
"""

from typing import Dict, List, NamedTuple, Optional, Sequence, Tuple

import numpy as np

from niftynet_activations.errors import GeometryError

MOST_WINDOWS = 40  # on an axis


class AxisWindows(NamedTuple):
    """Windows on one axis, voxels."""

    size: int
    starts: Tuple[int, ...]


class Costs(NamedTuple):
    """The costs of a stage, for the whole volume in one window."""

    bytes: float  # memory of the window
    seconds: float  # time that grows with the window's size
    window_seconds: float  # time of each window, whatever its size


class Choice(NamedTuple):
    """Windows of a stage."""

    axes: Tuple[AxisWindows, ...]
    bytes: float
    seconds: float
    work: float  # what is computed, as a multiple of the volume


def windows_on_axis(volume: int, window: int, overlap: int, period: int) -> Optional[AxisWindows]:
    """
    :param volume: voxels
    :param window: its size, shorter than the volume by a multiple of the period, or the same
    :param overlap: of neighbouring windows, voxels
    :param period: voxels; starts are multiples of it
    :return: the fewest windows that cover the volume; None where windows of this size cannot
    """
    if window == volume:
        return AxisWindows(volume, (0,))
    step = (window - overlap) // period * period
    if step < period:
        return None
    last = volume - window
    return AxisWindows(window, tuple(range(0, last, step)) + (last,))


def choices_on_axis(volume: int, overlap: int, period: int, shortest: int) -> List[AxisWindows]:
    """
    :param volume: voxels
    :param overlap: of neighbouring windows
    :param period: of the windows
    :param shortest: smallest size that a window may have
    :return: for each number of windows, the shortest windows
    """
    found: Dict[int, AxisWindows] = {}
    for window in range(volume, shortest - 1, -period):
        windows = windows_on_axis(volume, window, overlap, period)
        if windows is None or len(windows.starts) > MOST_WINDOWS:
            break
        found[len(windows.starts)] = windows
    return [found[number] for number in sorted(found)]


def cheapest(
    axes: Sequence[Sequence[AxisWindows]],
    volume: Sequence[int],
    base: Sequence[int],
    costs: Costs,
    limit: float,
) -> Optional[Choice]:
    """
    :param axes: for each axis, the windows to choose from
    :param volume: voxels
    :param base: voxels by which the stage's tensors are shorter than a window, for each axis
    :param costs: of the stage
    :param limit: bytes that a window may hold
    :return: the windows of the least predicted time; None where none fit
    """
    part, number = np.ones(()), np.ones(())
    for size, short, windows in zip(volume, base, axes):
        parts = np.array([(each.size - short) / (size - short) for each in windows])
        counts = np.array([len(each.starts) for each in windows], float)
        part = part[..., np.newaxis] * parts
        number = number[..., np.newaxis] * counts
    seconds = number * (part * costs.seconds + costs.window_seconds)
    seconds = np.where(part * costs.bytes <= limit, seconds, np.inf)
    best = int(np.argmin(seconds))
    if not np.isfinite(seconds.flat[best]):
        return None
    place = np.unravel_index(best, seconds.shape)
    return Choice(
        tuple(windows[int(at)] for windows, at in zip(axes, place)),
        float(part[place] * costs.bytes),
        float(seconds[place]),
        float(part[place] * number[place]),
    )


def owned(
    starts: Sequence[int], sizes: int, valid: Tuple[int, int], total: int
) -> List[Tuple[int, int]]:
    """
    :param starts: of windows on an axis, in indices of a tensor
    :param sizes: of the tensor's part of a window, indices
    :param valid: number of indices at its lower and upper end whose values are not those of the
        whole volume
    :param total: indices for the whole volume
    :return: for each window the first index that is taken from it and the one behind the last; each
        index of the volume is taken once
    :raises GeometryError: if an index can be taken from no window
    """
    found, begin = [], 0
    for start in starts:
        low = start + (valid[0] if start > 0 else 0)
        high = start + sizes - (valid[1] if start + sizes < total else 0)
        if low > begin:
            raise GeometryError('between two windows of a stage samples are left over')
        high = max(high, begin)
        found.append((begin, high))
        begin = high
    if begin != total:
        raise GeometryError('the windows of a stage do not reach the end of the volume')
    return found
