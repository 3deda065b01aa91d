# -*- coding: utf-8 -*-
"""
Where channels are strongest, with what they see there.

Vocabulary of this module:

place
    a sample of a channel. The *strongest* places are those with the largest values, each at least
    half a receptive field away from the ones before it.
crop
    the input around a place, in the first plane of the drawing. It is twice as wide as what the
    receptive field covers, and a frame marks that. Where the field is not known, or spans the
    window, the crop is the whole plane, without a frame.
"""

from typing import Dict, List, NamedTuple, Optional, Sequence, Tuple

import numpy as np
from nibabel.affines import apply_affine

from niftynet_activations.looking.activation_map import ActivationMap
from niftynet_activations.store.description import Sidecar

CHANNELS = 8  # that are shown, those that vary most
PLACES = 4  # of each
CONTEXT = 2.0  # receptive fields that a crop is wide


class Strong(NamedTuple):
    """One place."""

    sample: Tuple[int, ...]  # its index
    value: float


class StrongestPlaces(object):
    """
    Finds the strongest places of channels while a map is gone through.

    :ivar found: place of a channel in the map, from 0 -> its strongest places, the first first
    """

    def __init__(self, one: ActivationMap, channels: Sequence[int]) -> None:
        """
        :param one: the map
        :param channels: places in the map of the channels that are looked at, from 0
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
        :param place: of the channel in the map, from 0
        :param volume: (x, y, z), missing samples NaN
        """
        if place in self._channels:
            self.found[place] = strongest(volume, self._apart)


def strongest(volume: np.ndarray, apart: Sequence[int], count: int = PLACES) -> List[Strong]:
    """
    :param volume: (x, y, z), missing samples NaN
    :param apart: samples between two places at least, along one of x, y and z
    :param count: how many places
    :return: fewer where the others hold nothing but the smallest value
    """
    left = np.array(volume, np.float32, order='F')
    known = np.isfinite(left)
    lowest = float(left[known].min()) if known.any() else np.inf
    left[~known] = -np.inf
    found: List[Strong] = []
    for _ in range(count):
        # a view in the order of the memory
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
    :return: voxels that a sample sees along x, y and z of the map; None where that is not known
    """
    return list(info.get('receptive_field') or [None] * 3)


def sample_spacing(info: Sidecar) -> List[float]:
    """
    :param info: a sidecar
    :return: voxels of the network's input from sample to sample of the file, for x, y and z
    """
    if info.get('resolution') == 'input':
        return [1.0] * 3
    return [float(step) if step else 1.0 for step in info.get('stride') or [1] * 3]


def seen_from(info: Sidecar, affine: np.ndarray) -> Optional[np.ndarray]:
    """
    :param info: a sidecar
    :param affine: (4, 4), from samples to drawing space
    :return: (3,), half of what a sample sees along the axes of drawing space; None where that is
        not known
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
    :param half: rows and columns that a frame around the middle has on either side
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
