# -*- coding: utf-8 -*-
"""
``activation_grid = aligned``: windows that start on multiples of the layers' common period, at
which more maps are exact. The period is the number of voxels by which the image has to move for a
map to only move along::

    reference volume  |-----------------------|      extended at its upper end
    window 0          |===========|
    window 1                  |===========|          steps of a multiple of the period
    window 2                      |===========|      the last one ends with the reference volume
"""

from typing import List

import numpy as np

from niftynet_activations.errors import GeometryError


def aligned_starts(reference: int, window: int, border: int, period: int) -> List[int]:
    """
    :param reference: voxels of the reference volume, congruent to the window's modulo the period
    :param window: voxels of a window
    :param border: NiftyNet's option ``border``, voxels
    :param period: the common period of all layers, voxels
    :return: where windows start, multiples of the period
    :raises GeometryError: if the window leaves no step between its borders, or the volume is
        smaller than the window
    """
    if reference < window:
        raise GeometryError(
            'activation_grid = aligned: the window of {} voxels is larger than the volume of {}; '
            'choose a smaller spatial_window_size or a larger volume_padding_size'.format(
                window, reference
            )
        )
    step = (window - 2 * border) // period * period
    if step < period and reference > window:
        raise GeometryError(
            'activation_grid = aligned: a window of {} voxels leaves {} between borders of {}, '
            "less than the layers' common period of {}; choose a smaller border or a larger "
            'spatial_window_size'.format(window, window - 2 * border, border, period)
        )
    last = reference - window
    return sorted(set(list(range(0, last, max(step, 1))) + [last]))


def extend(volume: np.ndarray, shape: List[int]) -> np.ndarray:
    """
    :param volume: (x, y, z, ...)
    :param shape: (x, y, z) afterwards, none smaller
    :return: the volume with its last voxels repeated at the upper ends; itself where none are
    """
    if list(volume.shape[: len(shape)]) == shape:
        return volume
    added = [(0, after - before) for before, after in zip(volume.shape, shape)]
    return np.pad(volume, added + [(0, 0)] * (volume.ndim - len(added)), mode='edge')
