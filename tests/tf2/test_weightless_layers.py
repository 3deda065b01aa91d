# -*- coding: utf-8 -*-
"""
What the layers without kernels refuse, and dropout; their values are compared in test_layers.py.
"""

import numpy as np
import pytest

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(
    'function, options, message',
    [
        ('max_pooling3d', {'data_format': 'channels_first'}, 'max_pooling3d of niftynet_tf2 takes'),
        ('average_pooling3d', {'data_format': 'NCDHW'}, "got data_format = 'NCDHW'"),
        ('batch_normalization', {'axis': 1}, 'takes the last axis, got axis = 1'),
        ('batch_normalization', {'beta_constraint': abs}, "has no argument 'beta_constraint'"),
    ],
)
def test_what_is_not_supplied_is_named(tf, function, options, message):
    sizes = (2, 2) if 'pooling' in function else ()
    with pytest.raises(TypeError, match=message) as caught:
        getattr(tf.layers, function)(tf.zeros([1, 5, 7, 9, 2]), *sizes, **options)
    assert '\n' not in str(caught.value)


@pytest.mark.parametrize('training', [True, False])
def test_dropout_is_on_in_training_alone(tf, training):
    values = np.ones((40, 50), np.float32)
    dropped = tf.layers.dropout(tf.constant(values), rate=0.25, training=training, seed=2)
    with tf.Session() as session:
        found = session.run(dropped)
    if not training:
        np.testing.assert_array_equal(found, values)
    else:
        assert set(np.unique(found)) == {0, np.float32(1 / 0.75)}
        assert (found == 0).mean() == pytest.approx(0.25, abs=0.05)
