# -*- coding: utf-8 -*-
"""What selectors choose from in a recorded network."""

import pytest

pytestmark = pytest.mark.slow
pytest.importorskip('niftynet')

import tensorflow as tf  # noqa: E402
from niftynet.layer.activation import ActiLayer  # noqa: E402
from niftynet.layer.base_layer import Layer  # noqa: E402
from niftynet.layer.convolution import ConvLayer  # noqa: E402

from niftynet_activations.capturing.catalogue import NetworkCatalogue  # noqa: E402
from niftynet_activations.capturing.recording import record_layers  # noqa: E402
from niftynet_activations.errors import SelectionError  # noqa: E402

SHAPE = (1, 5, 7, 11, 2)


class Block(Layer):
    """Its output is that of the layer inside of it."""

    def layer_op(self, images):
        return ActiLayer('relu', name='inside')(images)


class Network(Layer):
    def layer_op(self, images):
        flow = ConvLayer(4, 3, name='conv')(images)
        flow = Block(name='block')(flow)
        tf.split(flow, 2, axis=-1, name='halves')
        return tf.nn.conv3d(flow, tf.ones([1, 1, 1, 4, 3]), [1] * 5, 'SAME', name='plain')


@pytest.fixture
def record():
    with tf.Graph().as_default():
        network = Network(name='network')
        with record_layers(network) as found:
            network(tf.placeholder(tf.float32, SHAPE, name='images'))
        yield found


def names(record, selector):
    return [each.name for each in NetworkCatalogue(record).for_selectors().matches(selector)]


@pytest.mark.parametrize(
    'selector, expected',
    [
        ('all', ['conv', 'block', 'block/relu_inside']),
        ('top', ['conv', 'block']),
        ('type:ActiLayer', ['block/relu_inside']),
        ('penultimate', ['penultimate']),
        ('logits', ['logits']),
        # where only the tensor is known the outermost layer's name is used
        ('op:block/**', ['block']),
        ('op:halves', ['op.network/halves']),
        ('op:halves:1', ['op.network/halves:1']),
        ('op:network/plain', ['op.network/plain']),
    ],
)
def test_what_a_selector_matches(record, selector, expected):
    assert names(record, selector) == expected


def test_penultimate_is_the_input_of_the_convolution_layer(record):
    (found,) = NetworkCatalogue(record).for_selectors().matches('penultimate')
    assert found.tensor.name == 'images:0'


def test_probabilities_are_added_for_the_map_alone(record):
    before = [each.name for each in record.image.graph.get_operations()]
    (found,) = NetworkCatalogue(record).for_selectors().matches('probabilities')
    added = [each.name for each in record.image.graph.get_operations()][len(before) :]
    assert added and all(name.startswith('activation_probabilities/') for name in added)
    assert found.tensor.op.inputs[0].op.name in (record.logits.op.name, added[0])


def test_the_logits_are_no_operation_twice(record):
    catalogue = NetworkCatalogue(record).for_selectors()
    assert names(record, 'op:**').count('block') >= 1
    assert catalogue.matches('op:**') is catalogue.matches('op:**')


@pytest.mark.parametrize('selector', ['op:halves:2', 'op:conv_/w', 'op:nowhere'])
def test_what_there_is_not(record, selector):
    with pytest.raises(SelectionError, match=selector):
        names(record, selector)
