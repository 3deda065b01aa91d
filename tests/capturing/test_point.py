# -*- coding: utf-8 -*-
"""A marked tensor has the values of its input and is found by name and by type."""

import numpy as np
import pytest

pytestmark = pytest.mark.slow
pytest.importorskip('niftynet')

import tensorflow as tf  # noqa: E402
from niftynet.layer.base_layer import Layer  # noqa: E402

from niftynet_activations import ActivationPoint  # noqa: E402
from niftynet_activations.capturing.catalogue import NetworkCatalogue  # noqa: E402
from niftynet_activations.capturing.recording import record_layers  # noqa: E402
from niftynet_activations.capturing.selectors import select  # noqa: E402


class Doubling(Layer):
    """Twice its input, marked before and behind, the second time with a switch beside it."""

    def __init__(self):
        super(Doubling, self).__init__(name='doubling')

    def layer_op(self, images):
        images = ActivationPoint('before')(images)
        return ActivationPoint()(images * 2, True)


def test_values_pass_and_both_ways_find_it():
    values = np.arange(2 * 5 * 7 * 11 * 3, dtype=np.float32).reshape(2, 5, 7, 11, 3)
    with tf.Graph().as_default(), tf.Session() as session:
        images = tf.placeholder(tf.float32, values.shape)
        network = Doubling()
        with record_layers(network) as record:
            output = network(images)
        catalogue = NetworkCatalogue(record).for_selectors()
        points = select('type:ActivationPoint', catalogue)
        assert [point.name for point in points] == ['before', 'activation_point']
        assert [each.tensor for each in select('before', catalogue)] == [points[0].tensor]
        assert tf.global_variables() == []
        found = session.run([points[0].tensor, points[1].tensor, output], {images: values})
    for array, expected in zip(found, (values, 2 * values, 2 * values)):
        np.testing.assert_array_equal(array, expected)
