# -*- coding: utf-8 -*-
"""
Stands in for ``tf.contrib.framework.local_variable``, which the CRF layer uses.
"""

from types import ModuleType
from typing import Any, Callable, Optional


def make_local_variable(v1: ModuleType) -> Callable[..., Any]:
    """
    :param v1: the module ``tensorflow.compat.v1``
    :return: ``local_variable(initial_value, validate_shape, name)``
    """

    def local_variable(
        initial_value: Any, validate_shape: bool = True, name: Optional[str] = None
    ) -> Any:
        return v1.Variable(
            initial_value,
            trainable=False,
            validate_shape=validate_shape,
            name=name,
            collections=[v1.GraphKeys.LOCAL_VARIABLES],
            use_resource=False,
        )

    return local_variable
