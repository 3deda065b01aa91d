# -*- coding: utf-8 -*-
"""
Stands in for ``tf.contrib.layers.variance_scaling_initializer``, which the GANs use, and for
``xavier_initializer``, which users' networks do.
"""


def make_variance_scaling(v1):
    """
    :param v1: the module ``tensorflow.compat.v1``
    :return: ``variance_scaling_initializer(factor, mode, uniform, seed)``
    """

    def variance_scaling_initializer(factor=2.0, mode='FAN_IN', uniform=False, seed=None):
        return v1.variance_scaling_initializer(
            scale=factor,
            mode=mode.lower(),
            distribution='uniform' if uniform else 'truncated_normal',
            seed=seed,
        )

    return variance_scaling_initializer


def make_xavier(v1):
    """
    :param v1: the module ``tensorflow.compat.v1``
    :return: ``xavier_initializer(uniform, seed, dtype)``
    """

    def xavier_initializer(uniform=True, seed=None, dtype=v1.float32):
        return v1.variance_scaling_initializer(
            scale=1.0,
            mode='fan_avg',
            distribution='uniform' if uniform else 'truncated_normal',
            seed=seed,
            dtype=dtype,
        )

    return xavier_initializer
