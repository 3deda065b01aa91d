# -*- coding: utf-8 -*-
"""Labels at the samples of a map, against a voxel-by-voxel search in space."""

import nibabel as nib
import numpy as np
import pytest
from sample_folder import oblique_affine

from niftynet_activations.errors import GeometryError, ReadError
from niftynet_activations.looking import region_labels
from niftynet_activations.looking.region_labels import NOT_COUNTED, LabelImage

SHAPE = (5, 7, 11)


def random_labels(affine=None, shape=SHAPE):
    """A label image of random labels 0 to 3."""
    labels = np.random.RandomState(2).randint(0, 4, shape).astype(np.int64)
    return LabelImage('atlas.nii', labels, np.eye(4) if affine is None else affine)


def test_labels_are_those_of_the_nearest_voxel_in_space():
    image = random_labels(oblique_affine(), (9, 12, 10))
    affine = oblique_affine(3.0) @ np.diag([1.7, 1.3, 2.1, 1.0])
    found = region_labels.labels_at_samples(image, affine, SHAPE)
    grid = np.indices(image.labels.shape).reshape(3, -1)
    places = image.affine[:3, :3] @ grid + image.affine[:3, 3:]
    # Steps differ between axes, so the nearest voxel is found along the image's own axes.
    inverse = np.linalg.inv(image.affine)
    counted = 0
    for sample in np.ndindex(*SHAPE):
        world = (affine @ np.append(sample, 1.0))[:3]
        own = inverse[:3, :3] @ (places - world[:, np.newaxis])
        near = np.abs(own).max(axis=0)
        best = int(near.argmin())
        expected = image.labels.ravel()[best] if near[best] < 0.5 else NOT_COUNTED
        assert found[sample] == expected
        counted += expected != NOT_COUNTED
    assert 20 < counted < np.prod(SHAPE)


def test_half_way_goes_to_the_larger_index():
    labels = np.arange(6).reshape(6, 1, 1)
    image = LabelImage('a', labels, np.eye(4))
    affine = np.diag([2.0, 1.0, 1.0, 1.0])
    affine[0, 3] = 0.5
    assert region_labels.labels_at_samples(image, affine, (3, 1, 1)).ravel().tolist() == [1, 3, 5]


def test_outside_the_valid_box_nothing_counts():
    image = random_labels()
    found = region_labels.labels_at_samples(
        image, np.eye(4), SHAPE, valid_box=((1, 2, 3), (4, 6, 99))
    )
    counted = np.zeros(SHAPE, bool)
    counted[1:4, 2:6, 3:] = True
    np.testing.assert_array_equal(found[counted], image.labels[counted])
    assert (found[~counted] == NOT_COUNTED).all()


def test_labels_elsewhere_in_space_are_refused():
    affine = np.eye(4)
    affine[0, 3] = 100.0
    with pytest.raises(
        GeometryError, match='atlas.nii does not overlap the map: it spans -0.5 to 4.5'
    ):
        region_labels.labels_at_samples(random_labels(), affine, SHAPE)


@pytest.mark.parametrize('kind', [np.uint8, np.int32, np.float32])
def test_label_images_of_every_type_and_shape(tmp_path, kind):
    labels = random_labels().labels
    for number, shape in enumerate([SHAPE, SHAPE + (1,), SHAPE + (1, 1)]):
        path = str(tmp_path / '{}.nii.gz'.format(number))
        nib.save(nib.Nifti1Image(labels.reshape(shape).astype(kind), oblique_affine()), path)
        read = region_labels.read_labels(path)
        np.testing.assert_array_equal(read.labels, labels)
        np.testing.assert_allclose(read.affine, oblique_affine(), atol=1e-5)
        assert read.name == path


def test_values_that_are_no_labels():
    image = nib.Nifti1Image(np.full(SHAPE, 0.5, np.float32), np.eye(4))
    with pytest.raises(GeometryError, match='no whole numbers'):
        region_labels.read_labels(image)
    values = np.ones(SHAPE, np.float32)
    values[0, 0, 0] = np.nan
    read = region_labels.read_labels(nib.Nifti1Image(values, np.eye(4)))
    assert read.labels[0, 0, 0] == NOT_COUNTED
    assert (read.labels.ravel()[1:] == 1).all()


def test_probabilities_are_labels_only_when_asked():
    values = np.random.RandomState(0).uniform(size=SHAPE + (1, 3)).astype(np.float32)
    image = nib.Nifti1Image(values, np.eye(4))
    with pytest.raises(GeometryError, match='a label image has one value a voxel'):
        region_labels.read_labels(image)
    read = region_labels.read_labels(image, probabilities=True)
    np.testing.assert_array_equal(read.labels, values[:, :, :, 0].argmax(axis=-1))


def test_what_is_no_image(tmp_path):
    (tmp_path / 'a_1.nii').write_text('')
    with pytest.raises(ReadError, match='is not an image'):
        region_labels.read_labels(str(tmp_path / 'a_1.nii'))


@pytest.mark.parametrize('box', [None, ((1, 0, 2), (7, 5, 9))])
def test_grids_whose_axes_run_the_same_way_are_copied_axis_by_axis(box, monkeypatch):
    """A finer and a shifted grid, flipped along y: both ways give the same labels."""
    image = random_labels(oblique_affine(), (9, 6, 10))
    shift = np.eye(4)
    shift[:3, 3] = [-1.25, 6.5, 1.5]
    affine = image.affine @ shift @ np.diag([0.5, -1.0, 0.75, 1.0])
    straight = region_labels.labels_at_samples(image, affine, (23, 8, 13), box)
    monkeypatch.setattr(region_labels, 'STRAIGHT', -1)
    planes = region_labels.labels_at_samples(image, affine, (23, 8, 13), box)
    np.testing.assert_array_equal(straight, planes)
    assert 100 < (straight != NOT_COUNTED).sum() < straight.size - 100


@pytest.mark.parametrize('factor', [1, 10**9])
def test_labels_are_numbered(factor):
    labels = np.array([[[7, -2, NOT_COUNTED], [7, 0, 5]]], np.int64)
    labels[labels != NOT_COUNTED] *= factor
    names, places = region_labels.numbered(labels)
    assert (names // factor).tolist() == [-2, 0, 5, 7]
    assert places.tolist() == [3, 3, 0, 1, 4, 2] and places.dtype == np.uint8
    nothing = region_labels.numbered(np.full((2, 1, 1), NOT_COUNTED))
    assert nothing[0].tolist() == [] and nothing[1].tolist() == [0, 0]
