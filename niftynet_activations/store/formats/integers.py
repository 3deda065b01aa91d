# -*- coding: utf-8 -*-
"""
Storing floating-point values as small integers.

A *code* is the stored integer; its *value as read back* is ``code * slope + inter``, computed in
float64 by the reader. One code is kept for missing samples and used for nothing else. *Missing*
samples come in as NaN, so a map with NaN or infinite values of its own cannot be stored so.
"""

import typing

import numpy as np

from niftynet_activations.errors import WriteError

MISSING_CODE = {'int16': -32768, 'uint8': 255}
CODES = {'int16': (-32767, 32767), 'uint8': (0, 254)}  # lowest and highest, without missing


class Scaling(typing.NamedTuple):
    """
    slope, inter: as NIfTI stores them, whole float32 numbers.
    error_bound: the largest difference between a value and its value as read back.
    """

    slope: float
    inter: float
    error_bound: float


def scaling_for(low, high, dtype):
    """
    Choose the scaling that covers a range of values.

    :param low: smallest value of the map, a finite float32
    :param high: largest value of the map, a finite float32
    :param dtype: ``int16`` or ``uint8``
    :return: a Scaling
    """
    low, high = float(low), float(high)
    code_low, code_high = CODES[dtype]
    steps = code_high - code_low
    share = -code_low / steps
    inter = float(np.float32(low + (high - low) * share))
    # inter was rounded to float32, so the slope must reach the ends from where it lies now
    reach = max((high - inter) / code_high, (inter - low) / -code_low if code_low else 0.0, 0.0)
    slope = np.float32(reach)
    if float(slope) < reach:
        slope = np.nextafter(slope, np.float32(np.inf))
    slope = float(slope) if slope > 0 else 1.0
    reading = 4 * np.spacing(max(abs(low), abs(high), abs(inter)))
    if reach == 0:
        return Scaling(slope, inter, float(reading))
    return Scaling(slope, inter, slope / 2 + float(reading))


def encode(values, scaling, dtype):
    """
    Turn values into codes.

    :param values: array of float32, finite or NaN (missing)
    :param scaling: a Scaling that covers them
    :param dtype: ``int16`` or ``uint8``
    :return: array of codes, same shape
    """
    low, high = CODES[dtype]
    scaled = (values.astype(np.float64) - scaling.inter) / scaling.slope
    missing = np.isnan(scaled)
    np.rint(scaled, out=scaled)
    np.clip(scaled, low, high, out=scaled)
    scaled[missing] = MISSING_CODE[dtype]
    return scaled.astype(dtype)


def missing_value(scaling, dtype):
    """
    :param scaling: a Scaling
    :param dtype: ``int16`` or ``uint8``
    :return: what a reader gets for a missing sample
    """
    return MISSING_CODE[dtype] * scaling.slope + scaling.inter


def check_finite(values, dtype, name):
    """
    Give the range of values, refusing those that no code can stand for.

    :param values: array of floating-point numbers, without missing samples
    :param dtype: ``int16`` or ``uint8``, for the message
    :param name: of the map, for the message
    :return: (smallest, largest)
    :raises WriteError: a value is NaN or infinite
    """
    low, high = values.min(), values.max()
    if not (np.isfinite(low) and np.isfinite(high)):
        bad = int(values.size - np.count_nonzero(np.isfinite(values)))
        raise WriteError(
            '{} gave {} NaN or infinite values in one window, which {} cannot hold: use '
            'activation_dtype float32'.format(name, bad, dtype)
        )
    return float(low), float(high)
