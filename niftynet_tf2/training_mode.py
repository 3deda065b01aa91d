# -*- coding: utf-8 -*-
"""
Behaviour of stand-ins that differs in training; whether training is on may be a tensor.
"""

from types import ModuleType
from typing import Callable, List, Sequence

from niftynet_tf2.hints import Flag, Operation, Tensor, Variable

Tensors = Callable[[], Sequence[Tensor]]


def chosen(v1: ModuleType, training: Flag, then: Tensors, otherwise: Tensors) -> List[Tensor]:
    """
    Choose tensors by the training mode.

    :param v1: the module ``tensorflow.compat.v1``
    :param training: a truth value, or a tensor that holds one
    :param then: gives the tensors for training
    :param otherwise: gives the tensors outside of training
    :return: the chosen tensors
    """
    if not isinstance(training, v1.Tensor):
        return list(then() if training else otherwise())
    return v1.cond(
        v1.cast(training, v1.bool),
        lambda: [v1.identity(each) for each in then()],
        lambda: [v1.identity(each) for each in otherwise()],
        strict=True,
    )


def update_statistics(
    v1: ModuleType,
    inputs: Tensor,
    moving: Sequence[Variable],
    used: Sequence[Tensor],
    training: Flag,
    momentum: float,
) -> List[Operation]:
    """
    Make the updates of the moving statistics of batch normalisation.

    :param v1: the module ``tensorflow.compat.v1``
    :param inputs: the tensor that is normalised, channels last
    :param moving: the variables of the moving mean and variance
    :param used: the mean and the variance of this batch
    :param training: a truth value, or a tensor that holds one
    :param momentum: the share of the old statistics that is kept
    :return: operations that update the statistics; none outside of training
    """
    from tensorflow.python.training.moving_averages import assign_moving_average

    if not isinstance(training, v1.Tensor) and not training:
        return []
    kept = chosen(v1, training, lambda: _kept(v1, inputs, *used), lambda: moving)
    return [
        assign_moving_average(variable, value, momentum, zero_debias=False)
        for variable, value in zip(moving, kept)
    ]


def _kept(v1: ModuleType, inputs: Tensor, mean: Tensor, variance: Tensor) -> Sequence[Tensor]:
    """
    Give the statistics that version 1 adds to the moving ones. For two and four axes version 1 used
    its fused kernel, which stores the variance divided by n - 1, though it normalises with the
    variance divided by n; otherwise both are divided by n.
    """
    if inputs.shape.ndims in (2, 4):
        samples = v1.cast(v1.size(inputs) // inputs.shape[-1], variance.dtype)
        variance = variance * (samples / v1.maximum(samples - 1, 1))
    return mean, variance
