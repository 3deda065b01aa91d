# -*- coding: utf-8 -*-
"""Where channels are strongest, and what a sample there sees."""

import numpy as np
from numpy.testing import assert_allclose

from niftynet_activations.looking.report.strongest import (
    framed,
    place_of,
    seen_from,
    strongest,
)


def test_the_largest_values_that_lie_apart():
    values = np.zeros((7, 9, 11))
    values[2, 3, 4] = 5
    values[3, 3, 4] = 4.5  # a neighbour of the first
    values[6, 8, 10] = 3
    values[0, 0, 0] = np.nan
    values[5, 0, 0] = np.inf
    found = strongest(values, (2, 2, 2))
    assert [(each.sample, each.value) for each in found] == [((2, 3, 4), 5), ((6, 8, 10), 3)]
    found = strongest(values, (1, 1, 1))
    assert [each.value for each in found] == [5, 4.5, 3]
    assert strongest(values, (1, 1, 1), 1)[0].sample == (2, 3, 4)


def test_a_channel_of_one_value_or_none_has_no_place():
    assert strongest(np.full((3, 4, 5), 2.0), (1, 1, 1)) == []
    assert strongest(np.full((3, 4, 5), np.nan), (1, 1, 1)) == []


def test_what_a_sample_sees_in_space():
    # samples 2, 4 and 6 mm apart, of strides 1, 2 and 2: voxels of 2, 2 and 3 mm; y points to -z
    affine = np.array([[2.0, 0, 0, 1], [0, 0, 6, 2], [0, -4, 0, 3], [0, 0, 0, 1]])
    info = {'receptive_field': [3, 5, 7], 'stride': [1, 2, 2], 'resolution': 'native'}
    assert_allclose(seen_from(info, affine), [3 * 2 / 2, 7 * 3 / 2, 5 * 2 / 2])
    on_image = dict(info, resolution='input')
    assert_allclose(seen_from(on_image, affine), [3, 7 * 6 / 2, 5 * 4 / 2])
    assert seen_from(dict(info, receptive_field=[3, None, 7]), affine) is None
    assert seen_from({'receptive_field': None}, affine) is None
    (found,) = strongest(np.eye(2)[0].reshape(1, 2, 1), (1, 1, 1))
    assert_allclose(place_of(affine, found), [1, 2, 3])


def test_a_frame_around_the_middle():
    made = framed(np.zeros((7, 9, 3), np.uint8), (1, 2))
    marked = (made != 0).any(-1)
    right = np.zeros((7, 9), bool)
    right[2:5, 2:7] = True
    right[3, 3:6] = False
    np.testing.assert_array_equal(marked, right)
