# -*- coding: utf-8 -*-
"""
Whether a layer's values are nothing but rounding.

The mean of values whose mean was taken away is 0, and what a network gives for it are the last
digits of its sums. Two right passes then differ by as much as the values themselves. That shows
where the pass is compared with itself over an image of which each number is changed by its last
digit: no other layer of a network changes by more than a small part of its range.
"""

from typing import Callable, Dict, Iterable

import numpy as np

from niftynet_activations.verification.whole_pass import WholeLayer

Pass = Callable[[np.ndarray], Iterable[WholeLayer]]


def rounding_of(run: Pass, volume: np.ndarray) -> Dict[str, float]:
    """
    :param run: gives layers of the pass over a volume
    :param volume: (x, y, z, modality) float32
    :return: layer -> the largest difference of its values where the volume's last digits change, as
        a part of their range
    """
    values = {layer.name: layer.values for layer in run(volume)}
    found = {}
    for layer in run(last_digits_changed(volume)):
        one, other = values.pop(layer.name).astype(np.float64), layer.values
        finite = np.isfinite(one) & np.isfinite(other)
        extent = float(np.ptp(one[finite])) if finite.any() else 0.0
        apart = float(np.abs(one - other)[finite].max()) if finite.any() else 0.0
        found[layer.name] = apart / extent if extent else 0.0
    return found


def last_digits_changed(volume: np.ndarray) -> np.ndarray:
    """
    :param volume: floating-point
    :return: the same, in which only the last digits of the numbers differ; all by the same factor,
        since means then are rounded anew too, which they would not be by changes up and down
    """
    return volume * np.float32(1 + 2.0**-22)
