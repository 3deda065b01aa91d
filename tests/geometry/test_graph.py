# -*- coding: utf-8 -*-
"""
What the reader of graphs says of what it cannot place, and of what can never be exact. What it
finds for one layer of each kind is in test_operations.py.
"""

import re

import pytest

pytestmark = pytest.mark.slow
niftynet = pytest.importorskip('niftynet')

import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402
from niftynet.layer.convolution import ConvLayer, ConvolutionalLayer  # noqa: E402
from niftynet.layer.downsample import DownSampleLayer  # noqa: E402
from niftynet.layer.gn import GNLayer  # noqa: E402
from niftynet.layer.linear_resize import LinearResizeLayer  # noqa: E402
from niftynet.layer.squeeze_excitation import ChannelSELayer  # noqa: E402
from oracle import v1  # noqa: E402

from geometry.layers import ODD, build, dilated  # noqa: E402
from niftynet_activations.capturing.dilation import undo_space_to_batch  # noqa: E402
from niftynet_activations.errors import GeometryError  # noqa: E402
from niftynet_activations.geometry.graph import read_geometry  # noqa: E402
from niftynet_activations.geometry.rules.registry import RULES  # noqa: E402


def geometry_of(layer, size=ODD, single=False):
    with tf.Graph().as_default():
        image, tensor = build(size, layer, single)
        return read_geometry([tensor], image)[tensor.name]


def fields(geometry):
    return [axis.receptive_field for axis in geometry.axes]


@pytest.mark.parametrize(
    'layer, match',
    [
        (lambda x: GNLayer(2)(x), 'a value over the whole window'),
        (lambda x: GNLayer(2)(ConvLayer(6, 3)(x)), 'a value over the whole window'),
        (lambda x: ConvolutionalLayer(2, 3)(x, True), 'over the whole window|batch statistics'),
        (lambda x: ChannelSELayer(reduction_ratio=1)(x), 'a value over the whole window'),
        (lambda x: x * tf.reduce_max(x, [1, 2, 3], keepdims=True), 'over the whole window'),
        (lambda x: squeezed(x) * x, 'over the whole window'),
        (lambda x: softmax_over_space(x), 'over the whole window'),
    ],
)
def test_what_depends_on_the_window_as_a_whole(layer, match):
    geometry = geometry_of(layer)
    assert fields(geometry) == [None] * 3
    (reason,) = geometry.inexact_because
    assert re.search(match, reason)


@pytest.mark.parametrize(
    'layer, match',
    [
        (lambda x: x + np.arange(13.0).reshape(13, 1), 'belong to places of the window'),
        (
            lambda x: tf.concat([x, np.random.RandomState(0).rand(1, 9, 11, 13, 1)], -1),
            'belong to places of the window',
        ),
        (lambda x: x * v1.random_uniform((1,), dtype=tf.float64), 'takes random numbers'),
        (lambda x: v1.nn.dropout(x, rate=0.5), 'takes random numbers'),
        (lambda x: x + v1.random_normal((13, 2), dtype=tf.float64), 'takes random numbers'),
        (lambda x: x[:, -5:], 'counts voxels from the upper end'),
    ],
)
def test_what_does_not_move_with_the_window(layer, match):
    geometry = geometry_of(layer)
    assert re.search(match, ' '.join(geometry.inexact_because))


def test_a_constant_that_is_even_over_the_window_is_no_reason():
    even = geometry_of(lambda x: tf.concat([x, tf.ones((1, 9, 11, 13, 1), tf.float64)], -1))
    assert not even.inexact_because
    assert not geometry_of(lambda x: x + np.arange(2.0)).inexact_because


def squeezed(x):
    mean = tf.reduce_mean(x, [1, 2, 3])
    return tf.reshape(mean, (-1, 1, 1, 1, 2))


def softmax_over_space(x):
    flat = tf.reshape(tf.transpose(x, [0, 4, 1, 2, 3]), (1, 2, 9 * 11 * 13))
    return tf.transpose(tf.reshape(tf.nn.softmax(flat), (1, 2) + ODD), [0, 2, 3, 4, 1])


def places(geometry):
    return [(axis.stride, round(axis.offset, 9), axis.period) for axis in geometry.axes]


def test_a_value_over_the_window_lies_in_its_middle():
    pooled = geometry_of(lambda x: tf.reduce_mean(x, [1, 2, 3], keepdims=True))
    assert places(pooled) == [(1.0, 4.0, 1), (1.0, 5.0, 1), (1.0, 6.0, 1)]
    behind = geometry_of(lambda x: tf.reduce_mean(ConvLayer(2, 3, 2)(x), [1, 2], keepdims=True))
    assert places(behind) == [(2.0, 4.0, 2), (2.0, 5.0, 2), (2.0, 0.0, 2)]


