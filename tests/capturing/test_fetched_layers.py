# -*- coding: utf-8 -*-
"""A tensor that several layers return is fetched once, under the outermost layer's name."""

import pytest

pytestmark = pytest.mark.slow
pytest.importorskip('niftynet')

import tensorflow as tf  # noqa: E402
from niftynet.layer.activation import ActiLayer  # noqa: E402
from niftynet.layer.base_layer import Layer  # noqa: E402

from niftynet_activations import register_forward_hook  # noqa: E402
from niftynet_activations.capturing.fetched_layers import choose_layers  # noqa: E402
from niftynet_activations.capturing.recording import record_layers  # noqa: E402
from niftynet_activations.options import parse_options  # noqa: E402


class Block(Layer):
    """Returns what its own last layer returns."""

    def layer_op(self, images):
        return ActiLayer('relu', name='a')(images)


class Nest(Layer):
    """A block in a block."""

    def layer_op(self, images):
        return Block(name='inner')(images)


class Network(Layer):
    """``nest``, ``nest/inner``, ``nest/inner/relu_a`` are one tensor, ``elu_last`` another."""

    def layer_op(self, images):
        return ActiLayer('elu', name='last')(Nest(name='nest')(images))


def chosen(layers, **options):
    with tf.Graph().as_default(), tf.Session():
        images = tf.placeholder(tf.float32, (1, 5, 7, 11, 3), name='images')
        network = Network(name='network')
        with record_layers(network) as record:
            network(images)
        given = {'activation_' + name: value for name, value in options.items()}
        saved = choose_layers(record, parse_options(dict(given, activation_layers=layers)))
    return [(layer.name, layer.also, layer.channels) for layer in saved], saved


ALL_THREE = [0, 1, 2]


def test_all_takes_a_tensor_once():
    found, saved = chosen('all')
    assert found == [
        ('nest', ('nest/inner', 'nest/inner/relu_a'), ALL_THREE),
        ('elu_last', (), ALL_THREE),
    ]
    assert [layer.key for layer in saved] == ['activation_0', 'activation_1']


def test_a_map_has_the_name_that_was_asked_for():
    found, _ = chosen('nest/inner/relu_a')
    assert found == [('nest/inner/relu_a', ('nest', 'nest/inner'), ALL_THREE)]
    found, _ = chosen('nest/inner/relu_a, nest/inner')
    assert found == [('nest/inner', ('nest', 'nest/inner/relu_a'), ALL_THREE)]


def test_other_channels_of_the_same_tensor_are_another_map():
    found, _ = chosen('nest, nest/inner', channels='nest=0:2;nest/inner=2')
    assert [(name, channels) for name, _, channels in found] == [
        ('nest', [0, 1]),
        ('nest/inner', [2]),
    ]


def test_what_a_hook_replaces_is_no_longer_the_same():
    with register_forward_hook('nest/inner', lambda layer, inputs, output: output * 2):
        found, _ = chosen('all')
    assert [(name, also) for name, also, _ in found] == [
        ('nest', ('nest/inner/relu_a',)),
        ('nest/inner', ()),
        ('elu_last', ()),
    ]
