# -*- coding: utf-8 -*-
"""
The values of one sample over the channels, and its similarity to all other samples.

*Likeness* is the cosine similarity of two samples, each taken as the vector of its channels: 1 for
vectors in the same direction, 0 for orthogonal ones, -1 for opposite ones. A sample that is 0 in
all channels has no direction; its likeness is missing. One channel of the map is in memory at a
time.
"""

from typing import List, Optional, Sequence, Tuple

import numpy as np

from niftynet_activations.errors import ReadError
from niftynet_activations.hints import JsonObject
from niftynet_activations.looking.activation_map import ActivationMap
from niftynet_activations.space import interpolation


def sample_at(one: ActivationMap, point: Sequence[float]) -> Tuple[int, int, int]:
    """
    :param one: a map
    :param point: (3,) in the map's world, mm
    :return: the indices of the nearest sample
    :raises ReadError: if the point lies outside of all samples
    """
    index = interpolation.world_to_index([list(point)], one.affine)
    i, j, k = (int(v) for v in interpolation.nearest(index)[0])
    if not all(0 <= v < n for v, n in zip((i, j, k), one.data.shape)):
        raise ReadError('the map of {} has no sample at {} mm'.format(one.layer, tuple(point)))
    return i, j, k


def values_at(one: ActivationMap, point: Sequence[float]) -> JsonObject:
    """
    :param one: a map
    :param point: (3,) in the map's world, mm
    :return: ``sample`` (its indices), ``values`` over the channels (None where missing), and
        ``field`` (corners of its receptive field, or None)
    :raises ReadError: as :func:`sample_at`
    """
    sample = sample_at(one, point)
    values = np.asarray(one.data.streaming()[sample], dtype=np.float64).ravel()
    return {
        'sample': list(sample),
        'values': [float(v) if np.isfinite(v) else None for v in values],
        'field': field_corners(one, sample),
    }


def field_corners(one: ActivationMap, sample: Sequence[int]) -> Optional[List[List[float]]]:
    """
    :param one: a map
    :param sample: indices (3,)
    :return: the eight corners (8, 3) of the sample's receptive field in mm, x changing slowest;
        None where the sidecar does not give its size
    """
    field, stride = one.info.get('receptive_field'), one.info.get('stride')
    if not field or not stride or any(v is None for v in list(field) + list(stride)):
        return None
    if one.info.get('resolution') == 'input':
        return None  # the map's steps are those of the image, not of the layer
    half = np.array(field, dtype=np.float64) / (2.0 * np.array(stride, dtype=np.float64))
    signs = np.array([[x, y, z] for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)])
    index = np.asarray(sample) + signs * half
    return (index @ one.affine[:3, :3].T + one.affine[:3, 3]).tolist()


def likeness(one: ActivationMap, point: Sequence[float]) -> np.ndarray:
    """
    :param one: a map
    :param point: (3,) in the map's world, mm
    :return: array (x, y, z), float32, from -1 to 1; NaN for missing samples and samples of zeros
    :raises ReadError: as :func:`sample_at`
    """
    sample = sample_at(one, point)
    reference = np.asarray(one.data.streaming()[sample], dtype=np.float64).ravel()
    if not np.isfinite(reference).all() or not reference.any():
        raise ReadError(
            'the sample at the crosshair is missing or 0 in all channels: nothing is like it; '
            'move the crosshair'
        )
    product = np.zeros(one.data.shape[:3], np.float64)
    squares = np.zeros_like(product)
    for value, volume in zip(reference, one.channel_volumes()):
        wide = np.asarray(volume, dtype=np.float64)
        product += value * wide
        squares += wide * wide
    length = np.sqrt(squares) * np.linalg.norm(reference)
    # missing samples are NaN already
    with np.errstate(invalid='ignore', divide='ignore'):
        return np.where(length > 0, product / length, np.nan).astype(np.float32)
