# -*- coding: utf-8 -*-
"""
Which colours stand for which values.

- *signed*: a map that has negative values worth showing. Its colours diverge from white at 0, as
  far to one side as to the other, so that equally strong responses look equally strong, whatever
  their sign.
- *unsigned*: all other maps. Their colours rise from 0.

The lowest and highest shares of values are left out of the scale, as outliers: what lies beyond
its ends has the colour of the end.
"""

from typing import NamedTuple, Optional, Sequence

import numpy as np

SHARE = 0.5  # percent left out at each end
SIGNED_SHARE = 0.02  # of the wider side, which negative values must reach for a map to be signed
SIGNED_COLOURS = 'RdBu_r'
UNSIGNED_COLOURS = 'viridis'


class Scale(NamedTuple):
    """The values of the first and the last colour, and matplotlib's name for the colours."""

    low: float
    high: float
    colours: str

    @property
    def signed(self) -> bool:
        return self.colours == SIGNED_COLOURS


def scale_of(values: np.ndarray, given: Optional[Sequence[float]] = None) -> Scale:
    """
    :param values: what is to be shown, any shape; missing ones NaN
    :param given: the lowest and highest value to show, where a person has chosen them
    :return: a scale whose high end lies above its low one
    """
    known = np.asarray(values)[np.isfinite(values)]
    if given is not None:
        low, high = (float(each) for each in given)
        return Scale(low, high, SIGNED_COLOURS if low < 0 < high else UNSIGNED_COLOURS)
    if not known.size:
        return Scale(0.0, 1.0, UNSIGNED_COLOURS)
    low, high = (float(each) for each in np.percentile(known, [SHARE, 100 - SHARE]))
    if high <= low:  # nearly all values are one
        low, high = float(known.min()), float(known.max())
    wide = max(-low, high)
    if low < 0 and -low > SIGNED_SHARE * wide:
        return Scale(-wide, wide, SIGNED_COLOURS)
    return Scale(0.0, high if high > 0 else 1.0, UNSIGNED_COLOURS)
