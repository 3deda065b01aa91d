# -*- coding: utf-8 -*-
"""The place that all maps of a subject are shown at."""

import os

import nibabel as nib
import numpy as np
from sample_folder import POSTFIX, make_sample

from niftynet_activations import open_activations
from niftynet_activations.looking.report import spot, statistics


def test_it_lies_in_what_was_segmented():
    labels = np.zeros((9, 11, 7), np.uint8)
    labels[2:7, 3:8, 2:5] = 1
    labels[3:6, 4:7, 2:5] = 0  # a ring, whose centre is not in it
    affine = np.diag([2.0, 3.0, 4.0, 1.0])
    found = spot.middle_of(labels, affine)
    index = np.round(found / [2, 3, 4]).astype(int)
    assert labels[tuple(index)] == 1
    assert np.abs(found - np.array([4, 5, 3]) * [2, 3, 4]).max() <= 6
    assert spot.middle_of(np.zeros((2, 3, 4)), affine) is None


def test_where_it_comes_from(tmp_path):
    sample = make_sample(str(tmp_path / 'out'), shape=(9, 13, 11))
    maps = open_activations(sample.folder)
    given = spot.spot_for(None, [1, 2, 3])
    assert given.centre.tolist() == [1, 2, 3] and 'asked for' in given.told
    path = os.path.join(sample.folder, 'window_seg_1_{}.nii.gz'.format(POSTFIX))
    found = spot.spot_for(path)
    assert 'segmentation' in found.told
    # the labels of the sample are balls about its middle
    middle = (sample.affine @ [4, 6, 5, 1])[:3]
    np.testing.assert_allclose(found.centre, middle, atol=1e-4)
    nib.save(nib.Nifti1Image(np.zeros((9, 13, 11), np.uint8), sample.affine), path)
    assert spot.spot_for(path) is None
    with open(path, 'wb') as stream:
        stream.write(b'no image')
    assert spot.spot_for(path) is None
    assert spot.spot_for(None) is None
    one = maps['1', 'conv_0']
    np.testing.assert_allclose(spot.spot_of_map(one).centre, statistics.describe(one).centre)
