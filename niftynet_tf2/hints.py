# -*- coding: utf-8 -*-
"""
Names for type hints of what TensorFlow's functions take and give.

Most functions of TensorFlow have no type hints, and a stand-in takes whatever the function of
version 1 took. A name of this module tells the reader what is passed; the type checker does not
check it.
"""

from typing import Any, Callable, Sequence, Union

# TensorFlow's
Tensor = Any  # tf.Tensor, or what becomes one
Variable = Any  # tf.Variable
Operation = Any  # tf.Operation
Dataset = Any  # tf.data.Dataset
DatasetOptions = Any  # tf.data.Options
DType = Any  # tf.DType, or a sequence of them
SessionSettings = Any  # tf.compat.v1.ConfigProto, or None
Session = Any  # tf.compat.v1.Session
Flag = Any  # a truth value, or a tensor that holds one
Number = Any  # a number, or a tensor that holds one
Shape = Any  # a tf.TensorShape, a tensor, or a list of sizes; None
Reuse = Any  # of variables: True, None, or tf.AUTO_REUSE
Initializer = Any  # makes the first value of a variable, or a class of such; None
Regularizer = Any  # a function from weights to their penalty; None
Activation = Any  # a function from a tensor to a tensor; None
Attribute = Any  # of the module tensorflow, for which a substitute stands in
Argument = Any  # of a function of version 1, whatever that takes
Function = Callable[..., Any]  # takes and gives what a function of version 1 does
Sizes = Union[int, Sequence[int]]  # one for all spatial axes, or one for each
