# -*- coding: utf-8 -*-
"""
Stands in for ``variance_scaling_initializer`` of ``tf.contrib.layers``, which NiftyNet's GANs use,
and for ``xavier_initializer``, which networks of users often use.
"""

from types import ModuleType
from typing import Optional

from niftynet_tf2.hints import DType, Function, Initializer


def make_variance_scaling(v1: ModuleType) -> Function:
    """
    :param v1: the module ``tensorflow.compat.v1``
    :return: ``variance_scaling_initializer(factor, mode, uniform, seed)``
    """

    def variance_scaling_initializer(
        factor: float = 2.0, mode: str = 'FAN_IN', uniform: bool = False, seed: Optional[int] = None
    ) -> Initializer:
        return v1.variance_scaling_initializer(
            scale=factor,
            mode=mode.lower(),
            distribution='uniform' if uniform else 'truncated_normal',
            seed=seed,
        )

    return variance_scaling_initializer


def make_xavier(v1: ModuleType) -> Function:
    """
    :param v1: the module ``tensorflow.compat.v1``
    :return: ``xavier_initializer(uniform, seed, dtype)``
    """

    def xavier_initializer(
        uniform: bool = True, seed: Optional[int] = None, dtype: DType = v1.float32
    ) -> Initializer:
        return v1.variance_scaling_initializer(
            scale=1.0,
            mode='fan_avg',
            distribution='uniform' if uniform else 'truncated_normal',
            seed=seed,
            dtype=dtype,
        )

    return xavier_initializer
