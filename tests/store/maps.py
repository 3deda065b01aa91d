# -*- coding: utf-8 -*-
"""Small maps for the tests: 5 x 7 x 11 samples, three channels, cut into boxes."""

import itertools

import numpy as np

from niftynet_activations.space.place import place_of_affine
from niftynet_activations.store.spec import MapSpec

SHAPE = (5, 7, 11)
CHANNELS = (2, 4, 9)
AFFINE = np.array([[0, -2, 0, 10], [3, 0, 0, -5], [0, 0, 4, 7], [0, 0, 0, 1]], dtype=float)


def make_spec(**changes):
    """
    :param changes: fields that differ from the ordinary ones
    :return: a MapSpec
    """
    place = place_of_affine(AFFINE)
    return MapSpec('s_1', 'res/conv:1', 'out', SHAPE, CHANNELS, place)._replace(**changes)


def make_values(seed=0, channels=3):
    """
    :param seed: for the random numbers
    :param channels: how many
    :return: array (5, 7, 11, channels) of float32
    """
    return np.random.RandomState(seed).randn(*(SHAPE + (channels,))).astype(np.float32)


def cut(values, cuts=((0, 2), (0, 3, 6), (0, 4, 8))):
    """
    :param values: array (x, y, z, channel)
    :param cuts: starts of the boxes along each axis
    :return: list of (corner, block), in no useful order
    """
    axes = [
        list(zip(starts, tuple(starts[1:]) + (size,)))
        for starts, size in zip(cuts, values.shape[:3])
    ]
    boxes = [
        (tuple(low for low, _ in box), values[tuple(slice(*ends) for ends in box)])
        for box in itertools.product(*axes)
    ]
    order = np.random.RandomState(1).permutation(len(boxes))
    return [boxes[i] for i in order]
