# -*- coding: utf-8 -*-
"""Means over space that a stage computes itself keep their digits."""

import niftynet  # noqa: F401  before tensorflow, so that it is what NiftyNet sees
import numpy as np
import pytest

pytestmark = pytest.mark.slow

import tensorflow as tf  # noqa: E402
from direct_pass import both_passes, differences  # noqa: E402

from niftynet_activations.whole_pass.means import by_axes, means_over_space  # noqa: E402
from niftynet_activations.whole_pass.reading import nodes_of  # noqa: E402
from whole_pass import little  # noqa: E402

SHAPE = (1, 61, 50, 43, 2)


def test_means_and_sums_are_taken_axis_by_axis():
    values = (np.random.RandomState(3).normal(size=SHAPE) + 300).astype(np.float32)
    with tf.Graph().as_default() as graph:
        image = tf.placeholder(tf.float32, SHAPE, name='image')
        tf.reduce_mean(image, [1, 2, 3], keepdims=True, name='kept')
        tf.reduce_mean(image, [0, -2, 1, 2], name='batch')
        tf.reduce_sum(image, [1, 2, 3, 4], name='all')
        tf.reduce_mean(image, [1, 2], name='plane')  # not over space: it stays as it is
        tf.reduce_max(image, [1, 2, 3], name='most')
    names = ['kept:0', 'batch:0', 'all:0', 'plane:0', 'most:0']
    means = means_over_space(graph)
    assert means['batch'] == ((1, 0), (2,), (3,))
    assert sorted(means) == ['all', 'batch', 'kept']
    definition = tf.GraphDef()
    definition.node.extend(by_axes(list(nodes_of(graph).values()), means))
    with tf.Graph().as_default() as other, tf.Session() as session:
        tf.import_graph_def(definition, name='')
        found = dict(zip(names, session.run(names, {'image:0': values})))
        shapes = {name: graph.get_tensor_by_name(name).shape.as_list() for name in names}
        assert {name: list(each.shape) for name, each in found.items()} == shapes
        assert other.get_tensor_by_name('kept:0').shape.as_list() == shapes['kept:0']
    exact = values.astype(np.float64)
    for name, right in (
        ('kept:0', exact.mean((1, 2, 3), keepdims=True)),
        ('batch:0', exact.mean((0, 1, 2, 3))),
        ('all:0', exact.sum((1, 2, 3, 4))),
        ('plane:0', exact.mean((1, 2))),
        ('most:0', exact.max((1, 2, 3))),
    ):
        np.testing.assert_allclose(found[name], right, rtol=1e-5 if name == 'plane:0' else 1e-6)


def unknown(tensor):
    # Python code: nothing is known of the place of what comes of it, so that the means behind it
    # are not put together from windows
    made = tf.py_func(lambda values: values + np.float32(30), [tensor], tf.float32)
    made.set_shape(tensor.shape)
    made = made * tf.constant([1.0, 2.0, 3.0])
    mean, variance = tf.nn.moments(made, [1, 2], keep_dims=True)
    tf.multiply(made - mean, tf.rsqrt(variance + 1e-5), name='end')


def test_behind_what_cannot_be_cut_means_are_as_good():
    build = little.builder(('end:0',), end=unknown)
    engine, whole, direct = both_passes(build, (640, 480), 0.5)
    assert engine.plan.stages[-1].windows[0].size == 640
    assert differences(whole, direct)['end:0'] < 5e-5
