# -*- coding: utf-8 -*-
"""Functions of a graph are told by what they compute, and not by their names."""

import pytest

pytestmark = pytest.mark.slow
tf = pytest.importorskip('niftynet_activations.host.tensorflow').tf

from niftynet_activations.planning.graph_functions import GraphFunctions  # noqa: E402


def called(factor, plus=1.0):
    """A function of the graph in another one, whose names TensorFlow counts up."""
    inner = tf.function(lambda each: each * factor)
    return tf.function(lambda each: inner(each) + plus)


def told(function):
    """What is told of the operation that calls a function."""
    with tf.Graph().as_default() as graph:
        operation = function(tf.placeholder(tf.float32, (5, 7))).op
        while 'PartitionedCall' not in operation.type:  # what it gives is named anew
            operation = operation.inputs[0].op
        (attribute,) = [
            each
            for each in GraphFunctions(graph).attributes(operation.node_def)
            if each.startswith('f=')
        ]
        return attribute, operation.get_attr('f').name


def test_a_function_that_is_made_again_is_the_same():
    (one, name), (again, counted_up) = told(called(2.0)), told(called(2.0))
    assert one == again and name != counted_up


@pytest.mark.parametrize('other', [called(3.0), called(2.0, plus=4.0)])
def test_what_it_computes_makes_another_one(other):
    assert told(called(2.0))[0] != told(other)[0]
