# -*- coding: utf-8 -*-
"""
What stand-ins do otherwise in training: whether it is on may be a tensor.
"""

from types import ModuleType
from typing import Callable, List, Sequence

from niftynet_tf2.hints import Flag, Operation, Tensor, Variable

Tensors = Callable[[], Sequence[Tensor]]


def chosen(v1: ModuleType, training: Flag, then: Tensors, otherwise: Tensors) -> List[Tensor]:
    """
    :param v1: the module ``tensorflow.compat.v1``
    :param training: a truth value, or a tensor that holds one
    :param then: gives tensors where it is true
    :param otherwise: gives tensors where it is not
    :return: those that hold
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
    :param v1: the module ``tensorflow.compat.v1``
    :param inputs: what is normalised
    :param moving: the variables of mean and variance
    :param used: the mean and the variance that it is normalised with
    :param training: a truth value, or a tensor that holds one
    :param momentum: the part of the old statistics that is kept
    :return: operations that move the statistics; none outside of training
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
    The statistics that version 1 kept. For two and four axes it took its fused kernel, which keeps
    the variance over n - 1 samples, though it normalises with that over n; otherwise it did not.
    """
    if inputs.shape.ndims in (2, 4):
        samples = v1.cast(v1.size(inputs) // inputs.shape[-1], variance.dtype)
        variance = variance * (samples / v1.maximum(samples - 1, 1))
    return mean, variance
