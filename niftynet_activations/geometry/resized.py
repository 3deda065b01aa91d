# -*- coding: utf-8 -*-
"""
The geometry of a tensor along one axis behind TensorFlow's resizing, as plain arithmetic.

The words are those of :mod:`niftynet_activations.geometry.axis`. Output *i* of a resizing lies at
sample ``i * ratio``, or, with *half pixels*, at ``(i + 0.5) * ratio - 0.5``: version 1 of
TensorFlow puts the first samples onto each other, version 2 the edges of the pictures.
"""

from math import gcd
from typing import Tuple

from niftynet_activations.geometry.axis import AxisGeometry


def enlarge(
    axis: AxisGeometry, factor: int, linear: bool, half_pixels: bool = False
) -> AxisGeometry:
    """
    Resizing to a whole multiple as ``tf.image.resize`` does it: output i lies at sample
    ``i / factor``, or at ``(i + 0.5) / factor - 0.5`` with half pixels.

    :param axis: before
    :param factor: how many samples come from one
    :param linear: whether it interpolates between neighbours
    :param half_pixels: whether output i lies at ``(i + 0.5) / factor - 0.5``
    :return: the geometry afterwards
    """
    # counted in halves of an output step, so that all numbers are whole
    places = [2 * phase + 1 - factor if half_pixels else 2 * phase for phase in range(factor)]
    if not linear:
        return axis.taps(axis.size * factor, 1, [0] * factor, [0] * factor)
    first = [place // (2 * factor) for place in places]
    last = [-(-place // (2 * factor)) for place in places]
    return axis.taps(axis.size * factor, 1, first, last)


def thin_out(
    axis: AxisGeometry, size: int, factor: int, linear: bool, half_pixels: bool = False
) -> AxisGeometry:
    """
    Resizing to a smaller size that divides the old one: output i lies at sample ``i * factor``, or
    at ``(i + 0.5) * factor - 0.5`` with half pixels.

    :param axis: before
    :param size: samples afterwards
    :param factor: old size over new size
    :param linear: whether it interpolates between neighbours
    :param half_pixels: whether output i lies at ``(i + 0.5) * factor - 0.5``
    :return: the geometry afterwards
    """
    if not half_pixels:
        return axis.taps(size, factor, [0], [0])
    if not linear:
        return axis.taps(size, factor, [factor // 2], [factor // 2])
    return axis.taps(size, factor, [(factor - 1) // 2], [factor // 2])


def resample(
    axis: AxisGeometry, size: int, steps: Tuple[int, int], linear: bool, half_pixels: bool = False
) -> AxisGeometry:
    """
    Resizing by any other ratio. Where the outputs lie depends on the window's size, so they are
    said to depend on the whole window; their places are those in a window of this size.

    :param axis: before
    :param size: samples afterwards
    :param steps: two whole numbers, in lengths of samples: so many before become so many afterwards
    :param linear: whether it interpolates between neighbours
    :param half_pixels: whether output i lies at ``(i + 0.5) * ratio - 0.5``, not ``i * ratio``
    :return: the geometry afterwards
    """
    common = gcd(*steps)
    before, after = (each // common for each in steps)
    # counted in units of 1 / (2 * after) samples, so that all numbers are whole
    shift = before - after if half_pixels else 0
    places = [2 * before * output + shift for output in range(after)]
    nearest = [(place + after * half_pixels) // (2 * after) for place in places]
    first = [place // (2 * after) for place in places] if linear else nearest
    last = [-(-place // (2 * after)) for place in places] if linear else nearest
    return axis.taps(size, before, first, last)._replace(spans=True)
