# -*- coding: utf-8 -*-
"""
A map on another image's grid, compared with scipy and nibabel, which go other ways.
"""

import nibabel as nib
import numpy as np
import pytest
from nibabel.processing import resample_from_to
from sample_folder import make_sample
from scipy.ndimage import map_coordinates

from niftynet_activations import open_activations
from niftynet_activations.errors import GeometryError, OptionError, ReadError
from niftynet_activations.looking.on_grid import grid_of

LAYER = 'res_1/pool:1'  # every second voxel, half a voxel beside the first


@pytest.fixture(scope='module')
def sample(tmp_path_factory):
    return make_sample(str(tmp_path_factory.mktemp('sample') / 'out'))


@pytest.fixture
def one(sample):
    return open_activations(sample.folder)['1', LAYER]


def tilted():
    """A grid of unequal steps, turned against the map's, that ends inside and outside of it."""
    affine = nib.eulerangles.euler2mat(0.3, -0.2, 0.4) @ np.diag([2.5, -3.0, 4.0])
    affine = nib.affines.from_matvec(affine, [-25.0, 20.0, -20.0])
    return nib.Nifti1Image(np.zeros((21, 17, 13), np.uint8), affine)


def places(one, image):
    """By hand: where each voxel of the image lies among the map's samples, (3, x, y, z)."""
    voxels = np.indices(image.shape[:3]).reshape(3, -1).T
    world = nib.affines.apply_affine(image.affine, voxels)
    index = nib.affines.apply_affine(np.linalg.inv(one.affine), world)
    return index.T.reshape((3,) + image.shape[:3])


@pytest.mark.parametrize('order', [0, 1])
def test_a_tilted_grid_as_scipy_has_it(sample, one, order):
    image = tilted()
    data, index = sample.data['1', LAYER], places(one, image)
    found = np.asarray(one.on(image, order=order).data)
    assert found.shape == (21, 17, 13, 6) and found.dtype == np.float32
    sizes = np.array(data.shape[:3]).reshape(3, 1, 1, 1)
    inside = ((index >= -0.5) & (index <= sizes - 0.5)).all(axis=0)
    assert 0.2 < inside.mean() < 0.99
    for channel in range(6):
        # scipy: between the outermost samples and the end of their cells as the nearest one
        expected = map_coordinates(data[..., channel], index, order=order, mode='nearest')
        np.testing.assert_allclose(found[inside, channel], expected[inside], atol=1e-5)
    assert np.isnan(found[~inside]).all()


def test_a_tilted_grid_as_nibabel_has_it(sample, one):
    image = tilted()
    theirs = resample_from_to(
        nib.Nifti1Image(sample.data['1', LAYER][..., 2], one.affine), image, order=1, cval=np.nan
    ).get_fdata()
    ours = one.on(image).data[..., 2]
    known = np.isfinite(theirs)  # nibabel ends at the outermost samples' centres
    np.testing.assert_allclose(ours[known], theirs[known], atol=1e-5)


@pytest.mark.parametrize('flips', [(0,), (1, 2), (0, 1, 2)])
@pytest.mark.parametrize('order', [0, 1])
def test_flipped_and_exchanged_axes_give_the_samples_themselves(sample, one, flips, order):
    data = sample.data['1', LAYER]
    here = nib.Nifti1Image(data[..., 0], one.affine)
    axes = [[2, 1], [0, 1], [1, 1]]
    for axis in flips:
        axes[axis][1] = -1
    other = here.as_reoriented(np.array(axes))
    found = one.on(other, order=order)
    assert found.shape[:3] == other.shape == (11, 13, 9)
    np.testing.assert_array_equal(found.data[..., 0], np.asarray(other.dataobj))
    np.testing.assert_array_equal(found.affine, other.affine)
    # what took a mask of the other image took the wrong half before
    mask = np.asarray(other.dataobj) > np.median(data[..., 0])
    assert np.asarray(found)[mask, 0].min() > np.median(data[..., 0])


@pytest.mark.parametrize('order', [0, 1])
def test_every_voxel_of_the_image_that_it_was_made_from(sample, one, order):
    path = one.info['source_images'][0]
    found = np.asarray(one.on(path, order=order))
    assert found.shape[:3] == sample.inputs['1'].shape
    # the samples lie half-way between the voxels, two of which see only one of them
    assert not np.isnan(found).any()


def test_a_part_is_worked_out_alone(one):
    whole = one.on(tilted())
    block = np.asarray(whole)
    np.testing.assert_array_equal(whole[3:15:2, ::-1, 4, 2:5], block[3:15:2, ::-1, 4, 2:5])
    np.testing.assert_array_equal(list(whole.channel_volumes())[5], block[..., 5])
    assert whole[0:0].shape == (0, 17, 13, 6)


def test_a_map_all_the_same(one):
    image = tilted()
    found = one.on(image)
    assert (found.layer, found.subject, found.channels) == (one.layer, '1', list(range(6)))
    assert found.info['shape'] == [21, 17, 13, 6] and one.info['shape'] == [9, 11, 13, 6]
    saved = found.to_nibabel(missing=0)
    np.testing.assert_array_equal(saved.affine, image.affine)
    np.testing.assert_array_equal(np.nan_to_num(np.asarray(found)), np.asarray(saved.dataobj))
    assert '21 x 17 x 13 samples' in repr(found)
    point = image.affine[:3, :3] @ [10, 8, 6] + image.affine[:3, 3]
    np.testing.assert_allclose(found.sample(point)[0], found[10, 8, 6], rtol=1e-5)


def test_a_missing_sample_takes_its_neighbours_with_it_and_no_more(sample, tmp_path):
    copied = make_sample(str(tmp_path / 'out'))
    one = open_activations(copied.folder)['1', LAYER]
    data = copied.data['1', LAYER].copy()
    data[4, 5, 6] = np.nan
    nib.save(nib.Nifti1Image(data, one.affine), one.files[0])
    half = np.diag([0.5, 0.5, 0.5, 1.0])  # voxel 2 k is sample k
    fine = nib.Nifti1Image(np.zeros((17, 21, 25), np.uint8), one.affine @ half)
    lost = np.argwhere(np.isnan(one.on(fine).data[..., 0]))
    assert [lost.min(axis=0).tolist(), lost.max(axis=0).tolist()] == [[7, 9, 11], [9, 11, 13]]
    assert len(lost) == 27


def test_what_cannot_be_done_is_said(one):
    far = nib.Nifti1Image(np.zeros((4, 5, 6)), nib.affines.from_matvec(np.eye(3), [900, 0, 0]))
    with pytest.raises(GeometryError, match='does not overlap the map: it spans 899.5 to 903.5'):
        one.on(far)
    with pytest.raises(OptionError, match=r'order = 3: expected 1 \(linear\) or 0'):
        one.on(tilted(), order=3)
    with pytest.raises(OptionError, match='got ndarray: make nibabel.Nifti1Image'):
        one.on(np.zeros((3, 4, 5)))
    with pytest.raises(ReadError, match='nowhere.nii is not there'):
        one.on('nowhere.nii')


def test_grids(one):
    assert grid_of(one).shape == (9, 11, 13)
    assert grid_of(nib.Nifti1Image(np.zeros((4, 5, 6, 7, 1)), np.eye(4))).shape == (4, 5, 6)
