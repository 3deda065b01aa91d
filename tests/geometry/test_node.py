# -*- coding: utf-8 -*-
"""What is asked of operations, of TensorFlow 1.15 or 2 alike."""

import pytest

pytestmark = pytest.mark.slow
niftynet = pytest.importorskip('niftynet')

import tensorflow as tf  # noqa: E402

from niftynet_activations.geometry.dimensions import UnknownOperation  # noqa: E402
from niftynet_activations.geometry.node import Node  # noqa: E402

v1 = tf.compat.v1


def test_a_convolution():
    with tf.Graph().as_default():
        image = v1.placeholder(tf.float32, (None, 5, 7, 11, 2))
        node = Node(
            tf.nn.conv3d(image, tf.zeros((1, 3, 5, 2, 4)), [1, 1, 2, 1, 1], 'VALID').op.outputs[0]
        )
    assert node.type == 'Conv3D'
    assert node.input_shape(1) == [1, 3, 5, 2, 4]
    assert node.output_shape == [None, 5, 3, 7, 4]
    assert node.attribute('padding') == 'VALID'
    assert list(node.attribute('strides')) == [1, 1, 2, 1, 1]
    assert node.attribute('ksize') is None


def test_constants_and_what_is_none():
    with tf.Graph().as_default():
        image = v1.placeholder(tf.float32, (1, 5, 7, 11, 2))
        fixed = Node(tf.pad(image, [[0, 0], [1, 2], [0, 0], [0, 0], [0, 0]]))
        fed = Node(tf.pad(image, v1.placeholder(tf.int32, (5, 2))))
    assert fixed.constant(1).tolist()[1] == [1, 2]
    with pytest.raises(UnknownOperation, match='input 1 that is not fixed in the graph'):
        fed.constant(1)


def test_which_output():
    with tf.Graph().as_default():
        parts = tf.split(tf.zeros((1, 5, 4)), 2, axis=-1)
    assert [Node(part).index for part in parts] == [0, 1]


def test_unknown_rank():
    with tf.Graph().as_default():
        with pytest.raises(UnknownOperation, match='unknown rank'):
            Node(v1.placeholder(tf.float32))
