# -*- coding: utf-8 -*-
"""
Stands in for the functions of ``tf.layers`` that networks call most, and which ``compat.v1`` lost
with Keras 3: here those with weights, in ``weightless_layers.py`` the others.

Arguments, defaults and variables' names are those of version 1, so that checkpoints fit:
``conv3d/kernel``, ``conv3d/bias`` and so on. ``spatial`` is the number of axes between batch and
channels, which come last.
"""

from types import ModuleType
from typing import Dict, NamedTuple, Optional, Sequence

from niftynet_tf2 import weightless_layers
from niftynet_tf2.hints import (
    Activation,
    Argument,
    Function,
    Initializer,
    Number,
    Regularizer,
    Reuse,
    Sizes,
    Tensor,
    Variable,
)
from niftynet_tf2.modules import add_module, refuse
from niftynet_tf2.weightless_layers import sizes_of


class Weights(NamedTuple):
    """The last arguments, which all functions with weights share, in the order of version 1."""

    use_bias: bool = True
    kernel_initializer: Initializer = None
    bias_initializer: Initializer = None
    kernel_regularizer: Regularizer = None
    bias_regularizer: Regularizer = None
    trainable: bool = True
    name: Optional[str] = None
    reuse: Reuse = None


def install(v1: ModuleType) -> None:
    """
    :param v1: the module ``tensorflow.compat.v1``
    """
    functions: Dict[str, Function] = {'dense': make_dense(v1)}
    for spatial in (1, 2, 3):
        functions['conv{}d'.format(spatial)] = make_convolution(v1, spatial)
    for spatial in (2, 3):
        functions['conv{}d_transpose'.format(spatial)] = make_transposed(v1, spatial)
    functions.update(weightless_layers.make(v1))
    add_module('tensorflow.layers', **functions)


def make_dense(v1: ModuleType) -> Function:
    """
    :param v1: the module ``tensorflow.compat.v1``
    :return: ``tf.layers.dense`` for (batch, ..., n), with its variables' names ``dense/kernel`` and
        ``dense/bias``
    """

    def dense(
        inputs: Tensor,
        units: int,
        activation: Activation = None,
        *places: Argument,
        **others: Argument,
    ) -> Tensor:
        weights = _weights('dense', places, others)
        shape = [int(inputs.shape[-1]), units]

        def compute(kernel: Variable) -> Tensor:
            return multiply(v1, inputs, kernel)

        return _weighted(v1, 'dense', inputs, shape, compute, weights, activation)

    return dense


def make_convolution(v1: ModuleType, spatial: int) -> Function:
    """
    :param v1: the module ``tensorflow.compat.v1``
    :param spatial: 1, 2 or 3
    :return: ``tf.layers.conv1d``, ``conv2d`` or ``conv3d``
    """
    default = 'conv{}d'.format(spatial)

    def convolution(
        inputs: Tensor,
        filters: int,
        kernel_size: Sizes,
        strides: Sizes = 1,
        padding: str = 'valid',
        data_format: str = 'channels_last',
        dilation_rate: Sizes = 1,
        activation: Activation = None,
        *places: Argument,
        **others: Argument,
    ) -> Tensor:
        weights = _weights(default, places, others)
        weightless_layers.check_format(data_format, default)
        shape = sizes_of(kernel_size, spatial) + [int(inputs.shape[-1]), filters]

        def compute(kernel: Variable) -> Tensor:
            return convolve(v1, inputs, kernel, padding, strides, dilation_rate)

        return _weighted(v1, default, inputs, shape, compute, weights, activation)

    return convolution


def make_transposed(v1: ModuleType, spatial: int) -> Function:
    """
    :param v1: the module ``tensorflow.compat.v1``
    :param spatial: 2 or 3
    :return: ``tf.layers.conv2d_transpose`` or ``conv3d_transpose``
    """
    default = 'conv{}d_transpose'.format(spatial)

    def transposed(
        inputs: Tensor,
        filters: int,
        kernel_size: Sizes,
        strides: Sizes = 1,
        padding: str = 'valid',
        data_format: str = 'channels_last',
        activation: Activation = None,
        *places: Argument,
        **others: Argument,
    ) -> Tensor:
        weights = _weights(default, places, others)
        weightless_layers.check_format(data_format, default)
        shape = sizes_of(kernel_size, spatial) + [filters, int(inputs.shape[-1])]
        steps = sizes_of(strides, spatial)

        def compute(kernel: Variable) -> Tensor:
            return transpose_convolve(v1, inputs, kernel, steps, padding)

        return _weighted(v1, default, inputs, shape, compute, weights, activation)

    return transposed


