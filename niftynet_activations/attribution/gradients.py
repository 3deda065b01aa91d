# -*- coding: utf-8 -*-
"""
The score of a label and its gradients, as TensorFlow tensors. The score is the sum of the label's
logits over the target.
"""

from typing import Dict, List, NamedTuple, Optional, Sequence

from niftynet_activations.capturing.axis_order import in_ordinary_space
from niftynet_activations.capturing.fetched_layers import SavedLayer
from niftynet_activations.capturing.recording import NetworkRecord
from niftynet_activations.capturing.reduction import pick_channels
from niftynet_activations.errors import SelectionError
from niftynet_activations.hints import Tensor
from niftynet_activations.host.tensorflow import tf

SCOPE = 'activation_attribution'


class Score(NamedTuple):
    """The score of each window in a batch."""

    score: Tensor  # (batch,)
    counted: Tensor  # (batch,), voxels of the target
    present: Tensor  # (batch, classes), voxels that have the class


def score_of(logits: Tensor, index: int, weights: Tensor, own: bool) -> Score:
    """
    :param logits: (batch, spatial axes ..., classes), or (batch, classes)
    :param index: of the class
    :param weights: (batch, spatial axes ...), or (batch,): 1 where a voxel may be counted, else 0
    :param own: whether only voxels are counted that the network gives the class
    :return: the score
    """
    with tf.name_scope(SCOPE):
        logits = tf.cast(logits, tf.float32)
        classes = logits.shape.as_list()[-1]
        weights = tf.stop_gradient(weights)
        given = tf.one_hot(tf.argmax(logits, axis=-1), classes) * weights[..., tf.newaxis]
        if own and logits.shape.ndims > 2:
            weights = tf.stop_gradient(given[..., index])
        over = list(range(1, weights.shape.ndims))
        return Score(
            tf.reduce_sum(logits[..., index] * weights, axis=over),
            tf.reduce_sum(weights, axis=over),
            tf.reduce_sum(given, axis=over),
        )


def gradients_of(
    score: Tensor, layers: Sequence[SavedLayer], record: NetworkRecord
) -> Dict[str, Tensor]:
    """
    :param score: (batch,)
    :param layers: the chosen layers
    :param record: the network
    :return: key of each layer -> the gradient of the score, (batch, spatial axes ..., channels) of
        the layer's chosen channels, float32
    :raises SelectionError: for layers that the score does not depend on, or not in a way that
        TensorFlow can differentiate
    """
    sources = [layer.source for layer in layers]
    with tf.name_scope(SCOPE):
        try:
            found: List[Optional[Tensor]] = tf.gradients(tf.reduce_sum(score), sources)
        except (LookupError, TypeError, NotImplementedError) as error:
            raise SelectionError(
                'the network has no gradient, as it holds an operation without one: {}'.format(
                    str(error).splitlines()[0] if str(error) else type(error).__name__
                )
            ) from error
        without = [layer.name for layer, each in zip(layers, found) if each is None]
        if without:
            raise SelectionError(
                "layer '{}': the network's result has no gradient with respect to it: it lies "
                'behind the logits or beside their way; choose layers in front of them{}'.format(
                    without[0],
                    ", and leave it out with '!{}'".format(without[0]) if len(layers) > 1 else '',
                )
            )
        dense = [tf.cast(tf.convert_to_tensor(each), tf.float32) for each in found]
        spatial = in_ordinary_space(dense, record, sources)
    return {layer.key: pick_channels(each, layer.channels) for layer, each in zip(layers, spatial)}


def channel_sums(tensor: Tensor) -> Tensor:
    """
    :param tensor: (batch, spatial axes ..., channels)
    :return: (batch, channels), the sums over space
    """
    return tf.reduce_sum(tensor, axis=list(range(1, tensor.shape.ndims - 1)))


def weighted_sum(tensor: Tensor, weights: Tensor) -> Tensor:
    """
    :param tensor: (batch, spatial axes ..., channels)
    :param weights: the same shape, or (batch, channels)
    :return: (batch, spatial axes ..., 1), the sum over channels of their products
    """
    between = tensor.shape.ndims - weights.shape.ndims
    for _ in range(between):
        weights = tf.expand_dims(weights, 1)
    return tf.reduce_sum(tensor * weights, axis=-1, keepdims=True)
