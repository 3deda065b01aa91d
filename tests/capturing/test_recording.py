# -*- coding: utf-8 -*-
"""What is noted of a network while it is called: names, nesting, outputs, operations, geometry."""

import threading

import pytest

pytestmark = pytest.mark.slow
pytest.importorskip('niftynet')

import tensorflow as tf  # noqa: E402
from niftynet.layer.base_layer import Layer  # noqa: E402

from niftynet_activations.capturing.recording import record_layers  # noqa: E402

SHAPE = (1, 5, 7, 11, 2)


class Twice(Layer):
    def layer_op(self, tensor):
        return 2 * tensor


class Parts(Layer):
    """Returns a list with a gap, and a switch beside it."""

    def layer_op(self, tensor, is_training):
        return [tensor + 1, None, Twice(name='inner')(tensor), is_training]


class Network(Layer):
    """Calls one layer twice, and one that returns a list."""

    def layer_op(self, images):
        layer = Twice(name='twice')
        first = layer(layer(images))
        self.parts = Parts(name='parts')(first, False)
        return self.parts[2]


def recorded(before=lambda: None, shape=SHAPE):
    with tf.Graph().as_default():
        images = tf.placeholder(tf.float32, shape, name='images')
        network = Network(name='network')
        original = Layer.__call__
        with record_layers(network) as record:
            before()
            network(images)
        assert Layer.__call__ is original
    return record


def test_calls_are_named_by_scope_and_come_in_the_order_of_their_beginning():
    record = recorded()
    assert [(call.name, call.depth) for call in record.calls] == [
        ('twice', 1), ('twice:1', 1), ('parts', 1), ('parts/inner', 2),
    ]  # fmt: skip
    assert record.calls[1].inputs[0].name == record.calls[0].output.name
    assert record.calls[2].inputs[1] is False


def test_elements_of_a_list_are_named_by_position():
    record = recorded()
    assert [name for name, _, _ in record.outputs()] == [
        'twice', 'twice:1', 'parts.0', 'parts.2', 'parts/inner',
    ]  # fmt: skip


def test_image_logits_and_operations_are_the_network_s_own():
    record = recorded()
    assert record.image.name == 'images:0'
    assert record.logits.name == record.calls[-1].output.name
    types = [each.type for each in record.operations]
    assert types.count('Mul') == 3
    assert all('images' != each.name for each in record.operations)


def test_layers_outside_of_the_network_and_of_other_threads_are_not_noted():
    def elsewhere():
        constant = tf.zeros(SHAPE)
        Twice(name='before')(constant)
        thread = threading.Thread(target=lambda: Twice(name='beside')(constant))
        thread.start()
        thread.join()

    assert len(recorded(elsewhere).calls) == 4


def test_a_network_that_fails_leaves_layers_as_they_were():
    class Failing(Layer):
        def layer_op(self, images):
            raise KeyError('wrong')

    original = Layer.__call__
    with tf.Graph().as_default(), pytest.raises(KeyError):
        network = Failing(name='failing')
        with record_layers(network):
            network(tf.zeros(SHAPE))
    assert Layer.__call__ is original


def test_each_operation_is_read_once(monkeypatch):
    from niftynet_activations.geometry import graph

    read = []
    ruled = graph._ruled
    monkeypatch.setattr(
        graph, '_ruled', lambda each, *args: read.append(each) or ruled(each, *args)
    )
    record = recorded()
    first = record.geometry.read([record.calls[1].output])
    again = record.geometry.read([call.output for call in record.calls[:2]] + [record.logits])
    assert record.calls[1].output.name in first and len(again) == 3
    assert len(read) == len({each.name for each in read}) == 3


def test_a_window_of_open_size_has_no_geometry():
    assert recorded(shape=(1, None, 7, 11, 2)).geometry is None