def multiply(v1: ModuleType, inputs: Tensor, kernel: Variable) -> Tensor:
    """
    :param v1: the module ``tensorflow.compat.v1``
    :param inputs: (batch, ..., n)
    :param kernel: (n, units)
    :return: (batch, ..., units)
    """
    if inputs.shape.ndims == 2:
        return v1.matmul(inputs, kernel)
    return v1.tensordot(inputs, kernel, 1)


def convolve(
    v1: ModuleType, inputs: Tensor, kernel: Variable, padding: str, strides: Sizes, rates: Sizes
) -> Tensor:
    """
    :param v1: the module ``tensorflow.compat.v1``
    :param inputs: (batch, spatial axes ..., channels)
    :param kernel: (widths ..., channels before, channels afterwards)
    :param padding: ``same`` or ``valid``, in any case of letters
    :param strides: of the convolution
    :param rates: its dilation
    :return: (batch, spatial axes ..., channels afterwards)
    """
    spatial = inputs.shape.ndims - 2
    return v1.nn.convolution(
        inputs,
        kernel,
        padding.upper(),
        strides=sizes_of(strides, spatial),
        dilation_rate=sizes_of(rates, spatial),
    )


def transpose_convolve(
    v1: ModuleType, inputs: Tensor, kernel: Tensor, steps: Sequence[int], padding: str
) -> Tensor:
    """
    :param v1: the module ``tensorflow.compat.v1``
    :param inputs: (batch, spatial axes ..., channels)
    :param kernel: (widths ..., channels afterwards, channels before)
    :param steps: the stride on each spatial axis
    :param padding: ``same`` or ``valid``, in any case of letters
    :return: (batch, spatial axes ..., channels): a size becomes size * step with ``same``, and
        size * step + max(width - step, 0) with ``valid``
    """
    *widths, filters, _ = kernel.shape.as_list()
    valid = padding.upper() == 'VALID'
    batch = _size(v1, inputs, 0)
    sizes = [
        _size(v1, inputs, 1 + axis) * step + (max(width - step, 0) if valid else 0)
        for axis, (width, step) in enumerate(zip(widths, steps))
    ]
    compute = v1.nn.conv2d_transpose if len(steps) == 2 else v1.nn.conv3d_transpose
    shape = v1.stack([batch] + sizes + [filters])
    outputs = compute(inputs, kernel, shape, [1] + list(steps) + [1], padding.upper())
    outputs.set_shape(
        [each if isinstance(each, int) else None for each in [batch] + sizes] + [filters]
    )
    return outputs


def _weights(function: str, places: Sequence[Argument], others: Dict[str, Argument]) -> Weights:
    """The last arguments; in version 1 they come in the order of their names here."""
    ordered = dict(zip(Weights._fields[:5], places))
    known = {name: value for name, value in others.items() if name in Weights._fields}
    refuse({k: v for k, v in others.items() if k not in known}, 'tf.layers.' + function)
    return Weights(**ordered, **known)


def _size(v1: ModuleType, tensor: Tensor, axis: int) -> Number:
    """Give the length of an axis: a number if the graph fixes it, else a tensor."""
    size = tensor.shape.as_list()[axis]
    return v1.shape(tensor)[axis] if size is None else size


def _weighted(
    v1: ModuleType,
    default: str,
    inputs: Tensor,
    shape: Sequence[int],
    compute: Function,
    weights: Weights,
    activation: Activation,
) -> Tensor:
    """Compute with a kernel, then add the bias, then apply the activation."""
    with v1.variable_scope(weights.name, default, [inputs], reuse=weights.reuse):
        kernel = v1.get_variable(
            'kernel',
            shape,
            inputs.dtype,
            initializer=weights.kernel_initializer,
            regularizer=weights.kernel_regularizer,
            trainable=weights.trainable,
        )
        outputs = compute(kernel)
        if weights.use_bias:
            bias = v1.get_variable(
                'bias',
                [int(outputs.shape[-1])],
                outputs.dtype,
                initializer=weights.bias_initializer or v1.zeros_initializer(),
                regularizer=weights.bias_regularizer,
                trainable=weights.trainable,
            )
            outputs = v1.nn.bias_add(outputs, bias)
        return outputs if activation is None else activation(outputs)
