# -*- coding: utf-8 -*-
"""
Stands in for the functions common to ``tf.contrib.slim`` and ``tf.contrib.layers`` that networks
call most. Arguments, defaults and names of variables are those of version 1: ``Conv/weights``,
``Conv/biases``, ``fully_connected/weights``.
"""

from types import ModuleType
from typing import Dict, List, NamedTuple, Optional

from niftynet_tf2 import layers, weightless_layers
from niftynet_tf2.contrib.arg_scopes import add_arg_scope
from niftynet_tf2.contrib.initializers import make_xavier
from niftynet_tf2.hints import (
    Activation,
    Argument,
    Flag,
    Function,
    Initializer,
    Number,
    Regularizer,
    Reuse,
    Sizes,
    Tensor,
    Variable,
)
from niftynet_tf2.modules import refuse

Function = Function
UNUSED = ('outputs_collections', 'variables_collections')
UNSET = object()  # "not given", for arguments of which None means "no activation" and the like


class Weights(NamedTuple):
    """The last arguments, which all functions with weights share, in the order of version 1."""

    activation_fn: Activation = UNSET  # ReLU where not given
    normalizer_fn: Activation = None
    normalizer_params: Optional[Dict[str, Argument]] = None
    weights_initializer: Initializer = UNSET
    weights_regularizer: Regularizer = None
    biases_initializer: Initializer = UNSET
    biases_regularizer: Regularizer = None
    reuse: Reuse = None
    trainable: bool = True
    scope: Optional[str] = None


def make(v1: ModuleType) -> Dict[str, Function]:
    """
    :param v1: the module ``tensorflow.compat.v1``
    :return: name -> function; ``arg_scope`` can give arguments to all of them
    """
    functions = {
        'fully_connected': make_fully_connected(v1),
        'flatten': make_flatten(v1),
        'dropout': make_dropout(v1),
    }
    for spatial in (2, 3):
        name = 'conv{}d'.format(spatial)
        functions[name] = make_convolution(v1, spatial)
        functions[name + '_transpose'] = make_transposed(v1, spatial)
        functions['max_pool{}d'.format(spatial)] = make_pooling(v1, spatial, 'MAX')
        functions['avg_pool{}d'.format(spatial)] = make_pooling(v1, spatial, 'AVG')
    for name, function in functions.items():
        function.__qualname__ = name  # by which arg_scope knows it
    return {name: add_arg_scope(function) for name, function in functions.items()}


def make_convolution(v1: ModuleType, spatial: int) -> Function:
    """
    :param v1: the module ``tensorflow.compat.v1``
    :param spatial: 2 or 3
    :return: ``conv2d`` or ``conv3d``
    """

    def convolution(
        inputs: Tensor,
        num_outputs: int,
        kernel_size: Sizes,
        stride: Sizes = 1,
        padding: str = 'SAME',
        data_format: Optional[str] = None,
        rate: Sizes = 1,
        *places: Argument,
        **others: Argument,
    ) -> Tensor:
        weightless_layers.check_format(data_format, 'conv{}d'.format(spatial))
        shape = weightless_layers.sizes_of(kernel_size, spatial) + [
            int(inputs.shape[-1]),
            num_outputs,
        ]

        def compute(kernel: Tensor) -> Tensor:
            return layers.convolve(v1, inputs, kernel, padding, stride, rate)

        return _weighted(v1, 'Conv', inputs, shape, compute, _weights('conv', places, others))

    return convolution


def make_transposed(v1: ModuleType, spatial: int) -> Function:
    """
    :param v1: the module ``tensorflow.compat.v1``
    :param spatial: 2 or 3
    :return: ``conv2d_transpose`` or ``conv3d_transpose``
    """

    def transposed(
        inputs: Tensor,
        num_outputs: int,
        kernel_size: Sizes,
        stride: Sizes = 1,
        padding: str = 'SAME',
        data_format: Optional[str] = None,
        *places: Argument,
        **others: Argument,
    ) -> Tensor:
        name = 'Conv{}d_transpose'.format(spatial)
        weightless_layers.check_format(data_format, name)
        shape = weightless_layers.sizes_of(kernel_size, spatial) + [
            num_outputs,
            int(inputs.shape[-1]),
        ]
        steps = weightless_layers.sizes_of(stride, spatial)

        def compute(kernel: Tensor) -> Tensor:
            return layers.transpose_convolve(v1, inputs, kernel, steps, padding)

        return _weighted(v1, name, inputs, shape, compute, _weights(name, places, others))

    return transposed


