# -*- coding: utf-8 -*-
"""Which operations ``op:`` may pick: those of the window, and none that changes the network."""

import numpy as np
import pytest

pytestmark = pytest.mark.slow
pytest.importorskip('niftynet')

import tensorflow as tf  # noqa: E402
from inference_runs import maps, run_activations, run_plain, segmentations  # noqa: E402
from niftynet.layer.base_layer import Layer  # noqa: E402
from niftynet.layer.convolution import ConvLayer  # noqa: E402
from niftynet.layer.dilatedcontext import DilatedTensor  # noqa: E402
from toy_runs import make_toy  # noqa: E402

from niftynet_activations.capturing.fetched_layers import choose_layers  # noqa: E402
from niftynet_activations.capturing.recording import record_layers  # noqa: E402
from niftynet_activations.capturing.window_tensors import WindowTensors  # noqa: E402
from niftynet_activations.errors import SelectionError  # noqa: E402
from niftynet_activations.options import parse_options  # noqa: E402

SHAPE = (4, 8, 10, 12, 2)


class Counting(Layer):
    """A user's layer that counts its calls in a variable, beside what it returns."""

    def layer_op(self, tensor):
        calls = tf.get_variable('calls', [1], initializer=tf.zeros_initializer(), trainable=False)
        self.counted = tf.assign(calls, calls + 1, name='count')
        with tf.control_dependencies([self.counted]):
            return tf.identity(tensor, name='behind')


class Network(Layer):
    """Weights, statistics over the batch, a loop, a condition, and variables that are written."""

    def __init__(self, needs_counting=False, name='network'):
        super(Network, self).__init__(name=name)
        self.needs_counting = needs_counting

    def layer_op(self, images):
        flow = ConvLayer(3, 3, name='conv')(images)
        counted = Counting(name='counting')(flow)
        largest = tf.reduce_max(flow, axis=4, keepdims=True, name='largest')
        tf.multiply(largest, 2.0, name='doubled')
        memory = tf.get_variable('memory', flow.shape, initializer=tf.zeros_initializer())
        tf.assign(memory, flow, name='remember')
        tf.reduce_mean(flow, axis=0, keepdims=True, name='over_batch')
        tf.nn.relu(tf.reduce_mean(flow, axis=[0, 1, 2, 3], keepdims=True), name='statistic')
        tf.subtract(flow, tf.reduce_mean(flow, axis=0, keepdims=True), name='centred')
        tf.reduce_sum(flow, axis=[1, 2, 3], name='features')
        tf.transpose(flow, [4, 0, 1, 2, 3], name='channels_first')
        tf.reduce_sum(flow, axis=1, name='flat')
        tf.fill(tf.shape(flow), 3.0, name='filled')
        tf.while_loop(lambda each: each[0, 0, 0, 0, 0] < 3, lambda each: each + 1, [flow])
        tf.py_func(lambda each: each, [flow], tf.float32, name='python').set_shape(flow.shape)
        return tf.identity(counted if self.needs_counting else flow, name='out')


def record_of(network, shape=SHAPE):
    images = tf.placeholder(tf.float32, shape, name='images')
    with record_layers(network) as record:
        network(images)
    return record


def reasons(needs_counting=False):
    """Short name of the operation -> why its first output cannot be chosen."""
    with tf.Graph().as_default():
        record = record_of(Network(needs_counting))
        tensors = WindowTensors(record)
        return {
            each.name.split('/', 1)[1]: tensors.why_not(each.outputs[0])
            for each in record.operations
            if each.outputs and not each.name.startswith('network/while/')
        }


def test_what_is_left_out_and_why():
    found = reasons()
    taken = {name for name, reason in found.items() if reason is None}
    assert {'largest', 'doubled', 'centred', 'features', 'out'} <= taken
    assert {
        name: found[name]
        for name in ('over_batch', 'statistic', 'flat', 'filled', 'remember', 'python')
    } == {
        'over_batch': "does not keep the window's batch axis",
        'statistic': "does not keep the window's batch axis",
        'flat': 'has 4 axes, not the 5 of the image',
        'filled': 'does not depend on the image',
        'remember': 'is a variable',
        'python': "needs 'network/python' (PyFunc), which may change the network",
    }
    assert 'which may change the network' in found['counting/behind']
    assert not any('conv_/w' in name or 'Initializer' in name for name in taken)
    assert not any(name.startswith('while') for name in taken if 'Exit' not in name)


class Mapped(Layer):
    """A loop that gets the image by an array of tensors."""

    def layer_op(self, images):
        return tf.multiply(tf.map_fn(lambda each: each + 1, images), 2.0, name='behind')


