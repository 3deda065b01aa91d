# -*- coding: utf-8 -*-
"""
A small network of plain TensorFlow on an image (1, x, y, 1), for tests of single parts.

    image -> conv_1 (3 x 3) -> Relu -> pool (2 x 2) -> centred -> conv_2 (3 x 3)
                                          \\-> mean over space -/
"""

import niftynet  # noqa: F401  before tensorflow, so that it is what NiftyNet sees
import numpy as np
import tensorflow as tf

from niftynet_activations.errors import OptionError

SIZE = (16, 12)
RANDOM = np.random.RandomState(5)
WEIGHTS = {
    'w_1': RANDOM.normal(size=(3, 3, 1, 2)).astype(np.float32),
    'w_2': RANDOM.normal(size=(3, 3, 2, 1)).astype(np.float32),
}


def builder(names=('pool:0', 'conv_2:0'), centred=True, least=1, end=None):
    """
    :param names: the wanted tensors
    :param centred: whether the pooled image's mean over space is taken away
    :param least: voxels; shorter images are refused
    :param end: given the last tensor, makes another one
    :return: what a whole pass builds a network by
    """

    def build(size):
        if min(size) < least:
            raise OptionError('{} is too short'.format(min(size)))
        with tf.Graph().as_default() as graph:
            image = tf.placeholder(tf.float32, [1] + [int(n) for n in size] + [1], name='image')
            first, second = [tf.get_variable(n, initializer=WEIGHTS[n]) for n in ('w_1', 'w_2')]
            made = tf.nn.conv2d(image, first, [1, 1, 1, 1], 'SAME', name='conv_1')
            made = tf.nn.relu(made, name='active')
            made = tf.nn.max_pool(made, [1, 2, 2, 1], [1, 2, 2, 1], 'VALID', name='pool')
            if centred:
                mean = tf.reduce_mean(made, [1, 2], keepdims=True, name='mean')
                made = tf.subtract(made, mean, name='centred')
            made = tf.nn.conv2d(made, second, [1, 1, 1, 1], 'SAME', name='conv_2')
            if end is not None:
                end(made)
            return image, [graph.get_tensor_by_name(name) for name in names]

    return build


def image_of(size=SIZE):
    """
    :return: seeded random values (1, x, y, 1)
    """
    return np.random.RandomState(7).normal(size=(1,) + tuple(size) + (1,)).astype(np.float32)


def run(build, image):
    """
    :return: what TensorFlow gives for the wanted tensors in one direct pass
    """
    tensor, targets = build(image.shape[1:-1])
    with tf.Session(graph=tensor.graph) as session:
        with tensor.graph.as_default():
            session.run(tf.global_variables_initializer())
        return session.run(targets, {tensor: image})
