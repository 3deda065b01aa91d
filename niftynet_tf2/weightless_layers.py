# -*- coding: utf-8 -*-
"""
Stands in for the functions of ``tf.layers`` without kernels: pooling, batch normalisation, dropout
and flattening.
"""

from types import ModuleType
from typing import Dict, List, Optional

from niftynet_tf2.hints import (
    Argument,
    Flag,
    Function,
    Initializer,
    Number,
    Reuse,
    Sizes,
    Tensor,
    Variable,
)
from niftynet_tf2.modules import MissingArgumentError, refuse
from niftynet_tf2.training_mode import chosen, update_statistics

UNUSED = ('fused', 'renorm', 'renorm_clipping', 'renorm_momentum', 'virtual_batch_size')


def make(v1: ModuleType) -> Dict[str, Function]:
    """
    :param v1: the module ``tensorflow.compat.v1``
    :return: name in ``tf.layers`` -> function
    """
    functions = {
        'batch_normalization': make_batch_normalization(v1),
        'dropout': make_dropout(v1),
        'flatten': make_flatten(v1),
    }
    for spatial in (1, 2, 3):
        functions['max_pooling{}d'.format(spatial)] = make_pooling(v1, spatial, 'MAX')
        functions['average_pooling{}d'.format(spatial)] = make_pooling(v1, spatial, 'AVG')
    return functions


def make_pooling(v1: ModuleType, spatial: int, kind: str) -> Function:
    """
    :param v1: the module ``tensorflow.compat.v1``
    :param spatial: 1, 2 or 3
    :param kind: ``MAX`` or ``AVG``
    :return: ``tf.layers.max_pooling1d`` and so on
    """
    default = '{}_pooling{}d'.format({'MAX': 'max', 'AVG': 'average'}[kind], spatial)

    def pooling(
        inputs: Tensor,
        pool_size: Sizes,
        strides: Sizes,
        padding: str = 'valid',
        data_format: str = 'channels_last',
        name: Optional[str] = None,
    ) -> Tensor:
        check_format(data_format, default)
        widths = sizes_of(pool_size, spatial)
        steps = sizes_of(strides, spatial)
        with v1.name_scope(name, default, [inputs]):
            return v1.nn.pool(inputs, widths, kind, padding.upper(), strides=steps)

    return pooling


def make_batch_normalization(v1: ModuleType) -> Function:
    """
    :param v1: the module ``tensorflow.compat.v1``
    :return: ``tf.layers.batch_normalization`` over the last axis; statistics are updated through
        the collection UPDATE_OPS
    """

    def batch_normalization(
        inputs: Tensor,
        axis: int = -1,
        momentum: float = 0.99,
        epsilon: float = 1e-3,
        center: bool = True,
        scale: bool = True,
        training: Flag = False,
        trainable: bool = True,
        name: Optional[str] = None,
        reuse: Reuse = None,
        **others: Argument,
    ) -> Tensor:
        initial = {key: others.pop(key) for key in list(others) if key.endswith('_initializer')}
        refuse(others, 'tf.layers.batch_normalization', UNUSED)
        if axis not in (-1, inputs.shape.ndims - 1):
            raise MissingArgumentError(
                'tf.layers.batch_normalization of niftynet_tf2 takes the last axis, got axis = '
                '{}'.format(axis)
            )

        def variable(kind: str, otherwise: Initializer, trained: bool) -> Variable:
            initializer = initial.get(kind + '_initializer') or otherwise()
            shape = [int(inputs.shape[-1])]
            return v1.get_variable(kind, shape, inputs.dtype, initializer, trainable=trained)

        with v1.variable_scope(name, 'batch_normalization', [inputs], reuse=reuse):
            gamma = variable('gamma', v1.ones_initializer, trainable) if scale else None
            beta = variable('beta', v1.zeros_initializer, trainable) if center else None
            moving = [
                variable('moving_mean', v1.zeros_initializer, False),
                variable('moving_variance', v1.ones_initializer, False),
            ]
            axes = list(range(inputs.shape.ndims - 1))
            used = chosen(v1, training, lambda: v1.nn.moments(inputs, axes), lambda: moving)
            for update in update_statistics(v1, inputs, moving, used, training, momentum):
                v1.add_to_collection(v1.GraphKeys.UPDATE_OPS, update)
            return v1.nn.batch_normalization(inputs, used[0], used[1], beta, gamma, epsilon)

    return batch_normalization


def make_dropout(v1: ModuleType) -> Function:
    """
    :param v1: the module ``tensorflow.compat.v1``
    :return: ``tf.layers.dropout``, which passes its input on unless in training
    """

    def dropout(
        inputs: Tensor,
        rate: Number = 0.5,
        noise_shape: Argument = None,
        seed: Argument = None,
        training: Flag = False,
        name: Optional[str] = None,
    ) -> Tensor:
        with v1.name_scope(name, 'dropout', [inputs]):
            (output,) = chosen(
                v1,
                training,
                lambda: [v1.nn.dropout(inputs, rate=rate, noise_shape=noise_shape, seed=seed)],
                lambda: [inputs],
            )
            return v1.identity(output)

    return dropout


def make_flatten(v1: ModuleType) -> Function:
    """
    :param v1: the module ``tensorflow.compat.v1``
    :return: ``tf.layers.flatten``: (batch, ...) to (batch, n)
    """

    def flatten(inputs: Tensor, name: Optional[str] = None) -> Tensor:
        with v1.name_scope(name, 'flatten', [inputs]):
            batch, *sizes = inputs.shape.as_list()
            count = inputs.shape[1:].num_elements()
            if count is None:
                return v1.reshape(inputs, v1.stack([v1.shape(inputs)[0], -1]))
            return v1.reshape(inputs, [-1 if batch is None else batch, count])

    return flatten


def check_format(data_format: Optional[str], function: str) -> None:
    """
    :param data_format: as given
    :param function: whose argument it is
    :raises MissingArgumentError: if channels do not come last
    """
    if data_format not in (None, 'channels_last', 'NHWC', 'NDHWC', 'NWC'):
        raise MissingArgumentError(
            "{} of niftynet_tf2 takes channels last, got data_format = '{}'".format(
                function, data_format
            )
        )


def sizes_of(sizes: Sizes, spatial: int) -> List[int]:
    """
    :param sizes: a number for all axes, or one for each
    :param spatial: how many axes there are
    :return: one for each
    """
    return [sizes] * spatial if isinstance(sizes, int) else [int(size) for size in sizes]