def test_what_lies_behind_a_loop_depends_on_the_image():
    with tf.Graph().as_default():
        record = record_of(Mapped(name='network'))
        assert WindowTensors(record).why_not(record.logits) is None


def test_what_the_network_itself_writes_may_be_fetched_beside():
    # the assignment is made in any case: fetching what lies behind it makes no other
    assert reasons(needs_counting=True)['counting/behind'] is None


@pytest.mark.parametrize('needs_counting', [False, True])
def test_fetching_all_operations_leaves_every_variable_as_it_was(needs_counting):
    image = np.random.RandomState(4).normal(size=SHAPE).astype(np.float32)
    left = []
    for layers in ('conv', 'op:**'):
        with tf.Graph().as_default(), tf.Session() as session:
            tf.set_random_seed(3)
            record = record_of(Network(needs_counting))
            saved = choose_layers(record, parse_options({'activation_layers': layers}))
            session.run(tf.global_variables_initializer())
            feed = {record.image: image}
            values = [
                session.run([record.logits] + [each.fetched for each in saved], feed)
                for _ in range(2)
            ]
            left.append(session.run(tf.global_variables()) + [values[0][0], values[1][0]])
            assert all(len(value) == len(image) for value in values[1])
    assert all(np.array_equal(before, after) for before, after in zip(*left))


def test_a_layer_that_writes_beside_the_network_is_refused_by_name():
    with tf.Graph().as_default():
        record = record_of(Network())
        with pytest.raises(SelectionError) as caught:
            choose_layers(record, parse_options({'activation_layers': 'all'}))
        message = str(caught.value)
        assert message.startswith("layer 'counting' cannot be saved: it needs ")
        assert "'!counting'" in message and '\n' not in message
        chosen = choose_layers(record, parse_options({'activation_layers': 'all,!counting'}))
    assert [each.name for each in chosen] == ['conv']


@pytest.mark.parametrize(
    'selector, message',
    [
        ('op:remember', "'network/remember' is a variable"),
        ('op:w/Assign', "/w/Assign' is a variable"),
        ('op:w/**', "truncated_normal/shape' does not depend on the image"),
        ('op:over_batch', 'does not keep the window'),
    ],
)
def test_a_pattern_that_matches_nothing_else_names_what_it_matches(selector, message):
    with tf.Graph().as_default():
        record = record_of(Network())
        with pytest.raises(SelectionError) as caught:
            choose_layers(record, parse_options({'activation_layers': selector}))
    assert str(caught.value).startswith("activation_layers: the selector '{}'".format(selector))
    assert message in str(caught.value) and '\n' not in str(caught.value)


def test_a_dilated_block():
    class Dilated(Layer):
        def layer_op(self, images):
            with DilatedTensor(images, 2) as block:
                block.tensor = ConvLayer(3, 3, name='conv')(block.tensor)
                tf.reduce_mean(block.tensor, [0, 1, 2, 3], keepdims=True, name='statistic')
                tf.multiply(block.tensor, 2.0, name='doubled')
            return block.tensor

    with tf.Graph().as_default():
        record = record_of(Dilated(name='network'))
        saved = choose_layers(record, parse_options({'activation_layers': 'op:**'}))
        names = {each.name for each in saved}
        assert {'conv', 'op.network/doubled'} <= names
        assert 'op.network/statistic' not in names
        assert all(each.fetched.shape.as_list()[:4] == list(SHAPE[:4]) for each in saved)


@pytest.mark.parametrize('batch', [1, 4])
def test_a_run_with_all_operations_leaves_the_segmentation_as_it_was(batch, tmp_path):
    config = make_toy(tmp_path / 'toy', {'a': (15, 18, 21)}, batch=batch)
    run_plain(config, tmp_path / 'plain')
    run_activations(config, tmp_path / 'one', '--activation_layers', 'conv_input_bn_relu')
    run_activations(config, tmp_path / 'all', '--activation_layers', 'op:*,op:ToyNet/**')
    assert segmentations(tmp_path / 'plain') == segmentations(tmp_path / 'all')
    found, alone = maps(tmp_path / 'all'), maps(tmp_path / 'one')
    image, info = found['a', 'conv_input_bn_relu']
    expected, _ = alone['a', 'conv_input_bn_relu']
    assert len(found) > 5
    np.testing.assert_array_equal(np.asanyarray(image.dataobj), np.asanyarray(expected.dataobj))
    assert {each.shape[:3] for each, _ in found.values()} == {image.shape[:3]}
