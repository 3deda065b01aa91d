# -*- coding: utf-8 -*-
"""What is worked out between building the graph and the first window."""

import pytest

pytestmark = pytest.mark.slow
pytest.importorskip('niftynet')

import tensorflow as tf  # noqa: E402

from niftynet_activations.application.preparation import step_bytes  # noqa: E402
from niftynet_activations.capturing.fetched_layers import SavedLayer  # noqa: E402


@pytest.mark.parametrize(
    'shape, samples',
    [
        ((2, 5, 7, 11, 3), 2 * 5 * 7 * 11 * 3),
        ((None, 5, 7, 11, 3), 4 * 5 * 7 * 11 * 3),  # smaller_final_batch_mode = dynamic
        ((2, None, 7, 11, 3), 2 * 24 * 7 * 11 * 3),
        ((None, 8), 4 * 8),
    ],
)
def test_sizes_that_the_graph_leaves_open_are_not_forgotten(shape, samples):
    with tf.Graph().as_default():
        tensor = tf.placeholder(tf.float32, shape)
    layer = SavedLayer('key', 'conv', '', tensor, tensor, tensor, [0])
    assert step_bytes(layer, 4, (12, 24, 16)) == 4 * samples
