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

from niftynet_activations.hints import Artist, Axes

SHARE = 0.5  # percent left out at each end
SIGNED_SHARE = 0.02  # a map is signed if its negative side is at least this share of the wider side
SIGNED_COLOURS = 'RdBu_r'
UNSIGNED_COLOURS = 'viridis'
OPACITY = 0.75  # of a map over an image
FULLY_SHOWN = 0.25  # of the scale
# a network's activations have no unit of measurement
UNITS = 'activation (arbitrary units)'


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
    :param values: the values to be shown, any shape; missing ones NaN
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


def opacity(values: np.ndarray, scale: Scale) -> np.ndarray:
    """
    How much of the anatomy a map hides: nothing where it does not respond.

    :param values: (rows, columns), NaN outside
    :param scale: of the picture
    :return: (rows, columns), from 0 at rest to OPACITY from a quarter of the scale on
    """
    rest = 0.0 if scale.signed else scale.low
    response = np.abs(np.nan_to_num(values, nan=rest) - rest) / (scale.high - rest)
    return OPACITY * np.clip(response / FULLY_SHOWN, 0.0, 1.0)


def draw_values(axes: Axes, values: np.ndarray, scale: Scale, over_image: bool) -> Artist:
    """
    Draw samples as they are, without interpolation.

    :param axes: of matplotlib, drawn into
    :param values: (rows, columns), NaN outside
    :param scale: their colours
    :param over_image: whether an image lies beneath, which shows where the map is at rest
    :return: the drawn image, for which a colour bar can be made
    """
    return axes.imshow(
        np.ma.masked_invalid(values),
        cmap=scale.colours,
        vmin=scale.low,
        vmax=scale.high,
        alpha=opacity(values, scale) if over_image else None,
        interpolation='nearest',
    )


def ends_of(values: np.ndarray, scale: Scale) -> str:
    """
    :param values: that are shown, any shape; missing ones NaN
    :param scale: their colours
    :return: at which ends of the scale there are values beyond it: ``neither``, ``min``, ``max`` or
        ``both``, as matplotlib names the ends of a colour bar
    """
    known = values[np.isfinite(values)]
    below, above = bool((known < scale.low).any()), bool((known > scale.high).any())
    return {(False, False): 'neither', (True, False): 'min', (False, True): 'max'}.get(
        (below, above), 'both'
    )
