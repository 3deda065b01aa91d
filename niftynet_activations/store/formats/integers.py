# -*- coding: utf-8 -*-
"""
Storing floating-point values as small integers.

A *code* is the stored integer; its *value as read back* is ``code * slope + inter``, computed in
float64 by the reader. The lowest code is kept for missing samples, so that programs that know
nothing of it show them as the darkest, and used for nothing else. *Missing* samples come in as
NaN, so a map with NaN or infinite values of its own cannot be stored so.

Where 0 lies in a map's range, one code reads back as exactly 0: most samples behind a rectifier
(ReLU) are 0, and a program that counts zeros must find them. For ``code * slope + inter`` to be 0
to the bit, ``inter`` must be a whole number times the slope, and float32 must hold that product
exactly. It does if the slope has few significant bits, so the slope is rounded up, by 1/256 at
most.
"""

import math
from typing import NamedTuple, Tuple

import numpy as np

from niftynet_activations.errors import WriteError

MISSING_CODE = {'int16': -32768, 'uint8': 0}
CODES = {'int16': (-32767, 32767), 'uint8': (1, 255)}  # lowest and highest, without missing
FLOAT32_BITS = 24  # significant ones
SMALLEST_SLOPE = float(np.finfo(np.float32).tiny)  # below it float32 has fewer bits


class Scaling(NamedTuple):
    """
    slope, inter: as NIfTI stores them, whole float32 numbers.
    error_bound: the largest difference between a value and its value as read back.
    """

    slope: float
    inter: float
    error_bound: float


def scaling_for(low: float, high: float, dtype: str) -> Scaling:
    """
    Choose the scaling that covers a range of values.

    :param low: smallest value of the map, a finite float32
    :param high: largest value of the map, a finite float32
    :param dtype: ``int16`` or ``uint8``
    :return: a Scaling; where the range holds 0, one of its codes reads back as exactly 0
    """
    low, high = float(low), float(high)
    slope, inter = (_around_zero if low <= 0 <= high else _between)(low, high, dtype)
    # rounding of a reader that computes in float32
    reading = 2 * float(np.spacing(np.float32(max(abs(low), abs(high), abs(inter)))))
    return Scaling(slope, inter, (slope / 2 if low < high else 0.0) + reading)


def _between(low: float, high: float, dtype: str) -> Tuple[float, float]:
    """
    :return: slope and inter for a range without 0
    """
    code_low, code_high = CODES[dtype]
    if low == high:
        step = _as_float32(abs(low) / 256, upwards=True)  # any step that float32 can resolve there
        return step, float(np.float32(low - step))
    step = (high - low) / (code_high - code_low)
    inter = _as_float32(low - step * code_low, upwards=False)
    # inter was rounded to float32; the slope must reach both ends of the range from there
    reach = (high - inter) / code_high
    if code_low < 0:
        reach = max(reach, (inter - low) / -code_low)
    return _as_float32(reach, upwards=True), inter


def _as_float32(value: float, upwards: bool) -> float:
    near = np.float32(value)
    if (float(near) < value) if upwards else (float(near) > value):
        near = np.nextafter(near, np.float32(np.inf if upwards else -np.inf))
    return float(near)


def _around_zero(low: float, high: float, dtype: str) -> Tuple[float, float]:
    """
    :return: slope and inter for a range with 0
    """
    code_low, code_high = CODES[dtype]
    if low == high:
        return 1.0, float(-max(code_low, 0))
    bits = FLOAT32_BITS - max(abs(code_low), abs(code_high)).bit_length()
    steps = code_high - code_low
    slope = max(_rounded_up((high - low) / steps, bits), SMALLEST_SLOPE)
    zero = code_low + math.ceil(-low / slope)
    if (code_high - zero) * slope < high:
        # the code of 0 was rounded to a whole number, so that the upper end is not reached
        slope = _rounded_up((high - low) / (steps - 1), bits)
        zero = code_low + math.ceil(-low / slope)
    return slope, -zero * slope or 0.0  # no -0.0


def _rounded_up(value: float, bits: int) -> float:
    """
    :param value: a number above 0
    :param bits: how many significant ones the result may have
    :return: the smallest such number that is not below the value
    """
    mantissa, exponent = math.frexp(value)
    return math.ldexp(math.ceil(math.ldexp(mantissa, bits)), exponent - bits)


def encode(values: np.ndarray, scaling: Scaling, dtype: str) -> np.ndarray:
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


def missing_value(scaling: Scaling, dtype: str) -> float:
    """
    :param scaling: a Scaling
    :param dtype: ``int16`` or ``uint8``
    :return: what a reader gets for a missing sample
    """
    return MISSING_CODE[dtype] * scaling.slope + scaling.inter


def check_finite(values: np.ndarray, dtype: str, name: str) -> Tuple[float, float]:
    """
    Find the range of values, and refuse NaN and infinite ones, which no code can stand for.

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
