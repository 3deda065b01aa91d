# -*- coding: utf-8 -*-
"""
Maps in memory as arrays that give copies.

What windows gave may stay the network's own arrays, which lie over an array for the rest, so that
nothing is copied any more when the last window has come::

    map     |-----------------------|
    pieces  |=======|       |=======|      parts of what the network returned
    beneath         |=======|              filled while the network computed
"""

from typing import NamedTuple, Optional, Sequence, Tuple

import numpy as np

from niftynet_activations.store.lazy_arrays import LazyArray, Slices


class Piece(NamedTuple):
    """A box of a map."""

    corner: Tuple[int, ...]  # (x, y, z), indices of its first sample
    values: np.ndarray  # (x, y, z, channel)


class HeldArray(LazyArray):
    """Numbers that are there already; slices are copies."""

    def __init__(
        self,
        shape: Sequence[int],
        beneath: Optional[np.ndarray] = None,
        pieces: Sequence[Piece] = (),
    ) -> None:
        """
        :param shape: four lengths (x, y, z, channel), in samples
        :param beneath: float32 array of this shape; None where the pieces are all
        :param pieces: what stands in the place of parts of it, without overlap
        """
        super().__init__(shape, np.float32)
        self.beneath, self.pieces = beneath, list(pieces)

    @property
    def all_nan(self) -> bool:
        """Whether it is NaN throughout; a look at one sample mostly tells."""
        some = self.pieces[-1].values if self.pieces else self.beneath
        return bool(np.isnan(np.asarray(some)[-1, -1, -1, -1]) and np.isnan(self).all())

    def read(self, slices: Slices) -> np.ndarray:
        asked = [range(length)[each] for length, each in zip(self.shape, slices)]
        if self.beneath is None:
            made = np.empty([len(each) for each in asked], self.dtype)
        else:
            made = np.array(self.beneath[slices])
        for corner, values in self.pieces:
            shared = [_shared(*each) for each in zip(asked, corner + (0,), values.shape)]
            made[tuple(to for to, _ in shared)] = values[tuple(taken for _, taken in shared)]
        return made


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
