# -*- coding: utf-8 -*-
"""
Stands in for ``l1_regularizer`` and ``l2_regularizer`` of ``tf.contrib.layers``.

L1 is ``scale * sum(|w|)``, L2 is ``scale * sum(w ** 2) / 2``; a scale of 0 gives no penalty.
"""

import numbers
from types import ModuleType
from typing import Callable, Optional

from niftynet_tf2.hints import Function, Regularizer, Tensor


def make_l1(v1: ModuleType) -> Function:
    """
    :param v1: the module ``tensorflow.compat.v1``
    :return: ``l1_regularizer(scale, scope)``
    """
    return _make(v1, 'l1_regularizer', lambda weights: v1.reduce_sum(v1.abs(weights)))


def make_l2(v1: ModuleType) -> Function:
    """
    :param v1: the module ``tensorflow.compat.v1``
    :return: ``l2_regularizer(scale, scope)``
    """
    return _make(v1, 'l2_regularizer', v1.nn.l2_loss)


def _make(v1: ModuleType, name: str, norm: Callable[[Tensor], Tensor]) -> Function:
    def regularizer(scale: float, scope: Optional[str] = None) -> Regularizer:
        """
        :param scale: a float, 0.0 or more
        :param scope: name of the penalty's operations
        :return: a function from weights to their penalty, or to None for a scale of 0
        :raises ValueError: for a negative scale, or an int (as in version 1)
        """
        if isinstance(scale, numbers.Integral) or scale < 0:
            raise ValueError(
                '{} got the scale {!r}; expected a float that is not negative'.format(name, scale)
            )
        if not scale:
            return lambda weights: None

        def penalty(weights: Tensor) -> Tensor:
            with v1.name_scope(scope, name, [weights]):
                return v1.convert_to_tensor(scale, weights.dtype.base_dtype) * norm(weights)

        return penalty

    return regularizer
