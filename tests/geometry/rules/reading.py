# -*- coding: utf-8 -*-
"""Geometry of a function of a small image, for the tests of single rules."""

import niftynet  # noqa: F401  before tensorflow, so that it is what NiftyNet sees
import tensorflow as tf

from niftynet_activations.geometry.graph import read_geometry


def geometry_of(function, size=(8, 12, 15), channels=2, batch=1):
    """
    :param function: of an image (batch, x, y[, z], channels), giving a tensor
    :return: the tensor's ``TensorGeometry``
    """
    with tf.Graph().as_default():
        image = tf.placeholder(tf.float32, (batch,) + tuple(size) + (channels,))
        tensor = function(image)
        return read_geometry([tensor], image)[tensor.name]


def lattice(geometry):
    """
    :return: (samples, stride, offset) on each axis
    """
    return [(axis.size, axis.stride, axis.offset) for axis in geometry.axes]
