# -*- coding: utf-8 -*-
"""
Functions for ``activation_reduce``: a tensor of the chosen channels in, another one out.

A reducer works in the graph, on the channels alone: the other axes stay.
"""

import niftynet  # noqa: F401  before tensorflow, so that it is what NiftyNet sees
import tensorflow as tf


def share_above_zero(features):
    """
    How many of the channels answer at all.

    :param features: (batch, spatial axes ..., channels)
    :return: (batch, spatial axes ..., 1) float32, from 0 to 1
    """
    return tf.reduce_mean(tf.cast(features > 0, tf.float32), axis=-1, keepdims=True)
