# -*- coding: utf-8 -*-
"""
Functions for ``niftynet_activations.register_forward_hook``. What a hook returns is saved in place
of the layer's output (None: the output itself); the network goes on with its own output.
"""

import niftynet  # noqa: F401  before tensorflow, so that it is what NiftyNet sees
import tensorflow as tf


def unit_length(layer, inputs, output):
    """
    Scale each sample's features to length 1, so that only their direction is saved.

    :param layer: the layer that was called
    :param inputs: the tensors that went in
    :param output: (batch, spatial axes ..., channels)
    :return: a tensor of the same shape
    """
    return tf.nn.l2_normalize(output, axis=-1)


def change(layer, inputs, output):
    """
    Give what a layer adds to its input; None where their shapes differ.

    :param layer: the layer that was called
    :param inputs: the tensors that went in
    :param output: the tensor that came out
    :return: output minus input, or None
    """
    if inputs and inputs[0].shape.as_list() == output.shape.as_list():
        return output - inputs[0]
    return None
