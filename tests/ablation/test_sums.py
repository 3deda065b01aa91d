# -*- coding: utf-8 -*-
"""Means over the image of what comes by parts."""

import numpy as np
import pytest

from niftynet_activations.ablation.sums import Means
from niftynet_activations.space.lattice import inside_image


def parts_of(values, cuts):
    """Boxes without overlap along the first spatial axis."""
    ends = [0] + list(cuts) + [values.shape[1]]
    for first, last in zip(ends, ends[1:]):
        yield (0, first) + (0,) * (values.ndim - 2), values[:, first:last]


@pytest.mark.parametrize('stride, offset', [(1, 0), (2, 0.5), (3, 1)])
def test_padding_has_no_part(stride, offset):
    values = np.random.RandomState(3).normal(3, 1, (1, 9, 8, 7, 4)).astype(np.float32)
    image, padding = (7.0, 6.0, 5.0), (2.0, 1.0, 3.0)
    lattices = [inside_image(stride, offset, *each) for each in zip(image, padding)]
    means = Means(lattices, (0, 1, 2), 4)
    for corner, part in parts_of(values, (1, 4)):
        means.add((0, 0, 0), corner, part)
    kept = values
    for axis, (n, below) in enumerate(zip(image, padding)):
        centres = offset + stride * np.arange(values.shape[1 + axis])
        inside = (centres >= below - 0.5) & (centres < below + n - 0.5)
        kept = np.compress(inside, kept, axis=1 + axis)
    expected = kept.mean(axis=(0, 1, 2, 3), dtype=np.float64)
    np.testing.assert_allclose(means.result(), expected, rtol=1e-9)


def test_slices_outside_of_the_image_have_no_part():
    values = np.random.RandomState(4).normal(size=(6, 1, 5, 7, 2))
    lattices = [inside_image(1, 0, n, 1) for n in (5, 4, 3)]
    means = Means(lattices, (0, 2), 2)  # the network does not see y
    for y in range(6):
        means.add((0, y, 0), (0, 0, 0, 0), values[y])
    np.testing.assert_allclose(means.result(), values[1:5, 0, 1:, 1:4].mean(axis=(0, 1, 2)))
