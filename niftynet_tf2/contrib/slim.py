# -*- coding: utf-8 -*-
"""
Stands in for the functions that ``tf.contrib.slim`` and ``tf.contrib.layers`` share and networks
call most. Arguments, defaults and variables' names are those of version 1: ``Conv/weights``,
``Conv/biases``, ``fully_connected/weights``.
"""

from types import ModuleType
from typing import Any, Callable, Dict, List, NamedTuple, Optional

from niftynet_tf2 import layers, weightless_layers
from niftynet_tf2.contrib.arg_scopes import add_arg_scope
from niftynet_tf2.contrib.initializers import make_xavier
from niftynet_tf2.modules import refuse

Function = Callable[..., Any]
UNUSED = ('outputs_collections', 'variables_collections')
UNSET = object()  # where None means that there is none


class Weights(NamedTuple):
    """The arguments that all functions with weights have behind those of their own."""

    activation_fn: Any = UNSET  # a rectifier where not given
    normalizer_fn: Any = None
    normalizer_params: Optional[Dict[str, Any]] = None
    weights_initializer: Any = UNSET
    weights_regularizer: Any = None
    biases_initializer: Any = UNSET
    biases_regularizer: Any = None
    reuse: Any = None
    trainable: bool = True
    scope: Optional[str] = None


def make(v1: ModuleType) -> Dict[str, Function]:
    """
    :param v1: the module ``tensorflow.compat.v1``
    :return: name -> function, all open to ``arg_scope``
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
        inputs: Any,
        num_outputs: int,
        kernel_size: Any,
        stride: Any = 1,
        padding: str = 'SAME',
        data_format: Optional[str] = None,
        rate: Any = 1,
        *places: Any,
        **others: Any,
    ) -> Any:
        weightless_layers.check_format(data_format, 'conv{}d'.format(spatial))
        shape = layers.sizes_of(kernel_size, spatial) + [int(inputs.shape[-1]), num_outputs]

        def compute(kernel: Any) -> Any:
            return v1.nn.convolution(
                inputs,
                kernel,
                padding.upper(),
                strides=layers.sizes_of(stride, spatial),
                dilation_rate=layers.sizes_of(rate, spatial),
            )

        return _weighted(v1, 'Conv', inputs, shape, compute, _weights('conv', places, others))

    return convolution


def make_transposed(v1: ModuleType, spatial: int) -> Function:
    """
    :param v1: the module ``tensorflow.compat.v1``
    :param spatial: 2 or 3
    :return: ``conv2d_transpose`` or ``conv3d_transpose``
    """

    def transposed(
        inputs: Any,
        num_outputs: int,
        kernel_size: Any,
        stride: Any = 1,
        padding: str = 'SAME',
        data_format: Optional[str] = None,
        *places: Any,
        **others: Any,
    ) -> Any:
        name = 'Conv{}d_transpose'.format(spatial)
        weightless_layers.check_format(data_format, name)
        shape = layers.sizes_of(kernel_size, spatial) + [num_outputs, int(inputs.shape[-1])]
        steps = layers.sizes_of(stride, spatial)

        def compute(kernel: Any) -> Any:
            return layers.transpose_convolve(v1, inputs, kernel, steps, padding)

        return _weighted(v1, name, inputs, shape, compute, _weights(name, places, others))

    return transposed


def make_fully_connected(v1: ModuleType) -> Function:
    """
    :param v1: the module ``tensorflow.compat.v1``
    :return: ``fully_connected`` for (batch, ..., n)
    """

    def fully_connected(inputs: Any, num_outputs: int, *places: Any, **others: Any) -> Any:
        shape = [int(inputs.shape[-1]), num_outputs]

        def compute(kernel: Any) -> Any:
            if inputs.shape.ndims == 2:
                return v1.matmul(inputs, kernel)
            return v1.tensordot(inputs, kernel, 1)

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
        inputs: Any,
        kernel_size: Any,
        stride: Any = 2,
        padding: str = 'VALID',
        data_format: Optional[str] = None,
        outputs_collections: Any = None,
        scope: Optional[str] = None,
    ) -> Any:
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
        inputs: Any,
        keep_prob: Any = 0.5,
        noise_shape: Any = None,
        is_training: Any = True,
        outputs_collections: Any = None,
        scope: Optional[str] = None,
        seed: Any = None,
    ) -> Any:
        return drop(inputs, 1 - keep_prob, noise_shape, seed, is_training, scope or 'Dropout')

    return dropout


def make_flatten(v1: ModuleType) -> Function:
    """
    :param v1: the module ``tensorflow.compat.v1``
    :return: ``flatten``: (batch, ...) to (batch, n)
    """
    flat = weightless_layers.make_flatten(v1)

    def flatten(inputs: Any, outputs_collections: Any = None, scope: Optional[str] = None) -> Any:
        return flat(inputs, scope or 'Flatten')

    return flatten


def _weights(function: str, places: Any, others: Dict[str, Any]) -> Weights:
    """The last arguments; in version 1 they come in the order of their names here."""
    ordered = dict(zip(Weights._fields[:8], places))
    known = {name: value for name, value in others.items() if name in Weights._fields}
    left = {name: value for name, value in others.items() if name not in known}
    refuse(left, 'tf.contrib.layers.' + function, UNUSED)
    return Weights(**ordered, **known)


def _weighted(
    v1: ModuleType, default: str, inputs: Any, shape: List[int], compute: Function, weights: Weights
) -> Any:
    """Computed with a kernel, then normalised or given a bias, then through the activation."""
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


def _biases(v1: ModuleType, outputs: Any, weights: Weights) -> Any:
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
