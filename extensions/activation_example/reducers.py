# -*- coding: utf-8 -*-
"""
Functions for the option ``activation_reduce``. A reducer is called while the graph is built, takes
a tensor of the chosen channels and returns one with other channels; the other axes stay the same.
"""

import niftynet  # noqa: F401  before tensorflow, so that it is what NiftyNet sees
import tensorflow as tf


def share_above_zero(features):
    """
    Give the share of channels that are above zero.

    :param features: (batch, spatial axes ..., channels)
    :return: (batch, spatial axes ..., 1) float32, from 0 to 1
    """
    return tf.reduce_mean(tf.cast(features > 0, tf.float32), axis=-1, keepdims=True)
