# -*- coding: utf-8 -*-
"""
Stands in for ``tf.py_func``; it casts results to the types that were declared.

NiftyNet declares int32 for window locations. An int32 array times an int64 scalar is int32 in
NumPy 1, but int64 in NumPy 2 (NEP 50), which TensorFlow refuses.
"""

import functools
from types import ModuleType
from typing import Optional, Sequence

import numpy as np

from niftynet_tf2.hints import Argument, DType, Function, Tensor


def make_py_func(v1: ModuleType) -> Function:
    """
    :param v1: the module ``tensorflow.compat.v1``
    :return: ``tf.py_func`` whose results are cast to ``Tout``
    """

    def py_func(
        func: Function,
        inp: Sequence[Tensor],
        Tout: DType,
        stateful: bool = True,
        name: Optional[str] = None,
    ) -> Tensor:
        several = isinstance(Tout, (list, tuple))
        dtypes = [v1.as_dtype(each) for each in (Tout if several else [Tout])]

        @functools.wraps(func)
        def casting(*args: Argument) -> Argument:
            result = func(*args)
            if isinstance(result, (list, tuple)):
                return [_cast(value, dtype, v1) for value, dtype in zip(result, dtypes)]
            return _cast(result, dtypes[0], v1)

        return v1.py_func(casting, inp, Tout, stateful=stateful, name=name)

    return py_func


def _cast(value: Argument, dtype: DType, v1: ModuleType) -> Argument:
    if dtype == v1.string:
        return value
    return np.asarray(value, dtype=dtype.as_numpy_dtype)
