# -*- coding: utf-8 -*-
"""
Which voxels a sample really depends on, measured by gradients without the package's own geometry.

A sample depends on a voxel if the gradient of its value with respect to the voxel is not zero for
any of several draws of the input and the weights. Weights and input are positive, so that no two
paths through the network cancel and no ReLU is at zero; several draws are needed because max
pooling passes the gradient to one voxel only. Computed in float64 where TensorFlow has the
operations (its 3-D pooling and linear resizing are float32).
"""

import contextlib

import niftynet  # noqa: F401  before tensorflow, so that it is what NiftyNet sees
import numpy as np
import tensorflow as tf

v1 = tf.compat.v1


@contextlib.contextmanager
def in_float64():
    """Build a network of NiftyNet's in float64, for which it has no option."""
    single, get_variable = tf.float32, tf.get_variable

    def get_double(*args, **kwargs):
        return get_variable(*args, **dict(kwargs, dtype=tf.float64))

    tf.float32, tf.get_variable = tf.float64, get_double
    try:
        yield
    finally:
        tf.float32, tf.get_variable = single, get_variable


def positive(rng, shape, fan_in=1.0):
    return rng.uniform(0.5, 1.5, shape) / fan_in


class Support(object):
    """
    Measures which voxels of an image the samples of tensors depend on.
    """

    def __init__(self, session, image, seed=0):
        """
        :param session: session with the graph of the network
        :param image: its input, a placeholder (batch, spatial axes ..., modality)
        :param seed: of the draws
        """
        self.session = session
        self.image = image
        self.rng = np.random.RandomState(seed)
        self.variables = session.graph.get_collection(v1.GraphKeys.GLOBAL_VARIABLES)
        self.feeds = {
            each.name: v1.placeholder(each.dtype.base_dtype, each.shape) for each in self.variables
        }
        self.assign = [v1.assign(each, self.feeds[each.name]) for each in self.variables]
        self.gradients = {}

    def draw_weights(self):
        """Give the variables new positive values that keep activations near 1."""
        values = {}
        for variable in self.variables:
            shape = variable.shape.as_list()
            if 'moving_mean' in variable.name:
                value = np.zeros(shape)
            elif len(shape) > 1:
                value = positive(self.rng, shape, np.prod(shape[:-1]))
            else:
                value = self.rng.uniform(0.2, 0.9, shape)
            values[self.feeds[variable.name]] = value
        self.session.run(self.assign, values)

    def extents(self, tensor, sample, enough, draws=8):
        """
        :param tensor: (batch, spatial axes ..., channels)
        :param sample: its spatial index
        :param enough: function of the extents found so far that says whether further draws can be
            left out
        :param draws: how many draws at most
        :return: for each spatial axis the (first, last) voxel of the window that the sample of the
            first batch entry depends on; None if it depends on no voxel
        """
        gradient, choice = self.gradient(tensor, sample)
        found = np.zeros(self.image.shape.as_list()[1:-1], bool)
        for draw in range(draws):
            if draw:
                self.draw_weights()
            image = positive(self.rng, self.image.shape.as_list())
            value = self.session.run(gradient, dict(choice, **{self.image.name: image}))
            found |= (value[0] != 0).any(axis=-1)
            if enough(_extents(found)):
                break
        return _extents(found)

    def gradient(self, tensor, sample):
        """
        :param tensor: (batch, spatial axes ..., channels)
        :param sample: its spatial index
        :return: the gradient with respect to the image, and the values to feed for this sample, by
            name of the placeholder
        """
        one = np.zeros(tensor.shape.as_list())
        one[(0,) + tuple(sample)] = 1
        if tensor.name not in self.gradients:
            weight = v1.placeholder(tensor.dtype, tensor.shape)
            gradient = v1.gradients(tensor, self.image, grad_ys=weight)[0]
            self.gradients[tensor.name] = gradient, weight
        gradient, weight = self.gradients[tensor.name]
        return gradient, {weight.name: one}


def _extents(found):
    result = []
    for axis in range(found.ndim):
        others = tuple(other for other in range(found.ndim) if other != axis)
        places = np.flatnonzero(found.any(axis=others))
        result.append((int(places[0]), int(places[-1])) if len(places) else None)
    return result


def disagreements(geometry, support, tensor, sample, draws=8):
    """
    Compare the derived extents of a sample with the measured ones.

    Where a derived extent reaches beyond the window, the voxels there are padding; on that side the
    measured extent only has to end inside the window, because a dilated kernel may skip its last
    voxel.

    :return: (axis, derived, measured) where they differ
    """
    derived = [
        tuple(int(np.ravel(end)[0]) for end in axis.interval([i]))
        for axis, i in zip(geometry.axes, sample)
    ]
    windows = support.image.shape.as_list()[1:-1]
    measured = support.extents(
        tensor, sample, lambda found: not different(derived, found, windows), draws
    )
    return different(derived, measured, windows)


def different(derived, measured, windows):
    """
    :param derived: (first, last) voxel for each axis
    :param measured: as derived, or None
    :param windows: voxels of the window on each axis
    :return: (axis, derived, measured) where they differ, as :func:`disagreements` says
    """
    differing = []
    padding = any(end < 0 or start >= n for (start, end), n in zip(derived, windows))
    for axis, (ends, found, window) in enumerate(zip(derived, measured, windows)):
        if padding or found is None:
            agrees = padding and found is None
        else:
            low = found[0] >= 0 if ends[0] < 0 else found[0] == ends[0]
            high = found[1] < window if ends[1] >= window else found[1] == ends[1]
            agrees = low and high
        if not agrees:
            differing.append((axis, ends, found))
    return differing
