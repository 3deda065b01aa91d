# -*- coding: utf-8 -*-
"""What forward hooks are given, what comes of what they return, and that the rest stays."""

import numpy as np
import pytest

pytestmark = pytest.mark.slow
pytest.importorskip('niftynet')

import tensorflow as tf  # noqa: E402
from niftynet.layer.base_layer import Layer  # noqa: E402
from niftynet.layer.dilatedcontext import DilatedTensor  # noqa: E402

from niftynet_activations import register_forward_hook  # noqa: E402
from niftynet_activations.capturing.fetched_layers import choose_layers  # noqa: E402
from niftynet_activations.capturing.recording import record_layers  # noqa: E402
from niftynet_activations.errors import SelectionError  # noqa: E402
from niftynet_activations.options import parse_options  # noqa: E402

SHAPE = (1, 5, 7, 11, 2)


class Adding(Layer):
    """Adds two tensors, or the tensors of a list."""

    def layer_op(self, first, second, is_training):
        return tf.add_n([first] + (second if isinstance(second, list) else [second]))


class Network(Layer):
    """``a`` = 2 * images, ``b`` = 2 * images + images + images."""

    def layer_op(self, images):
        first = Adding(name='a')(images, images, False)
        return Adding(name='b')(first, [images, images], False)


class DilatedNetwork(Layer):
    """``a`` = 2 * images, inside a block of dilation 2; its output in space."""

    def layer_op(self, images):
        with DilatedTensor(images, 2) as dilated:
            dilated.tensor = Adding(name='a')(dilated.tensor, dilated.tensor, False)
        return dilated.tensor


def chosen(layers, kind=Network, shape=SHAPE):
    """Build the network and choose its layers; give values, logits' values and the choice."""
    values = np.random.RandomState(2).normal(size=shape).astype(np.float32)
    with tf.Graph().as_default(), tf.Session() as session:
        images = tf.placeholder(tf.float32, shape, name='images')
        network = kind(name='network')
        with record_layers(network) as record:
            logits = network(images)
        saved = choose_layers(record, parse_options({'activation_layers': layers}))
        found = session.run([logits] + [layer.fetched for layer in saved], {images: values})
    return values, found[0], dict(zip([layer.name for layer in saved], found[1:])), saved


def test_a_hook_is_given_layer_tensors_and_output():
    seen = []
    with register_forward_hook('*', lambda *given: seen.append(given)):
        values, logits, maps, _ = chosen('all')
    (a, a_inputs, a_output), (b, b_inputs, b_output) = seen
    assert [type(a), type(b)] == [Adding, Adding]
    assert [each.name for each in a_inputs] == ['images:0', 'images:0']
    assert [each.name for each in b_inputs] == [a_output.name, 'images:0', 'images:0']
    assert b_output.shape.as_list() == list(SHAPE)
    np.testing.assert_array_equal(maps['a'], values + values)
    np.testing.assert_array_equal(maps['b'], logits)


def test_what_a_hook_returns_is_saved_and_the_network_goes_on_with_its_own():
    def tenfold(layer, inputs, output):
        return output * 10

    _, plain, _, _ = chosen('all')
    with register_forward_hook('a', tenfold):
        values, logits, maps, saved = chosen('all')
    np.testing.assert_array_equal(logits, plain)
    np.testing.assert_array_equal(maps['b'], plain)
    np.testing.assert_array_equal(maps['a'], (values + values) * 10)
    assert 'activation_hooks' in saved[0].source.name and 'tenfold' in saved[0].source.name


def test_hooks_on_one_layer_follow_each_other():
    with register_forward_hook('a', lambda layer, inputs, output: output + 1):
        with register_forward_hook('type:Adding', lambda layer, inputs, output: output * 2):
            values, logits, maps, _ = chosen('a')
    np.testing.assert_array_equal(maps['a'], (values + values + 1) * 2)


def test_a_hook_may_change_the_number_of_channels():
    with register_forward_hook('a', lambda layer, inputs, output: output[..., :1]):
        values, _, maps, saved = chosen('a')
    np.testing.assert_array_equal(maps['a'], (values + values)[..., :1])
    assert saved[0].channels == [0]


def test_a_layer_in_a_dilated_block_is_saved_in_space():
    shape, seen = (1, 4, 6, 10, 2), []

    def above_zero(layer, inputs, output):
        seen.append(output.shape.as_list())
        return output > 0

    _, plain, maps, _ = chosen('a', DilatedNetwork, shape)
    np.testing.assert_array_equal(maps['a'], plain)
    with register_forward_hook('a', above_zero):
        values, logits, maps, _ = chosen('a', DilatedNetwork, shape)
    assert seen == [[8, 2, 3, 5, 2]]
    np.testing.assert_array_equal(logits, plain)
    np.testing.assert_array_equal(maps['a'], values > 0)


def test_an_operation_has_no_layer():
    seen = []
    with register_forward_hook('op:a/AddN', lambda *given: seen.append(given)):
        chosen('b')
    ((layer, inputs, _),) = seen
    # the layer returned this very tensor, and is found by it
    assert type(layer) is Adding and len(inputs) == 2
    with register_forward_hook('probabilities', lambda *given: seen.append(given)):
        chosen('b')
    assert seen[1][0] is None and len(seen[1][1]) == 1


@pytest.mark.parametrize(
    'returned, message',
    [
        (lambda output: output[..., 0], r'returned a tensor of shape \(1, 5, 7, 11\)'),
        (lambda output: 3, r'returned int; expected a tensor of 5 axes'),
        (lambda output: tf.as_string(output), r'\(string\) from one of \(1, 5, 7, 11, 2\)'),
        (lambda output: _elsewhere(), 'a tensor of another graph'),
        (
            lambda output: tf.concat([output, output], 0),
            r'shape \(2, 5, 7, 11, 2\).* the same batch',
        ),
    ],
)
def test_what_cannot_be_saved_is_an_error_that_names_the_layer(returned, message):
    with register_forward_hook('a', lambda layer, inputs, output: returned(output)):
        with pytest.raises(SelectionError, match="forward hook on layer 'a' .*" + message):
            chosen('b')


def _elsewhere():
    with tf.Graph().as_default():
        return tf.zeros(SHAPE)


def test_a_selector_that_matches_nothing_is_an_error():
    with register_forward_hook('conv_9', lambda layer, inputs, output: None):
        with pytest.raises(SelectionError, match=r"hook\('conv_9'\): .*nearest: .*net_activations"):
            chosen('a')
