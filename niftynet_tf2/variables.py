# -*- coding: utf-8 -*-
"""
Stands in for ``tf.get_variable``, which took sizes such as 2.0; version 2 takes whole numbers only.
NiftyNet's squeeze and excitation divides channels with ``/``.
"""

import functools
from types import ModuleType
from typing import Any, Callable


def make_get_variable(v1: ModuleType) -> Callable[..., Any]:
    """
    :param v1: the module ``tensorflow.compat.v1``
    :return: ``tf.get_variable``, which makes whole floats of a shape integers
    """

    @functools.wraps(v1.get_variable)
    def get_variable(name: str, shape: Any = None, *args: Any, **kwargs: Any) -> Any:
        if isinstance(shape, (list, tuple)):
            shape = [whole(size) for size in shape]
        return v1.get_variable(name, shape, *args, **kwargs)

    return get_variable


def whole(size: Any) -> Any:
    """
    :param size: of an axis
    :return: an int for a float without a fraction, else the size as it is
    """
    return int(size) if isinstance(size, float) and size == int(size) else size
