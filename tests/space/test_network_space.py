# -*- coding: utf-8 -*-
"""
Volumes that hold their own world coordinates are read as NiftyNet reads, by nibabel and scipy;
behind all steps, a voxel's place by :class:`NetworkSpace` must be the coordinates it holds.
"""

import nibabel
import numpy as np
import pytest
from scipy import ndimage

from niftynet_activations.space.network_space import NetworkSpace, zoom_spacing

SHAPE = (5, 7, 11)


def affine(name):
    flipped = np.array([[-1.5, 0, 0, 30], [0, 2.0, 0, -20], [0, 0, -0.75, 9], [0, 0, 0, 1]])
    angle = 0.3
    about_x = np.eye(4)
    about_x[1:3, 1:3] = [[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]
    about_z = np.eye(4)
    about_z[:2, :2] = [[np.cos(0.2), np.sin(0.2)], [-np.sin(0.2), np.cos(0.2)]]
    permuted = np.array([[0, 0, 3.0, 1], [-1.25, 0, 0, 2], [0, 0.8, 0, 3], [0, 0, 0, 1]])
    return {
        'identity': np.eye(4),
        'flipped': flipped,
        'oblique': about_x @ about_z @ flipped,
        'permuted': permuted,
        'permuted and oblique': about_z @ about_x @ permuted,
    }[name]


AFFINES = ['identity', 'flipped', 'oblique', 'permuted', 'permuted and oblique']


def ramp(matrix, shape=SHAPE):
    """(x, y, z, 3) float64: each voxel's own world coordinates in mm."""
    index = np.moveaxis(np.indices(shape), 0, -1).astype(float)
    return index @ matrix[:3, :3].T + matrix[:3, 3]


def reorient(volume, matrix, axcodes):
    change = nibabel.orientations.ornt_transform(
        nibabel.orientations.axcodes2ornt(nibabel.aff2axcodes(matrix)),
        nibabel.orientations.axcodes2ornt(axcodes),
    )
    return nibabel.orientations.apply_orientation(volume, change)


def resize(volume, shape):
    ratios = [after / before for before, after in zip(volume.shape, shape)] + [1]
    return ndimage.zoom(volume, ratios, order=1)


def extend_ramp(volume, below, above):
    """Volume padding that goes on with the ramp, so that coordinates hold beyond the image."""
    widths = list(zip(below, above)) + [(0, 0)]
    return np.pad(volume, widths, mode='reflect', reflect_type='odd')


def assert_places(space, volume):
    assert space.shape == volume.shape[:3]
    np.testing.assert_allclose(ramp(space.to_world, volume.shape[:3]), volume, atol=1e-9)


@pytest.mark.parametrize('axcodes', [None, 'RAS', 'LPS', 'ASR', 'IPL'])
@pytest.mark.parametrize('name', AFFINES)
def test_reorientation_and_resampling(name, axcodes):
    matrix = affine(name)
    volume = ramp(matrix)
    if axcodes:
        volume = reorient(volume, matrix, axcodes)
    volume = resize(volume, (9, 6, 4))
    space = NetworkSpace(matrix, SHAPE).read(axcodes and tuple(axcodes), (9, 6, 4))
    assert_places(space, volume)


@pytest.mark.parametrize('name', AFFINES)
def test_volume_padding_and_the_resize_sampler(name):
    matrix = affine(name)
    volume = extend_ramp(reorient(ramp(matrix), matrix, 'PIR'), (1, 2, 3), (3, 0, 2))
    space = NetworkSpace(matrix, SHAPE).read(tuple('PIR')).pad((1, 2, 3), (3, 0, 2))
    assert_places(space, volume)
    assert_places(space.zoom((8, 16, 3)), resize(volume, (8, 16, 3)))


def test_an_axis_resampled_to_one_voxel_keeps_the_first():
    volume = resize(ramp(np.eye(4)), (5, 1, 11))
    np.testing.assert_array_equal(volume[:, 0, :, 1], 0)
    space = NetworkSpace(np.eye(4), SHAPE).zoom((5, 1, 11))
    assert_places(space, volume)
    assert zoom_spacing(7, 1) == 1.0


def test_a_file_of_trailing_axes_counts_its_first_three():
    assert NetworkSpace(np.eye(4), (5, 7, 11, 2, 3)).file_shape == (5, 7, 11)
    assert NetworkSpace(np.eye(4), (5, 7)).file_shape == (5, 7, 1)


@pytest.mark.parametrize(
    'shape, order',
    [
        ((5, 7, 1), (0, 1, 2)),
        ((1, 7, 11), (2, 1, 0)),
        ((5, 1, 11), (0, 2, 1)),
        ((1, 7, 1), (1, 0, 2)),
        ((1, 1, 11), (2, 1, 0)),
        ((5, 1, 1), (0, 1, 2)),
    ],
)
def test_flat_images_are_swapped_and_nothing_else(shape, order):
    matrix = affine('oblique')
    space = NetworkSpace(matrix, shape).read(tuple('LPS'), (9, 9, 9))
    assert_places(space, np.transpose(ramp(matrix, shape), order + (3,)))


@pytest.mark.parametrize('name', AFFINES)
def test_a_lattice_lies_where_its_samples_are_averaged(name):
    # the mean of a pair of neighbours lies half-way between them; sample 1 comes first
    matrix = affine(name)
    volume = extend_ramp(ramp(matrix), (2, 0, 1), (2, 0, 1))
    pairs = volume[2:8].reshape(3, 2, 7, 13, 3).mean(axis=1)[:, ::3]
    space = NetworkSpace(matrix, SHAPE).read().pad((2, 0, 1), (2, 0, 1))
    found = np.array(space.lattice_place((2, 3, 1), (0.5, 0, 0), (1, 0, 0)).affine)
    np.testing.assert_allclose(ramp(found, pairs.shape[:3]), pairs, atol=1e-9)


@pytest.mark.slow
@pytest.mark.parametrize('shape', [SHAPE, (1, 7, 11), (6, 1, 5), (7, 6, 1)])
@pytest.mark.parametrize('name', AFFINES)
def test_niftynets_own_reading(name, shape, tmp_path):
    pytest.importorskip('niftynet')
    from niftynet.io import image_type

    matrix = affine(name).astype(np.float32).astype(float)
    paths = []
    for channel in range(3):
        paths.append(str(tmp_path / 'coordinate_{}.nii'.format(channel)))
        image = nibabel.Nifti1Image(ramp(matrix, shape)[..., channel].astype(np.float32), matrix)
        nibabel.save(image, paths[-1])
    image = image_type.ImageFactory.create_instance(
        file_path=paths, name=tuple('abc'), interp_order=(1,) * 3,
        output_pixdim=((1.1, 0.9, 2.0),) * 3, output_axcodes=(tuple('ALS'),) * 3,
        loader=(None,) * 3,
    )  # fmt: skip
    assert image.shape[3:] == (1, 3)  # asking for it makes NiftyNet read the headers
    data = image.get_data()[:, :, :, 0]
    space = NetworkSpace(image.original_affine[0], image.original_shape[:3])
    space.read(image.output_axcodes[0], data.shape[:3])
    assert space.shape == data.shape[:3]
    np.testing.assert_allclose(ramp(space.to_world, space.shape), data, atol=2e-5)


def test_the_world_is_the_files_and_the_order_of_axes_is_niftynets():
    taken = affine('permuted')
    space = NetworkSpace(affine('flipped'), SHAPE, taken).read(tuple('LPS'))
    alone = NetworkSpace(taken, SHAPE).read(tuple('LPS'))
    assert space.shape == alone.shape != SHAPE
    np.testing.assert_allclose(space.to_file, alone.to_file)
    np.testing.assert_allclose(space.to_world, affine('flipped') @ alone.to_file)


def test_how_far_niftynet_moves_an_image():
    assert NetworkSpace(np.eye(4), SHAPE).moved == 0
    taken = np.diag([1, 2.0, 1, 1])
    taken[0, 3] = 8
    # the last voxel along y, which is 6 further
    assert NetworkSpace(np.eye(4), SHAPE, taken).moved == 10