@pytest.mark.parametrize('kernel', ['mean', 'pooling'])
def test_a_value_over_the_window_that_is_spread_again(kernel):
    def spread(x):
        if kernel == 'mean':
            pooled = tf.reduce_mean(x, [1, 2], keepdims=True)
        else:
            pooled = v1.nn.avg_pool(x, [1, 9, 12, 1], [1] * 4, 'VALID')
        return v1.image.resize_bilinear(pooled, (9, 4))

    geometry = geometry_of(spread, (9, 12))
    assert places(geometry) == [(1.0, 0.0, 1), (3.0, 1.0, 3)]
    assert geometry.inexact_because == ('it takes a value over the whole window',)
    met = geometry_of(
        lambda x: tf.concat([spread(x), ConvLayer(2, 2, (1, 3))(x)], -1), (9, 12), True
    )
    assert places(met) == [(1.0, 0.0, 1), (3.0, 0.5, 3)]
    assert fields(met) == [None, None]


@pytest.mark.parametrize('size, place', [(10, (0.9, 0.0, 9)), (6, (1.5, 0.0, 3))])
def test_a_ratio_that_is_no_whole_number_has_a_place(size, place):
    geometry = geometry_of(LinearResizeLayer((size, 11, 13)))
    assert fields(geometry) == [None, 1, 1]
    assert places(geometry) == [place] + [(1.0, 0.0, 1)] * 2
    assert re.search('resizes 9 samples to .*no whole number', geometry.inexact_because[0])


def test_places_of_other_resizings():
    half = geometry_of(lambda x: tf.compat.v2.image.resize(x, (12, 12)), (9, 12))
    assert places(half)[0] == (0.75, -0.125, 3)
    corners = geometry_of(
        lambda x: v1.image.resize_bilinear(x, (17, 12), align_corners=True), (9, 12)
    )
    assert places(corners)[0] == (0.5, 0.0, 1)
    assert 'with aligned corners' in corners.inexact_because[0]


def test_a_resized_branch_lies_on_its_skip_connection():
    def layer(x):
        deep = LinearResizeLayer((9, 11, 13))(DownSampleLayer('AVG', 2, 2)(x))
        return tf.concat([deep, ConvLayer(2, 2)(x)], -1)

    geometry = geometry_of(layer, single=True)
    assert places(geometry) == [(1.0, 0.5, 1)] * 3
    assert fields(geometry) == [None] * 3


def test_spanning_layer_keeps_its_lattice():
    geometry = geometry_of(lambda x: GNLayer(2)(ConvLayer(2, 3, 2)(x)))
    assert fields(geometry) == [None] * 3
    assert [axis.stride for axis in geometry.axes] == [2.0] * 3


@pytest.mark.parametrize(
    'layer, match',
    [
        (lambda x: tf.cumsum(x, axis=1), "operation 'Cumsum' .* unknown type Cumsum"),
        (lambda x: tf.reverse(x, [1]), 'unknown type ReverseV2'),
        (lambda x: tf.concat([x, x], axis=1), 'joins windows side by side'),
        (lambda x: tf.concat([x, x], axis=0), 'joins batches'),
        (lambda x: tf.reshape(x, (1, 3, 3, 11, 13, 2)), 'rearranges samples'),
        (lambda x: tf.reshape(x, (1, 11, 9, 13, 2)), 'rearranges samples'),
        (lambda x: x[:, ::-1], 'in steps of -1'),
        (lambda x: x[:, 3:4][:, 0], 'takes a single sample of an axis'),
        (lambda x: tf.gather(x, [0], axis=0), 'picks samples one by one'),
        (
            lambda x: ConvLayer(9, 1)(tf.transpose(x, [0, 4, 2, 3, 1])),
            'takes samples of the window',
        ),
        (
            lambda x: v1.nn.bias_add(tf.transpose(x, [0, 4, 2, 3, 1]), np.arange(9.0)),
            'for channels',
        ),
        # space goes into the batch along x and y, and out of it along y first
        (
            lambda x: v1.batch_to_space_nd(
                tf.space_to_batch_nd(x, [3, 11], [[0, 0]] * 2), [1, 11], [[0, 0]] * 2
            ),
            'ends another block than the one that began last',
        ),
        (lambda x: split_batch(x), 'cuts the batch of a dilated block'),
        (lambda x: tf.space_to_batch_nd(x, [3], [[0, 0]])[1:], 'takes a part of the batch'),
        (
            lambda x: tf.nn.conv3d(
                x, tf.reshape(x[:, :2, :2, :2], (2, 2, 2, 2, 1)), [1] * 5, 'SAME'
            ),
            'takes from the image|rearranges samples',
        ),
        (lambda x: tf.nn.conv3d(x, kernel_from(x), [1] * 5, 'SAME'), 'takes from the image'),
        # the samples of a strided layer inside of a dilated block do not lie evenly
        (
            lambda x: undo_space_to_batch(folded(x, lambda y: DownSampleLayer('AVG', 2, 2)(y))),
            'a stride inside a dilated block',
        ),
        (lambda x: tf.nn.top_k(x, 1)[0], 'unknown type TopKV2'),
    ],
)
def test_what_is_not_known_is_named(layer, match):
    geometry = geometry_of(layer, (8, 12, 16) if match.startswith('a stride') else ODD)
    assert geometry.axes is None
    assert re.search(match, geometry.inexact_because[0])


