# -*- coding: utf-8 -*-
"""What a network computes with another output of a layer, beside numpy on a small network."""

import numpy as np
import pytest

pytestmark = pytest.mark.slow
pytest.importorskip('niftynet')

import tensorflow as tf  # noqa: E402
from niftynet.layer.base_layer import Layer  # noqa: E402

from niftynet_activations import register_forward_hook, register_intervention  # noqa: E402
from niftynet_activations.capturing.fetched_layers import choose_layers  # noqa: E402
from niftynet_activations.capturing.intervened import intervene  # noqa: E402
from niftynet_activations.capturing.recording import record_layers  # noqa: E402
from niftynet_activations.errors import SelectionError  # noqa: E402
from niftynet_activations.options import parse_options  # noqa: E402
from niftynet_activations.planning.provenance import graph_digests  # noqa: E402

SHAPE = (1, 5, 7, 11, 2)


class Squared(Layer):
    def layer_op(self, tensor):
        return tf.square(tensor)


class Twice(Layer):
    """Holds another layer, whose tensor it returns, and gives a side output in a list."""

    def layer_op(self, tensor):
        return [Squared(name='inner')(tensor), None, tensor + 1.0]


class Network(Layer):
    """``a`` = [x^2, -, x + 1]; the result is {main: x^2 * (x + 1) + x^2, side: x + 1 - x}."""

    def layer_op(self, images):
        first, _, second = Twice(name='a')(images)
        Squared(name='unused')(first)
        last = tf.add(first * second, first, name='last')
        return {'main': last, 'side': second - images}


def outcome(layers='a.0', **selected):
    """
    :param selected: of the registered interventions, which are given by the caller
    :return: input, results, maps, digests, and the record
    """
    values = np.random.RandomState(2).normal(size=SHAPE).astype(np.float32)
    with tf.Graph().as_default(), tf.Session() as session:
        images = tf.placeholder(tf.float32, SHAPE, name='images')
        network = Network(name='network')
        with record_layers(network, intervene=intervene) as record:
            results = network(images)
        saved = choose_layers(record, parse_options({'activation_layers': layers}))
        digests = graph_digests([results['main']], images)[results['main'].name]
        maps = {each.name: each.fetched for each in saved}
        found = session.run([results, maps], {images: values})
        assert record.logits is results['main']
        return values, found[0], found[1], digests, record


def zero_first(layer, output):
    return output * tf.constant([0.0, 1.0])


def test_without_an_intervention_nothing_is_added():
    with tf.Graph().as_default() as graph:
        images, network = tf.placeholder(tf.float32, SHAPE), Network(name='network')
        with record_layers(network, intervene=intervene) as record:
            results = network(images)
        assert results['main'] is record.results['main'] and not record.intervened
        assert not [each for each in graph.get_operations() if 'interv' in each.name]


def test_what_is_computed_from_a_layer_takes_what_the_function_gave():
    _, plain, _, before, _ = outcome()
    with register_intervention('a.0', zero_first):
        x, results, maps, after, record = outcome()
    square = x**2 * [0, 1]
    np.testing.assert_allclose(results['main'], square * (x + 1) + square, rtol=1e-5, atol=1e-5)
    np.testing.assert_array_equal(results['side'], plain['side'])
    np.testing.assert_allclose(maps['a.0'], square, rtol=1e-5, atol=1e-5)
    assert before != after
    (told,) = record.interventions
    assert (told.layer, told.selector) == ('a.0', 'a.0') and told.function.endswith('zero_first')


@pytest.mark.parametrize('selector', ['a/inner', 'op:a/inner/Square', 'a.0,a/inner'])
def test_one_tensor_of_several_names_is_changed_once(selector):
    seen = []

    def twofold(layer, output):
        seen.append(layer)
        return output * 2

    with register_intervention(selector, twofold):
        x, results, maps, _, _ = outcome('a.0,a/inner')
    assert len(seen) == 1
    np.testing.assert_allclose(results['main'], 2 * x**2 * (x + 2), rtol=1e-5, atol=1e-5)
    np.testing.assert_allclose(list(maps.values())[0], 2 * x**2, rtol=1e-5, atol=1e-5)


def test_interventions_follow_each_other_and_hooks_see_them():
    with register_intervention('a.0', lambda layer, output: output + 1):
        with register_intervention('a.*', lambda layer, output: output * 2):
            with register_forward_hook('a.0', lambda layer, inputs, output: -output):
                x, results, maps, _, record = outcome()
    first, second = (x**2 + 1) * 2, (x + 1) * 2
    np.testing.assert_allclose(results['main'], first * second + first, rtol=1e-5, atol=1e-5)
    np.testing.assert_allclose(results['side'], second - x, rtol=1e-5, atol=1e-5)
    np.testing.assert_allclose(maps['a.0'], -first, rtol=1e-5, atol=1e-5)
    assert [each.layer for each in record.interventions] == ['a.0', 'a.0', 'a.2']


def test_the_result_itself_and_an_operation_can_be_changed():
    with register_intervention('logits:main', lambda layer, output: output * 0):
        _, results, _, _, _ = outcome()
    assert not results['main'].any() and results['side'].any()
    with register_intervention('op:last', lambda layer, output: output * 0):
        assert not outcome()[1]['main'].any()


@pytest.mark.parametrize(
    'selector, function, message',
    [
        ('none_such', zero_first, "register_intervention.*'none_such' matches nothing"),
        ('unused', zero_first, "'unused' does not lead to what the network returns.*'!unused'"),
        ('probabilities', zero_first, "'probabilities' lies behind what the network returns"),
        (
            'a.0',
            lambda layer, output: output[..., :1],
            r'returned a tensor of shape \(1, 5, 7, 11, 1',
        ),
        (
            'a.0',
            lambda layer, output: tf.cast(output, tf.float64),
            r'float64\); expected a tensor like',
        ),
        ('a.0', lambda layer, output: None, 'returned NoneType; expected a tensor like its output'),
        ('a.0', lambda layer, output: 0.5, 'returned float'),
    ],
)
def test_what_cannot_be_done_is_refused(selector, function, message):
    with register_intervention(selector, function):
        with pytest.raises(SelectionError, match=message):
            outcome()
