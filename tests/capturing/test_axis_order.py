# -*- coding: utf-8 -*-
"""Tensors whose axes a network has moved about, and layers that look at the window as a whole."""

import numpy as np
import pytest

pytestmark = pytest.mark.slow
niftynet = pytest.importorskip('niftynet')

import tensorflow as tf  # noqa: E402
from niftynet.layer.fully_connected import FCLayer  # noqa: E402
from niftynet.layer.gn import GNLayer  # noqa: E402
from niftynet.layer.squeeze_excitation import ChannelSELayer  # noqa: E402

from niftynet_activations.capturing.axis_order import (  # noqa: E402
    in_ordinary_space,
    window_shape,
)
from niftynet_activations.capturing.recording import NetworkRecord  # noqa: E402
from niftynet_activations.geometry.graph import read_geometry  # noqa: E402

SHAPE = (2, 5, 7, 11, 3)


@pytest.fixture
def image():
    with tf.Graph().as_default():
        yield tf.placeholder(tf.float32, SHAPE, name='image')


def put_back(tensor):
    """In ordinary space, and of the shape that is told without an operation for it."""
    record = NetworkRecord(None)
    record.image = tensor.graph.get_tensor_by_name('image:0')
    (geometry,) = record.geometry.read([tensor]).values()
    operations = len(tensor.graph.get_operations())
    told = window_shape(tensor, geometry.order, record)
    assert len(tensor.graph.get_operations()) == operations
    (spatial,) = in_ordinary_space([tensor], record)
    assert spatial.shape.as_list()[1:] == told
    return spatial


@pytest.mark.parametrize('order', [(0, 2, 1, 3, 4), (0, 3, 1, 2, 4), (0, 4, 1, 2, 3)])
def test_axes_in_another_order_are_turned_back(image, order):
    turned = tf.nn.relu(tf.transpose(image, order))
    spatial = put_back(turned)
    assert tuple(spatial.shape.as_list()) == SHAPE
    values = np.random.RandomState(0).normal(size=SHAPE)
    with tf.Session() as session:
        found = session.run(spatial, {image: values})
    np.testing.assert_allclose(found, np.maximum(values, 0), rtol=1e-6)


def test_axes_in_their_order_are_left_alone(image):
    tensor = tf.nn.relu(image)
    assert put_back(tensor) is tensor


def test_a_dilated_block_with_turned_axes(image):
    blocks = tf.space_to_batch_nd(tf.transpose(image, (0, 2, 1, 3, 4)), [2] * 3, [[0, 1]] * 3)
    spatial = put_back(blocks)
    values = np.random.RandomState(0).normal(size=SHAPE)
    with tf.Session() as session:
        found = session.run(spatial, {image: values})
    np.testing.assert_allclose(found[:, :5, :7, :11], values, rtol=1e-6)


@pytest.mark.parametrize(
    'layer',
    [
        lambda image: ChannelSELayer(reduction_ratio=3)(image),
        lambda image: GNLayer(group_size=3)(image),
        lambda image: image * tf.reshape(FCLayer(1)(image), [-1, 1, 1, 1, 1]),
    ],
    ids=['squeeze and excitation', 'group normalisation', 'fully connected'],
)
def test_what_looks_at_the_whole_window_is_known_to(image, layer):
    output = layer(image)
    read = read_geometry([output], image)[output.name]
    assert 'it takes a value over the whole window' in read.inexact_because
    assert all(axis.spans for axis in read.axes)
    assert [axis.size for axis in read.axes] == [5, 7, 11]


def test_a_product_with_another_map_is_not_guessed(image):
    rows = tf.reshape(image, [2, -1, 3])
    output = tf.matmul(rows, rows, transpose_b=True)
    read = read_geometry([output], image)[output.name]
    assert read.axes is None
    assert 'MatMul' in read.inexact_because[0]
