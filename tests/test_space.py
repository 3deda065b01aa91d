# -*- coding: utf-8 -*-
"""The world behind NiftyNet's steps: ramps that hold their own coordinates, read by nibabel."""

import itertools

import nibabel as nib
import numpy as np
import pytest
import scipy.ndimage

from niftynet_activations.space import NetworkSpace

SHAPE = (5, 7, 11)


def oblique(flips=(1, 1, 1)):
    turn = 0.3
    rotation = np.array(
        [[np.cos(turn), -np.sin(turn), 0], [np.sin(turn), np.cos(turn), 0], [0, 0, 1]]
    )
    affine = np.eye(4)
    affine[:3, :3] = rotation @ np.diag(np.array([1.1, 0.9, 2.5]) * flips)
    affine[:3, 3] = [-20, 5, 7]
    return affine


def world(affine, shape):
    index = np.stack(np.meshgrid(*[np.arange(n) for n in shape], indexing='ij'), -1)
    return nib.affines.apply_affine(affine, index)


@pytest.mark.parametrize('flips', list(itertools.product([1, -1], repeat=3)))
@pytest.mark.parametrize('codes', [None, 'RAS', 'LPI', 'SRA', 'PIR'])
def test_axcodes(flips, codes):
    affine = oblique(flips)
    ramp = world(affine, SHAPE)
    space = NetworkSpace(affine, SHAPE).read(codes)
    if codes:
        change = nib.orientations.ornt_transform(
            nib.orientations.io_orientation(affine), nib.orientations.axcodes2ornt(tuple(codes))
        )
        ramp = nib.orientations.apply_orientation(ramp, change)
    assert space.shape == ramp.shape[:3]
    np.testing.assert_allclose(world(space.to_world, space.shape), ramp, atol=1e-9)


def test_resampling_padding_and_zoom():
    affine = oblique()
    ramp = world(affine, SHAPE)
    space = NetworkSpace(affine, SHAPE).read(None, (9, 7, 4)).pad((2, 0, 3), (2, 0, 1))
    resampled = np.stack(
        [scipy.ndimage.zoom(ramp[..., k], [9 / 5, 1, 4 / 11], order=1) for k in range(3)],
        -1,
    )
    inner = world(space.to_world, space.shape)[2:-2, :, 3:-1]
    np.testing.assert_allclose(inner, resampled, atol=1e-9)


def test_the_lattice_of_a_strided_layer():
    space = NetworkSpace(oblique(), SHAPE).pad((1, 2, 3), (1, 2, 3))
    affine = space.lattice_affine((2, 1, 4), (0.5, 0, 1.5), (1, 2, 1))
    sample = nib.affines.apply_affine(affine, [1, 1, 1])
    voxel = np.array([0.5 + 2 * 2, 3, 1.5 + 4 * 2]) - [1, 2, 3]
    np.testing.assert_allclose(sample, nib.affines.apply_affine(oblique(), voxel))


def test_a_thin_first_axis_becomes_the_last():
    space = NetworkSpace(oblique(), (1, 7, 11)).read('RAS', (3, 3, 3))
    assert space.shape == (11, 7, 1)
    expected = nib.affines.apply_affine(oblique(), [0, 2, 6])
    np.testing.assert_allclose(nib.affines.apply_affine(space.to_world, [6, 2, 0]), expected)
