# -*- coding: utf-8 -*-
"""
Stands in for ``instance_norm`` and ``batch_norm`` of ``tf.contrib.layers``.

Variables have the names they had in 1.15, so that checkpoints can be exchanged.
"""

from types import ModuleType
from typing import Mapping, Optional

from niftynet_tf2.hints import (
    Activation,
    Argument,
    Flag,
    Function,
    Initializer,
    Regularizer,
    Tensor,
    Variable,
)
from niftynet_tf2.modules import refuse
from niftynet_tf2.training_mode import chosen, update_statistics

# arguments of batch_norm that change how it is computed and where it is listed, not its values
UNUSED = ('fused', 'outputs_collections', 'variables_collections')


def make_instance_norm(v1: ModuleType) -> Function:
    """
    :param v1: the module ``tensorflow.compat.v1``
    :return: ``instance_norm`` for (batch, spatial axes ..., channels): each channel of each window
        of the batch gets zero mean and unit variance over its voxels
    """

    def instance_norm(
        inputs: Tensor,
        center: bool = True,
        scale: bool = True,
        epsilon: float = 1e-6,
        param_initializers: Optional[Mapping[str, Initializer]] = None,
        reuse: Optional[bool] = None,
        trainable: bool = True,
        data_format: str = 'NHWC',
        scope: Optional[str] = None,
        **unsupported: Argument,
    ) -> Tensor:
        if data_format != 'NHWC':
            unsupported = dict(unsupported, data_format=data_format)
        refuse(unsupported, 'instance_norm')
        channels = int(inputs.shape[-1])
        given = param_initializers or {}
        with v1.variable_scope(scope, 'InstanceNorm', [inputs], reuse=reuse):
            beta = gamma = None
            if center:
                initial = given.get('beta', v1.zeros_initializer())
                beta = _variable(v1, 'beta', channels, initial, trainable)
            if scale:
                initial = given.get('gamma', v1.ones_initializer())
                gamma = _variable(v1, 'gamma', channels, initial, trainable)
            axes = list(range(1, inputs.shape.ndims - 1))
            mean, variance = v1.nn.moments(inputs, axes, keep_dims=True)
            outputs = v1.nn.batch_normalization(inputs, mean, variance, beta, gamma, epsilon)
        outputs.set_shape(inputs.shape)
        return outputs

    return instance_norm


def make_batch_norm(v1: ModuleType) -> Function:
    """
    :param v1: the module ``tensorflow.compat.v1``
    :return: ``batch_norm`` with the defaults of version 1: centred, not scaled, statistics updated
        through the collection UPDATE_OPS
    """

    def batch_norm(
        inputs: Tensor,
        decay: float = 0.999,
        center: bool = True,
        scale: bool = False,
        epsilon: float = 0.001,
        activation_fn: Activation = None,
        param_initializers: Optional[Mapping[str, Initializer]] = None,
        param_regularizers: Optional[Mapping[str, Regularizer]] = None,
        updates_collections: Argument = v1.GraphKeys.UPDATE_OPS,
        is_training: Flag = True,
        reuse: Optional[bool] = None,
        scope: Optional[str] = None,
        trainable: bool = True,
        **unsupported: Argument,
    ) -> Tensor:
        refuse(dict(unsupported, param_regularizers=param_regularizers), 'batch_norm', UNUSED)
        channels, given = int(inputs.shape[-1]), param_initializers or {}
        ones, zeros = v1.ones_initializer(), v1.zeros_initializer()

        def variable(kind: str, initial: Initializer, trained: bool) -> Variable:
            return _variable(v1, kind, channels, given.get(kind, initial), trained)

        with v1.variable_scope(scope, 'BatchNorm', [inputs], reuse=reuse):
            gamma = variable('gamma', ones, trainable) if scale else None
            beta = variable('beta', zeros, trainable) if center else None
            moving = [
                variable('moving_mean', zeros, False),
                variable('moving_variance', ones, False),
            ]
            axes = list(range(inputs.shape.ndims - 1))
            used = chosen(v1, is_training, lambda: v1.nn.moments(inputs, axes), lambda: moving)
            updates = update_statistics(v1, inputs, moving, used, is_training, decay)
            if updates_collections is None:  # computing the output then updates the statistics
                with v1.control_dependencies(updates):
                    used = [v1.identity(each) for each in used]
            for update in updates if updates_collections is not None else ():
                v1.add_to_collections(updates_collections, update)
            outputs = v1.nn.batch_normalization(inputs, used[0], used[1], beta, gamma, epsilon)
        return outputs if activation_fn is None else activation_fn(outputs)

    return batch_norm


def _variable(
    v1: ModuleType, name: str, channels: int, initializer: Initializer, trainable: bool = True
) -> Variable:
    return v1.get_variable(
        name,
        [channels],
        initializer=initializer,
        trainable=trainable,
        collections=[v1.GraphKeys.GLOBAL_VARIABLES, v1.GraphKeys.MODEL_VARIABLES],
    )
