# -*- coding: utf-8 -*-
"""
Maps in memory as arrays that give copies.

A map is held in pieces. What the last window gave stays the network's own array beside those that
were filled before, so that nothing is copied any more when the last window has come::

    map     |-----------------------|
    pieces  |===============|              filled while the network computed
                            |=======|      a part of what the network returned
"""

from typing import List, NamedTuple, Optional, Tuple

import numpy as np

from niftynet_activations.space.boxes import missing_boxes, place_of
from niftynet_activations.store.lazy_arrays import LazyArray, Slices


class Piece(NamedTuple):
    """A box of a map."""

    corner: Tuple[int, ...]  # (x, y, z), indices of its first sample
    values: np.ndarray  # (x, y, z, channel)


class HeldArray(LazyArray):
    """Numbers that are there already; slices are copies."""

    def __init__(self, values: np.ndarray, last: Optional[Piece] = None) -> None:
        """
        :param values: (x, y, z, channel) floating-point numbers
        :param last: what stands in the place of a part of them; None: nothing
        """
        super().__init__(values.shape, values.dtype)
        self._values, self._last = values, last or Piece((0, 0, 0), values)

    @property
    def pieces(self) -> List[Piece]:
        """Boxes without overlap, which hold all samples."""
        covered = []
        for length, first, count in zip(self.shape, self._last.corner, self._last.values.shape[:3]):
            flags = np.zeros(length, bool)
            flags[first : first + count] = True
            covered.append(flags)
        rest = [Piece(box.corner, self._values[place_of(box)]) for box in missing_boxes(covered)]
        return rest + [self._last]

    @property
    def all_nan(self) -> bool:
        """Whether it is NaN throughout; a look at one sample mostly tells."""
        return _is_nan(self._last.values) and all(_is_nan(each.values) for each in self.pieces)

    def read(self, slices: Slices) -> np.ndarray:
        if self._last.values.shape == self.shape:
            return np.array(self._last.values[slices])
        asked = [range(length)[each] for length, each in zip(self.shape, slices)]
        made = np.empty([len(each) for each in asked], self.dtype)
        for corner, values in self.pieces:
            shared = [_shared(*each) for each in zip(asked, corner + (0,), values.shape)]
            made[tuple(to for to, _ in shared)] = values[tuple(taken for _, taken in shared)]
        return made


def _is_nan(values: np.ndarray) -> bool:
    return bool(np.isnan(values[0, 0, 0, 0]) and np.isnan(values).all())


def _shared(asked: range, first: int, count: int) -> Tuple[slice, slice]:
    """
    What a piece has of the asked samples, on one axis.

    :param asked: indices in the map, ascending
    :param first: index in the map of the piece's first sample
    :param count: samples of the piece
    :return: where they go among the asked ones, and which of the piece they are
    """
    # the numbers of asked samples below the piece, and below its end
    below, end = (
        min(max(-((asked.start - bound) // asked.step), 0), len(asked))
        for bound in (first, first + count)
    )
    taken = [asked[position] - first for position in (below, end - 1)] if below < end else [0, -1]
    return slice(below, end), slice(taken[0], taken[1] + 1, asked.step)
