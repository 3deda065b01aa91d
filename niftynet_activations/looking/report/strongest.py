# -*- coding: utf-8 -*-
"""
The samples with the largest values of a channel, and the part of the input that each depends on.

Vocabulary of this module:

place
    a sample of a channel. The *strongest* places are those with the largest values, each at least
    half a receptive field away from the ones before it.
crop
    the input around a place, in the first plane of the drawing. It is twice as wide as the
    receptive field, which a frame marks. Where the field is not known, or spans the whole
    window, the crop is the whole plane, without a frame.
"""

from typing import Dict, List, NamedTuple, Optional, Sequence, Tuple

import numpy as np
from nibabel.affines import apply_affine

from niftynet_activations.looking.activation_map import ActivationMap
from niftynet_activations.store.description import Sidecar

CHANNELS = 8  # how many channels are shown: those with the largest standard deviation
PLACES = 4  # how many places of each channel
CONTEXT = 2.0  # width of a crop, in receptive fields


class Strong(NamedTuple):
    """One place."""

    sample: Tuple[int, ...]  # its index (x, y, z)
    value: float


class StrongestPlaces(object):
    """
    Finds the strongest places of channels while a map is read.

    :ivar found: index of a channel in the map, from 0 -> its strongest places, the strongest first
    """

    def __init__(self, one: ActivationMap, channels: Sequence[int]) -> None:
        """
        :param one: the map
        :param channels: indices in the map of the channels that are searched, from 0
        """
        self._channels = set(channels)
        self.found: Dict[int, List[Strong]] = {}
        shape, spacing = one.data.shape[:3], sample_spacing(one.info)
        self._apart = [
            max(1, size // 4 if field is None else int(np.ceil(field / step / 2)))
            for size, field, step in zip(shape, receptive_field(one.info), spacing)
        ]

    def visit(self, place: int, volume: np.ndarray) -> None:
        """
        :param place: index of the channel in the map, from 0
        :param volume: (x, y, z), missing samples NaN
        """
        if place in self._channels:
            self.found[place] = strongest(volume, self._apart)


def strongest(volume: np.ndarray, apart: Sequence[int], count: int = PLACES) -> List[Strong]:
    """
    :param volume: (x, y, z), missing samples NaN
    :param apart: (3,): two places differ by at least so many samples along x, y or z
    :param count: how many places
    :return: the places; fewer than ``count`` where only the smallest value is left
    """
    left = np.array(volume, np.float32, order='F')
    known = np.isfinite(left)
    lowest = float(left[known].min()) if known.any() else np.inf
    left[~known] = -np.inf
    found: List[Strong] = []
    for _ in range(count):
        # flattened in memory order, which makes no copy
        index = np.unravel_index(int(left.ravel(order='F').argmax()), left.shape, order='F')
        value = float(left[index])
        if not value > lowest:
            break
        found.append(Strong(tuple(int(each) for each in index), value))
        around = tuple(slice(max(0, at - n + 1), at + n) for at, n in zip(index, apart))
        left[around] = -np.inf
    return found


def receptive_field(info: Sidecar) -> List[Optional[float]]:
    """
    :param info: a sidecar
    :return: the receptive field along x, y and z of the map, in voxels of the input; None where it
        is not known
    """
    return list(info.get('receptive_field') or [None] * 3)


def sample_spacing(info: Sidecar) -> List[float]:
    """
    :param info: a sidecar
    :return: distance between neighbouring samples of the file along x, y and z, in voxels of the
        network's input
    """
    if info.get('resolution') == 'input':
        return [1.0] * 3
    return [float(step) if step else 1.0 for step in info.get('stride') or [1] * 3]


def seen_from(info: Sidecar, affine: np.ndarray) -> Optional[np.ndarray]:
    """
    :param info: a sidecar
    :param affine: (4, 4), from samples to drawing space
    :return: (3,), half of the receptive field along the axes of drawing space, in its units; None
        where it is not known
    """
    fields = receptive_field(info)
    if any(field is None for field in fields):
        return None
    sides = [float(field or 0) / step for field, step in zip(fields, sample_spacing(info))]
    return np.abs(affine[:3, :3]) @ np.array(sides) / 2


def place_of(affine: np.ndarray, place: Strong) -> np.ndarray:
    """
    :param affine: (4, 4), from samples to drawing space
    :param place: a sample
    :return: (3,), in drawing space
    """
    return np.asarray(apply_affine(affine, np.array(place.sample, float)))


def framed(picture: np.ndarray, half: Tuple[float, float]) -> np.ndarray:
    """
    :param picture: (rows, columns, 3) uint8
    :param half: half the height and width of the frame around the middle, in pixels
    :return: a copy with the frame
    """
    made = picture.copy()
    rows, columns = (_ends(size, part) for size, part in zip(made.shape, half))
    for row in rows:
        made[row, columns[0] : columns[1] + 1] = (255, 210, 60)
    for column in columns:
        made[rows[0] : rows[1] + 1, column] = (255, 210, 60)
    return made


def _ends(size: int, half: float) -> Tuple[int, int]:
    middle = (size - 1) / 2.0
    low = int(np.clip(np.floor(middle - half), 0, size - 1))
    return low, int(np.clip(np.ceil(middle + half), 0, size - 1))
