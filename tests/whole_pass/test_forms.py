# -*- coding: utf-8 -*-
"""Sizes that depend on values, and values that a network keeps while it runs."""

import pytest

pytestmark = pytest.mark.slow
pytest.importorskip('niftynet')

import tensorflow as tf  # noqa: E402

from niftynet_activations.errors import GeometryError  # noqa: E402
from niftynet_activations.whole_pass.flow import read_flow  # noqa: E402
from whole_pass import little  # noqa: E402


def test_what_is_picked_counts_as_large_as_it_can_be():
    def end(tensor):
        picked = tf.boolean_mask(
            tf.stack([tensor, -tensor]), tf.constant([True, False]), name='few'
        )
        tf.reduce_sum(tf.concat([picked, [tensor]], 0, name='more'), 0, name='end')

    flow = read_flow(*little.builder(('end:0',), end=end)(little.SIZE))
    assert flow.tensors['few/GatherV2:0'].shape == (2, 1, 8, 6, 1)
    assert flow.tensors['more:0'].shape == (3, 1, 8, 6, 1)
    assert flow.tensors['end:0'].state.known


def test_a_picked_kernel_counts_with_all_its_channels():
    def end(tensor):
        kernel = tf.boolean_mask(tf.get_variable('w_3', (3, 3, 1, 8)), [True] + 7 * [False], axis=3)
        tf.nn.conv2d(tensor, kernel, [1, 1, 1, 1], 'SAME', name='end')

    flow = read_flow(*little.builder(('end:0',), end=end)(little.SIZE))
    assert flow.tensors['end:0'].shape == (1, 8, 6, 8)


def test_values_that_are_kept_in_a_variable_are_refused():
    def end(tensor):
        kept = tf.get_variable('kept', tensor.shape, initializer=tf.zeros_initializer)
        tf.multiply(tf.assign(kept, tensor), 2, name='end')

    build = little.builder(('conv_2:0', 'end:0'), centred=False, end=end)
    with pytest.raises(GeometryError, match='keeps values in a variable .* choose layers in front'):
        read_flow(*build(little.SIZE))
