# -*- coding: utf-8 -*-
"""
Stands in for ``tf.contrib.framework.local_variable``, which the CRF layer uses.
"""

from types import ModuleType
from typing import Optional

from niftynet_tf2.hints import Argument, Function, Variable


def make_local_variable(v1: ModuleType) -> Function:
    """
    :param v1: the module ``tensorflow.compat.v1``
    :return: ``local_variable(initial_value, validate_shape, name)``
    """

    def local_variable(
        initial_value: Argument, validate_shape: bool = True, name: Optional[str] = None
    ) -> Variable:
        return v1.Variable(
            initial_value,
            trainable=False,
            validate_shape=validate_shape,
            name=name,
            collections=[v1.GraphKeys.LOCAL_VARIABLES],
            use_resource=False,
        )

    return local_variable
