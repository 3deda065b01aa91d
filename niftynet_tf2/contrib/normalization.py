# -*- coding: utf-8 -*-
"""
Stands in for ``instance_norm`` and ``batch_norm`` of ``tf.contrib.layers``.

Variables have the names they had in 1.15, so that checkpoints can be exchanged.
"""

from types import ModuleType
from typing import Any, Callable, Mapping, Optional, Tuple


def make_instance_norm(v1: ModuleType) -> Callable[..., Any]:
    """
    :param v1: the module ``tensorflow.compat.v1``
    :return: ``instance_norm``: each channel of each sample gets zero mean and unit variance over
        its voxels; (batch, spatial axes ..., channels)
    """

    def instance_norm(
        inputs: Any,
        center: bool = True,
        scale: bool = True,
        epsilon: float = 1e-6,
        param_initializers: Optional[Mapping[str, Any]] = None,
        reuse: Optional[bool] = None,
        trainable: bool = True,
        data_format: str = 'NHWC',
        scope: Optional[str] = None,
        **unsupported: Any,
    ) -> Any:
        if data_format != 'NHWC':
            unsupported = dict(unsupported, data_format=data_format)
        _refuse(unsupported, 'instance_norm')
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


def make_batch_norm(v1: ModuleType) -> Callable[..., Any]:
    """
    :param v1: the module ``tensorflow.compat.v1``
    :return: ``batch_norm`` with the defaults it had: centred, not scaled, statistics updated
        through the collection UPDATE_OPS
    """

    def batch_norm(
        inputs: Any,
        decay: float = 0.999,
        epsilon: float = 0.001,
        is_training: bool = True,
        reuse: Optional[bool] = None,
        scope: Optional[str] = None,
        **unsupported: Any,
    ) -> Any:
        from tensorflow.python.training.moving_averages import assign_moving_average

        _refuse(unsupported, 'batch_norm')
        channels = int(inputs.shape[-1])
        with v1.variable_scope(scope, 'BatchNorm', [inputs], reuse=reuse):
            beta = _variable(v1, 'beta', channels, v1.zeros_initializer())
            moving = [
                _variable(v1, 'moving_mean', channels, v1.zeros_initializer(), False),
                _variable(v1, 'moving_variance', channels, v1.ones_initializer(), False),
            ]
            used = moving
            if is_training:
                used = v1.nn.moments(inputs, list(range(inputs.shape.ndims - 1)))
                for variable, value in zip(moving, _kept(v1, inputs, *used)):
                    update = assign_moving_average(variable, value, decay, zero_debias=False)
                    v1.add_to_collection(v1.GraphKeys.UPDATE_OPS, update)
            return v1.nn.batch_normalization(inputs, used[0], used[1], beta, None, epsilon)

    return batch_norm


def _kept(v1: ModuleType, inputs: Any, mean: Any, variance: Any) -> Tuple[Any, Any]:
    """
    The statistics that version 1 kept. For two and four axes it took its fused kernel, which keeps
    the variance over n - 1 samples, though it normalises with that over n; otherwise it did not.
    """
    if inputs.shape.ndims in (2, 4):
        samples = v1.cast(v1.size(inputs) // inputs.shape[-1], variance.dtype)
        variance = variance * (samples / v1.maximum(samples - 1, 1))
    return mean, variance


def _variable(
    v1: ModuleType, name: str, channels: int, initializer: Any, trainable: bool = True
) -> Any:
    return v1.get_variable(
        name,
        [channels],
        initializer=initializer,
        trainable=trainable,
        collections=[v1.GraphKeys.GLOBAL_VARIABLES, v1.GraphKeys.MODEL_VARIABLES],
    )


def _refuse(unsupported: Mapping[str, Any], function: str) -> None:
    used = {name: value for name, value in unsupported.items() if value is not None}
    if used:
        raise TypeError(
            "{} of niftynet_tf2 has no argument '{}': it supplies only what NiftyNet 0.6.0 "
            'uses'.format(function, "', '".join(sorted(used)))
        )