def make_fully_connected(v1: ModuleType) -> Function:
    """
    :param v1: the module ``tensorflow.compat.v1``
    :return: ``fully_connected`` for (batch, ..., n)
    """

    def fully_connected(
        inputs: Tensor, num_outputs: int, *places: Argument, **others: Argument
    ) -> Tensor:
        shape = [int(inputs.shape[-1]), num_outputs]

        def compute(kernel: Tensor) -> Tensor:
            return layers.multiply(v1, inputs, kernel)

        name = 'fully_connected'
        return _weighted(v1, name, inputs, shape, compute, _weights(name, places, others))

    return fully_connected


def make_pooling(v1: ModuleType, spatial: int, kind: str) -> Function:
    """
    :param v1: the module ``tensorflow.compat.v1``
    :param spatial: 2 or 3
    :param kind: ``MAX`` or ``AVG``
    :return: ``max_pool2d`` and so on
    """
    pool = weightless_layers.make_pooling(v1, spatial, kind)
    default = {'MAX': 'MaxPool', 'AVG': 'AvgPool'}[kind] + '{}D'.format(spatial)

    def pooling(
        inputs: Tensor,
        kernel_size: Sizes,
        stride: Sizes = 2,
        padding: str = 'VALID',
        data_format: Optional[str] = None,
        outputs_collections: Argument = None,
        scope: Optional[str] = None,
    ) -> Tensor:
        name = scope or default
        return pool(inputs, kernel_size, stride, padding, data_format or 'channels_last', name)

    return pooling


def make_dropout(v1: ModuleType) -> Function:
    """
    :param v1: the module ``tensorflow.compat.v1``
    :return: ``dropout``, which is on unless ``is_training`` says otherwise
    """
    drop = weightless_layers.make_dropout(v1)

    def dropout(
        inputs: Tensor,
        keep_prob: Number = 0.5,
        noise_shape: Argument = None,
        is_training: Flag = True,
        outputs_collections: Argument = None,
        scope: Optional[str] = None,
        seed: Argument = None,
    ) -> Tensor:
        return drop(inputs, 1 - keep_prob, noise_shape, seed, is_training, scope or 'Dropout')

    return dropout


def make_flatten(v1: ModuleType) -> Function:
    """
    :param v1: the module ``tensorflow.compat.v1``
    :return: ``flatten``: (batch, ...) to (batch, n)
    """
    flat = weightless_layers.make_flatten(v1)

    def flatten(
        inputs: Tensor, outputs_collections: Argument = None, scope: Optional[str] = None
    ) -> Tensor:
        return flat(inputs, scope or 'Flatten')

    return flatten


def _weights(function: str, places: Argument, others: Dict[str, Argument]) -> Weights:
    """The last arguments; in version 1 they come in the order of their names here."""
    ordered = dict(zip(Weights._fields[:8], places))
    known = {name: value for name, value in others.items() if name in Weights._fields}
    left = {name: value for name, value in others.items() if name not in known}
    refuse(left, 'tf.contrib.layers.' + function, UNUSED)
    return Weights(**ordered, **known)


def _weighted(
    v1: ModuleType,
    default: str,
    inputs: Tensor,
    shape: List[int],
    compute: Function,
    weights: Weights,
) -> Tensor:
    """Compute with a kernel, then normalise or add a bias, then apply the activation."""
    with v1.variable_scope(weights.scope, default, [inputs], reuse=weights.reuse):
        first = weights.weights_initializer
        kernel = v1.get_variable(
            'weights',
            shape,
            inputs.dtype,
            initializer=make_xavier(v1)() if first is UNSET else first,
            regularizer=weights.weights_regularizer,
            trainable=weights.trainable,
            collections=_collections(v1),
        )
        outputs = compute(kernel)
        if weights.normalizer_fn is not None:
            outputs = weights.normalizer_fn(outputs, **(weights.normalizer_params or {}))
        elif weights.biases_initializer is not None:
            outputs = v1.nn.bias_add(outputs, _biases(v1, outputs, weights))
        activation = v1.nn.relu if weights.activation_fn is UNSET else weights.activation_fn
        return outputs if activation is None else activation(outputs)


def _biases(v1: ModuleType, outputs: Tensor, weights: Weights) -> Variable:
    first = weights.biases_initializer
    return v1.get_variable(
        'biases',
        [int(outputs.shape[-1])],
        outputs.dtype,
        initializer=v1.zeros_initializer() if first is UNSET else first,
        regularizer=weights.biases_regularizer,
        trainable=weights.trainable,
        collections=_collections(v1),
    )


def _collections(v1: ModuleType) -> List[str]:
    return [v1.GraphKeys.GLOBAL_VARIABLES, v1.GraphKeys.MODEL_VARIABLES]
