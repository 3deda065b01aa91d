# -*- coding: utf-8 -*-
"""The benchmark's networks are one wide layer and the logits."""

import pytest

pytestmark = pytest.mark.slow
niftynet = pytest.importorskip('niftynet')

import tensorflow as tf  # noqa: E402

from benchmarks import networks  # noqa: E402


@pytest.mark.parametrize('channels', [8, 80, 400])
def test_the_wide_layer_has_as_many_channels_as_its_name_says(channels):
    network = getattr(networks, 'Wide{}'.format(channels))(num_classes=4)
    with tf.Graph().as_default() as graph:
        image = tf.placeholder(tf.float32, (1, 5, 7, 11, 2))
        logits = network(image, is_training=False)
        kernels = [each for each in tf.trainable_variables() if each.name.endswith('/w:0')]
        assert logits.shape.as_list() == [1, 5, 7, 11, 4]
        assert [each.shape.as_list() for each in kernels] == [
            [1, 1, 1, 2, channels], [1, 1, 1, channels, 4]
        ]  # fmt: skip
        wide = [each for each in graph.get_operations() if each.type == 'Relu']
        assert [each.outputs[0].shape.as_list() for each in wide] == [[1, 5, 7, 11, channels]]
