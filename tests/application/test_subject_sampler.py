# -*- coding: utf-8 -*-
"""A sampler that cuts nothing: NiftyNet is told which subject is due, and when none is left."""

import types

import numpy as np
import pytest

pytestmark = pytest.mark.slow
pytest.importorskip('niftynet')

import niftynet_activations  # noqa: E402

niftynet_activations.app  # noqa: B018  registers the options

import tensorflow as tf  # noqa: E402

from niftynet_activations.application.subject_sampler import SubjectSampler  # noqa: E402


@pytest.mark.parametrize('batch', [1, 3])
def test_a_row_a_subject(batch):
    sampler = SubjectSampler.__new__(SubjectSampler)
    shapes = {'image': (batch, 5, 7, 11, 2), 'label': (batch, 5, 7, 11, 1)}
    sampler.window = types.SimpleNamespace(names=('image', 'label'), shapes=shapes)
    vars(sampler).update(
        dtypes={'image': tf.float32, 'label': tf.int32},
        reader=types.SimpleNamespace(num_subjects=3, passed_over={1}),
        batch_size=batch,
    )
    SubjectSampler.tf_dtypes = property(lambda self: self.dtypes)
    try:
        rows = list(sampler.layer_op())
    finally:
        del SubjectSampler.tf_dtypes
    assert [row['image_location'][0, 0] for row in rows] == [0] * batch + [2] * batch + [-1]
    for row in rows:
        assert row['image'].shape == (1, 5, 7, 11, 2) and row['image'].dtype == np.float32
        assert row['label'].shape == (1, 5, 7, 11, 1) and row['label'].dtype == np.int32
        np.testing.assert_array_equal(row['image_location'], row['label_location'])
    np.testing.assert_array_equal(rows[0]['image_location'], [[0, 0, 0, 0, 5, 7, 11]])
    assert (rows[-1]['image'] == -1).all() and (rows[-1]['label_location'] == -1).all()
