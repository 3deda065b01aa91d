# -*- coding: utf-8 -*-
"""One sample against all others, beside numpy on the whole map."""

import os

import nibabel as nib
import numpy as np
import pytest
from sample_folder import POSTFIX, make_sample

from niftynet_activations import open_activations
from niftynet_activations.errors import ReadError
from niftynet_activations.looking.viewer import likeness

KEY = '1_b', 'res_1/pool:1'


@pytest.fixture(scope='module')
def sample(tmp_path_factory):
    """A sample folder with a missing sample and one of zeros."""
    made = make_sample(str(tmp_path_factory.mktemp('likeness') / 'out'), shape=(9, 13, 11))
    data = made.data[KEY]
    data[1, 2, 3] = np.nan
    data[2, 2, 2] = 0
    name = 'activation_res_1.pool-1_1_b_{}.nii.gz'.format(POSTFIX)
    nib.save(nib.Nifti1Image(data, made.affines[KEY]), os.path.join(made.folder, name))
    return made


def place(sample, index):
    """Where a sample lies, in mm."""
    return (sample.affines[KEY] @ np.append(index, 1.0))[:3]


def test_likeness_is_the_cosine(sample):
    one = open_activations(sample.folder)[KEY]
    found = likeness.likeness(one, place(sample, [3.3, 4.2, 1.8]))
    data = sample.data[KEY].astype(np.float64)
    with np.errstate(invalid='ignore'):
        unit = data / np.linalg.norm(data, axis=-1, keepdims=True)
    np.testing.assert_allclose(found, unit @ unit[3, 4, 2], atol=1e-6)
    assert found.dtype == np.float32 and found[3, 4, 2] == pytest.approx(1)
    assert np.isnan(found[1, 2, 3]) and np.isnan(found[2, 2, 2])


def test_values_of_all_channels_at_a_place(sample):
    one = open_activations(sample.folder)[KEY]
    told = likeness.values_at(one, place(sample, [2, 5, 3]))
    assert told['sample'] == [2, 5, 3]
    np.testing.assert_allclose(told['values'], sample.data[KEY][2, 5, 3])
    assert likeness.values_at(one, place(sample, [1, 2, 3]))['values'] == [None] * 6


def test_the_box_is_the_receptive_field_in_the_world(sample):
    one = open_activations(sample.folder)[KEY]
    corners = np.array(likeness.values_at(one, place(sample, [2, 5, 3]))['field'])
    # a field of 3 voxels of the image, about a sample that lies at voxel 2 i + 0.5
    voxels = nib.affines.apply_affine(
        np.linalg.inv(sample.affines[KEY] @ np.diag([0.5, 0.5, 0.5, 1])), corners
    )
    np.testing.assert_allclose(voxels.min(axis=0), [2.5, 8.5, 4.5], atol=1e-6)
    np.testing.assert_allclose(voxels.max(axis=0), [5.5, 11.5, 7.5], atol=1e-6)


def test_where_nothing_can_be_alike_it_is_said(sample):
    one = open_activations(sample.folder)[KEY]
    with pytest.raises(ReadError, match='no sample at'):
        likeness.likeness(one, [500, 0, 0])
    for index in ([1, 2, 3], [2, 2, 2]):
        with pytest.raises(ReadError, match='missing or 0 in all channels'):
            likeness.likeness(one, place(sample, index))
