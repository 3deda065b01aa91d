# -*- coding: utf-8 -*-
"""Where NiftyNet's own result lies behind its resizing: by hand, on axes of whole numbers."""

import numpy as np
import pytest

from niftynet_activations.space.network_space import NetworkSpace
from niftynet_activations.space.resized_output import resized_output

AFFINE = np.array([[0, -2.0, 0, 5], [1.5, 0, 0.5, -3], [0, 0, 3, 7], [0, 0, 0, 1]])


def zoomed(shape, window, padding=0):
    space = NetworkSpace(AFFINE, shape)
    space.pad([padding] * 3, [padding] * 3)
    return space.zoom(window), [size + 2 * padding for size in shape]


def test_without_a_border_it_lies_on_the_image():
    space, padded = zoomed((7, 9, 11), (4, 5, 6))
    found = resized_output(space, padded, (4, 5, 6), (0, 0, 0))
    np.testing.assert_allclose(found.affine, AFFINE, atol=1e-12)
    assert found.box == ([0, 0, 0], [7, 9, 11]) and not found.moved


def test_a_border_of_what_the_network_cuts_off_keeps_the_place():
    space, padded = zoomed((7, 9, 11), (12, 14, 16))
    found = resized_output(space, padded, (8, 8, 8), (2, 3, 4))
    np.testing.assert_allclose(found.affine, AFFINE, atol=1e-12)
    assert not found.moved
    # volume voxels 0 to 6 are window samples 0 to 11, and the output has those from 2 to 9
    assert found.box[0][0] == 1 and found.box[1][0] == 6


@pytest.mark.parametrize('padding', [0, 2])
def test_a_border_shrinks(padding):
    # 13 voxels, with padding or not; the window's samples 0, 1, 2, 3, 4 are voxels 0, 3, 6, 9, 12.
    # With a border of 4 the output is 4 + 5 + 4 samples, which 13 voxels hold one by one.
    shape = (13 - 2 * padding, 13, 13)
    space = NetworkSpace(AFFINE, shape).pad([padding, 0, 0], [padding, 0, 0]).zoom((5, 13, 13))
    found = resized_output(space, (13, 13, 13), (5, 13, 13), (4, 0, 0))
    assert found.moved
    # voxel k of the padded volume holds sample k - 4, which belongs to voxel 3 (k - 4)
    for k in range(padding, 13 - padding):
        belongs = AFFINE @ [3 * (k - 4) - padding, 2, 5, 1]
        np.testing.assert_allclose(found.affine @ [k - padding, 2, 5, 1], belongs, atol=1e-9)
    assert found.box == ([4 - padding, 0, 0], [9 - padding, 13, 13])


def test_flat_images_stay_in_their_plane():
    space = NetworkSpace(AFFINE, (9, 11, 1)).zoom((5, 6, 1))
    found = resized_output(space, (9, 11, 1), (5, 6, 1), (2, 2, 2))
    np.testing.assert_allclose(found.affine[:, 2], AFFINE[:, 2], atol=1e-12)
    assert found.box[0][2] == 0 and found.box[1][2] == 1