def split_batch(x):
    return tf.split(tf.space_to_batch_nd(x, [3], [[0, 0]]), 3)[1]


def kernel_from(image):
    return tf.reshape(tf.reduce_mean(image, [0, 1, 2, 3]), (1, 1, 1, 2, 1))


def folded(image, then):
    return then(tf.space_to_batch_nd(image, [2, 2, 2], [[0, 0]] * 3))


def test_unknown_beside_a_sure_reason():
    geometry = geometry_of(lambda x: tf.cumsum(GNLayer(2)(x), axis=1))
    assert geometry.axes is None
    named, sure = geometry.inexact_because
    assert 'Cumsum' in named and sure == 'it takes a value over the whole window'
    assert geometry.unknown == (named,)
    joined = geometry_of(lambda x: tf.concat([x, GNLayer(2)(x)], axis=1))
    assert joined.inexact_because[-1] == sure and joined.unknown == joined.inexact_because[:1]


def test_a_tensor_without_the_image():
    with tf.Graph().as_default():
        image, pooled = build(ODD, lambda x: tf.reduce_mean(x, [1, 2, 3]))
        constant = tf.ones((1, 5, 7, 11, 2))
        found = read_geometry([pooled, constant, image], image)
    assert found[constant.name].axes is None
    assert found[constant.name].inexact_because == ('it does not depend on the image',)
    assert fields(found[image.name]) == [1, 1, 1]


def test_deep_network():
    def deep(x):
        for _ in range(1500):
            x = x + 1.0
        return x

    assert fields(geometry_of(deep)) == [1, 1, 1]


def test_window_without_a_size():
    with tf.Graph().as_default():
        image = v1.placeholder(tf.float32, (1, 5, None, 11, 1))
        with pytest.raises(GeometryError, match='the size of the window is not fixed'):
            read_geometry([image], image)


def test_unknown_batch_size():
    with tf.Graph().as_default():
        image = v1.placeholder(tf.float32, (None, 8, 12, 16, 2))
        tensor = dilated(image, ConvLayer(2, 3))
        assert fields(read_geometry([tensor], image)[tensor.name]) == [5, 5, 5]


def test_a_size_that_comes_out_wrong_names_the_operation(monkeypatch):
    # a graph that says otherwise than its operation does cannot be built: a wrong rule can
    monkeypatch.setitem(RULES, 'StridedSlice', lambda tensor, inputs, states: states[0])
    geometry = geometry_of(lambda x: x[:, ::2])
    assert geometry.axes is None
    assert 'gives 5 samples where 9 were expected' in geometry.inexact_because[0]


def test_a_loop_in_the_graph_is_no_endless_way_back():
    with tf.Graph().as_default():
        image = tf.placeholder(tf.float32, (1, 9, 11, 13, 2))
        looped = tf.while_loop(lambda x: x[0, 0, 0, 0, 0] < 3, lambda x: [x + 1], [image])
        looped = looped[0] if isinstance(looped, list) else looped
        geometry = read_geometry([looped], image)[looped.name]
    assert geometry.axes is None
    assert 'is of the unknown type' in geometry.unknown[0]


@pytest.mark.parametrize(
    'layer, keeps',
    [
        (lambda x: ConvLayer(2, 3)(x), True),
        (lambda x: tf.reduce_max(x, [1, 2, 3], keepdims=True), True),
        (lambda x: tf.reduce_mean(x, 0, keepdims=True), False),
        (lambda x: tf.sqrt(tf.reduce_mean(x, [0, 1, 2, 3], keepdims=True)), False),
        (lambda x: x - tf.reduce_mean(x, 0, keepdims=True), True),
        (lambda x: tf.transpose(x, [4, 0, 1, 2, 3]), True),
        (lambda x: tf.reduce_sum(x, 0), False),
        (lambda x: tf.cumsum(x, axis=1), None),
    ],
)
def test_whether_there_is_a_value_for_each_window_of_the_batch(layer, keeps):
    assert geometry_of(layer).keeps_batch is keeps


@pytest.mark.parametrize(
    'layer',
    [
        lambda x: ConvLayer(2, 3)(x[:, : tf.placeholder(tf.int32, [])]),
        lambda x: tf.py_func(lambda y: y, [x], tf.float32) + 1,
        lambda x: tf.reduce_max(tf.py_func(lambda y: y, [x], tf.float32), 1),
        lambda x: tf.transpose(x[:, : tf.placeholder(tf.int32, [])], [0, 2, 1, 3, 4]) * 2,
    ],
)
def test_sizes_that_the_graph_leaves_open_are_named(layer):
    def shaped(image):
        tensor = layer(image)
        return tensor if tensor.shape.ndims else tf.reshape(tensor, [1, 9, 11, 13, 2])

    geometry = geometry_of(shaped, single=True)
    assert geometry.axes is None and len(geometry.unknown) == 1
