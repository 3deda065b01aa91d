# -*- coding: utf-8 -*-
"""
Stands in for ``tf.contrib.layers.variance_scaling_initializer``, which the GANs use.
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
