# -*- coding: utf-8 -*-
"""
Window sizes that a network accepts, near one that it refuses; found by building the network.

A network refuses sizes for reasons in its own code. Nearly all networks accept, on every axis, a
least size and sizes that are larger by a multiple of one number, the *step*. So only cubic windows
are tried to find both numbers; the window that is proposed is tried in the end.
"""

from typing import Callable, Dict, List, NamedTuple, Optional, Sequence, Tuple

NEAR = 24  # voxels: all sizes up to this far from the window's longest axis are tried
FAR = range(32, 193, 16)  # voxels: larger differences that are tried, for networks of large windows
STEPS = (8, 16, 24, 48, 576)  # voxels: steps that are tried, multiples of most networks' steps
PRIMES = (2, 3, 5)
MOST_TRIES = 120

Sizes = Tuple[int, ...]


class AcceptedSizes(NamedTuple):
    """The sizes that a network accepts."""

    window: Sizes  # near the one that was refused
    least: int  # voxels, on an axis
    step: Optional[int]  # voxels; None where it is not known

    def __str__(self) -> str:
        """Three sizes, as part of a sentence."""
        if self.step is None:
            return str(self.least)
        return '{}, {}, {} and so on'.format(*(self.least + n * self.step for n in range(3)))


def nearest_accepted(
    window: Sequence[int], accepts: Callable[[Sizes], bool]
) -> Optional[AcceptedSizes]:
    """
    :param window: (x, y, z) in voxels, a size that is refused; axes of one voxel, which the network
        does not see, stay as they are
    :param accepts: says whether the network accepts a window; called once for each window
    :return: the nearest window that is accepted; None where none is near
    """
    return _Search(window, accepts).find()


class _Search(object):
    """Tries windows, each once."""

    def __init__(self, window: Sequence[int], accepts: Callable[[Sizes], bool]) -> None:
        self._window = tuple(window)
        self._accepts = accepts
        self._known: Dict[Sizes, bool] = {}

    def find(self) -> Optional[AcceptedSizes]:
        longest = max(self._window)
        base = next((size for size in _near(longest) if self._takes(size)), None)
        if base is None:
            return None
        step = self._step(base)
        if step is None:
            return AcceptedSizes(self._all_of(base), base, None)
        least = self._least(base, step)
        nearest = self._per_axis([_nearest(size, least, step) for size in self._window])
        if not self._asked(nearest):
            nearest = self._all_of(base)
        return AcceptedSizes(nearest, least, step)

    def _step(self, base: int) -> Optional[int]:
        step = next((each for each in STEPS if self._takes(base + each)), None)
        for prime in PRIMES:
            while step and step % prime == 0 and self._takes(base + step // prime):
                step //= prime
        return step

    def _least(self, base: int, step: int) -> int:
        """
        The least accepted size, found by bisection: below a refused size all smaller ones are
        refused.
        """
        refused, taken = -1, (base - 1) // step  # both as steps above the lowest possible size
        lowest = base - taken * step
        while taken - refused > 1:
            middle = (refused + taken) // 2
            if self._takes(lowest + middle * step):
                taken = middle
            else:
                refused = middle
        return lowest + taken * step

    def _takes(self, size: int) -> bool:
        return self._asked(self._all_of(size))

    def _all_of(self, size: int) -> Sizes:
        return self._per_axis([size] * len(self._window))

    def _per_axis(self, sizes: List[int]) -> Sizes:
        return tuple(old if old == 1 else new for old, new in zip(self._window, sizes))

    def _asked(self, window: Sizes) -> bool:
        if window not in self._known:
            if len(self._known) == MOST_TRIES:
                return False
            self._known[window] = self._accepts(window)
        return self._known[window]


def _near(size: int) -> List[int]:
    """Sizes to try, nearest first, of two equally near ones the smaller first."""
    around = [size + sign * far for far in range(NEAR + 1) for sign in (-1, 1)]
    return [each for each in around + [size + far for far in FAR] if each > 1]


def _nearest(size: int, least: int, step: int) -> int:
    if size <= least:
        return least
    below = least + (size - least) // step * step
    return below if size - below <= below + step - size else below + step
