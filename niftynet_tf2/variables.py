# -*- coding: utf-8 -*-
"""
Stands in for ``tf.get_variable``, which took sizes such as 2.0; version 2 takes integers only.
NiftyNet's squeeze-and-excitation layer computes such sizes with ``/``.
"""

import functools
from types import ModuleType

from niftynet_tf2.hints import Argument, Function, Number, Shape, Variable


def make_get_variable(v1: ModuleType) -> Function:
    """
    :param v1: the module ``tensorflow.compat.v1``
    :return: ``tf.get_variable`` that turns floats such as 2.0 in a shape into integers
    """

    @functools.wraps(v1.get_variable)
    def get_variable(
        name: str, shape: Shape = None, *args: Argument, **kwargs: Argument
    ) -> Variable:
        if isinstance(shape, (list, tuple)):
            shape = [whole(size) for size in shape]
        return v1.get_variable(name, shape, *args, **kwargs)

    return get_variable


def whole(size: Number) -> Number:
    """
    :param size: of an axis
    :return: an int for a float without a fraction, else the size as it is
    """
    return int(size) if isinstance(size, float) and size == int(size) else size
