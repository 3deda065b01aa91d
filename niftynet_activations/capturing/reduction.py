# -*- coding: utf-8 -*-
"""
The options ``activation_channels`` and ``activation_reduce`` in the graph, so that only what is
kept is computed and fetched.

All functions take a tensor (batch, spatial axes ..., channels) and return one with the same
number of axes.
"""

import importlib
from typing import Callable, List

from niftynet_activations.errors import OptionError, SelectionError
from niftynet_activations.hints import Tensor
from niftynet_activations.host.tensorflow import tf

_BUILT_IN = {
    'mean': lambda tensor: tf.reduce_mean(tensor, axis=-1, keepdims=True),
    'max': lambda tensor: tf.reduce_max(tensor, axis=-1, keepdims=True),
    'l2': lambda tensor: tf.sqrt(tf.reduce_sum(tf.square(tensor), axis=-1, keepdims=True)),
    'std': lambda tensor: tf.math.reduce_std(tensor, axis=-1, keepdims=True),
    'argmax': lambda tensor: tf.expand_dims(tf.argmax(tensor, axis=-1), -1),
}


def find_reducer(name: str) -> Callable[..., Tensor]:
    """
    :param name: ``mean``, ``max``, ``l2`` (root of the sum of squares), ``std`` (of the
        population), ``argmax`` (position among the chosen channels), or ``module.function``
        of an extension
    :return: function(tensor) -> tensor with one or more channels
    :raises OptionError: if there is no such function
    """
    if name in _BUILT_IN:
        return _BUILT_IN[name]
    module_name, _, function_name = name.rpartition('.')
    try:
        reducer = getattr(importlib.import_module(module_name), function_name)
    except (ImportError, AttributeError) as error:
        raise OptionError(
            "activation_reduce = '{}': {}; expected module.function, the module in NiftyNet's "
            'extensions folder or on the Python path'.format(name, error)
        ) from error
    if not callable(reducer):
        raise OptionError("activation_reduce = '{}' is no function".format(name))
    return reducer


def pick_channels(tensor: Tensor, channels: List[int]) -> Tensor:
    """
    :param tensor: (batch, ..., channels)
    :param channels: channel numbers, in the order wanted
    :return: the tensor with these channels; the tensor itself where they are all, in order
    """
    count = tensor.shape.as_list()[-1]
    if channels == list(range(count)):
        return tensor
    step = channels[1] - channels[0] if len(channels) > 1 else 1
    if step > 0 and channels == list(range(channels[0], channels[-1] + 1, step)):
        return tensor[..., channels[0] : channels[-1] + 1 : step]
    return tf.gather(tensor, channels, axis=-1)


def reduce_channels(tensor: Tensor, name: str, layer: str) -> Tensor:
    """
    :param tensor: (batch, ..., channels)
    :param name: a reducer's name, or ``none``
    :param layer: the layer's name, for messages
    :return: float32 tensor (batch, ..., one or more channels)
    :raises SelectionError: if an extension's reducer fails, or returns something of another form
    """
    reduced = tensor if name == 'none' else _reduce(tensor, name, layer)
    _check_reduced(tensor, reduced, name, layer)
    return reduced if reduced.dtype == tf.float32 else tf.cast(reduced, tf.float32)


def _reduce(tensor: Tensor, name: str, layer: str) -> Tensor:
    reducer = find_reducer(name)
    try:
        return reducer(tensor)
    except Exception as error:
        text = ' '.join(str(error).split())
        raise SelectionError(
            "activation_reduce = '{}' on layer '{}' failed with {}: {}; it is given a tensor of "
            'shape {}'.format(name, layer, type(error).__name__, text, tensor.shape)
        ) from error


def _check_reduced(tensor: Tensor, reduced: Tensor, name: str, layer: str) -> None:
    expected = 'a tensor of {} axes, the spatial ones unchanged'.format(tensor.shape.ndims)
    if not isinstance(reduced, tf.Tensor):
        came = type(reduced).__name__
    elif reduced.shape.ndims != tensor.shape.ndims or not reduced.shape[:-1].is_compatible_with(
        tensor.shape[:-1]
    ):
        came = 'a tensor of shape {} from one of {}'.format(reduced.shape, tensor.shape)
    elif reduced.shape.as_list()[-1] in (None, 0):
        came, expected = 'an unknown number of channels', 'a fixed number of channels'
    else:
        return
    raise SelectionError(
        "activation_reduce = '{}' on layer '{}' returned {}; expected {}".format(
            name, layer, came, expected
        )
    )
