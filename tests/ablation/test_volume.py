# -*- coding: utf-8 -*-
"""Where parts of a segmentation lie, and that all of the image is counted, on a made-up pass."""

import contextlib

import numpy as np
import pytest

pytestmark = pytest.mark.slow
pytest.importorskip('niftynet')

from niftynet_activations.ablation.volume import Frame, OneVolume  # noqa: E402

SHAPE, IMAGE, PADDING = (9, 8, 11), (5.0, 4.0, 6.0), (2.0, 1.0, 3.0)
CLASSES = 3


class MadeUp(object):
    """A pass whose class at a voxel is its place and the channel that is changed, modulo 3."""

    targets = ('result:0',)

    def __init__(self, axes, offsets):
        self._axes, self._offsets = axes, offsets
        self.image = None

    @contextlib.contextmanager
    def over(self, image, sink, told=None):
        self.image = image[0, ..., 0]  # what is given is the class before
        yield self

    def run(self, given, sink):
        inner = tuple(slice(n, size - n) for n, size in zip(self._offsets, self.image.shape))
        result = (self.image[inner] + given['added']) % CLASSES
        for first in range(0, result.shape[0], 2):  # parts
            corner = (0, first) + (0,) * result.ndim
            sink('result:0', corner, result[None, first : first + 2, ..., None])


class Adding(object):
    def nothing(self):
        return {'added': 0}

    def channels(self, numbers, means=None):
        return {'added': numbers[0]}


@pytest.mark.parametrize(
    'axes, offsets',
    [((0, 1, 2), (0, 0, 0)), ((0, 1, 2), (3, 1, 4)), ((0, 2), (0, 0)), ((0, 1), (1, 1))],
)
def test_what_lies_inside_the_image_is_counted_once(axes, offsets):
    before = np.random.RandomState(1).randint(0, CLASSES, SHAPE)
    truth = np.random.RandomState(2).randint(-1, CLASSES + 1, SHAPE).astype(np.int16)
    thin = [axis for axis in range(3) if axis not in axes]
    starts = [
        tuple(at if axis in thin else 0 for axis in range(3))
        for at in (range(SHAPE[thin[0]]) if thin else [0])
    ]
    one = OneVolume(Frame(SHAPE, axes, offsets, IMAGE, PADDING), starts, CLASSES, truth)
    effects = one.run(MadeUp(axes, offsets), before[..., None].astype(float), Adding(), [0, 1])
    low = [int(each) for each in PADDING]
    high = [int(each + n) for each, n in zip(PADDING, IMAGE)]
    for axis, offset in zip(axes, offsets):
        low[axis] = max(low[axis], offset)
        high[axis] = min(high[axis], SHAPE[axis] - offset)
    inside = tuple(slice(*each) for each in zip(low, high))
    counted = np.zeros(SHAPE, bool)
    counted[inside] = True
    np.testing.assert_array_equal(one.before, np.where(counted, before, -1))
    for added, effect in enumerate(effects):
        after = (before + added) % CLASSES
        for a in range(CLASSES):
            for b in range(CLASSES):
                expected = (counted & (before == a) & (after == b)).sum()
                assert effect.change.pairs[a, b] == expected
                expected = (counted & (truth == a) & (after == b)).sum()
                assert effect.after.pairs[a, b] == expected
        assert effect.before.pairs.sum() == (counted & (truth != -1)).sum()
