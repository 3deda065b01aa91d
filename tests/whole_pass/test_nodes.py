# -*- coding: utf-8 -*-
"""Copies of operations, imported into a graph and run."""

import numpy as np
import pytest

pytestmark = pytest.mark.slow
tf = pytest.importorskip('niftynet_activations.host.tensorflow').tf

from niftynet_activations.whole_pass import nodes  # noqa: E402


def values_of(name, *stored):
    with tf.Graph().as_default() as graph, tf.Session() as session:
        definition = tf.GraphDef()
        definition.node.extend(stored)
        tf.import_graph_def(definition, name='')
        return session.run(graph.get_tensor_by_name(name))


def test_an_operation_takes_another_constant_and_the_first_one_stays():
    with tf.Graph().as_default() as graph:
        tf.subtract(tf.constant([5.0, 7.0], name='a'), tf.constant(2.0, name='b'), name='less')
        a, b, less = graph.as_graph_def().node
    three = nodes.constant_node('three', np.float32(3))
    changed = nodes.relinked(less, {1: 'three'})
    assert values_of('less:0', a, three, changed).tolist() == [2, 4]
    assert values_of('less:0', a, b, less).tolist() == [3, 5]


def test_a_constant_of_another_form_keeps_its_type():
    stored = nodes.constant_node('here', np.zeros(3, np.float32))
    changed = nodes.with_value(stored, np.array([[1.5, 2.5]]))
    found = values_of('here:0', changed)
    assert found.dtype == np.float32 and found.tolist() == [[1.5, 2.5]]
    assert values_of('here:0', stored).tolist() == [0, 0, 0]


@pytest.mark.parametrize('name, expected', [('net/split:1', 'net/split:1'), ('add', 'add:0')])
def test_a_node_leaves_out_the_number_of_a_first_output(name, expected):
    assert nodes.full_name(name) == expected
