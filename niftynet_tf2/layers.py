# -*- coding: utf-8 -*-
"""
Stands in for ``tf.layers.dense``, which Keras 3 has taken from ``compat.v1``; NiftyNet's
``simple_gan`` uses it.
"""

from types import ModuleType
from typing import Any, Callable, Optional

from niftynet_tf2.modules import add_module


def install(v1: ModuleType) -> None:
    """
    :param v1: the module ``tensorflow.compat.v1``
    """
    add_module('tensorflow.layers', dense=make_dense(v1))


def make_dense(v1: ModuleType) -> Callable[..., Any]:
    """
    :param v1: the module ``tensorflow.compat.v1``
    :return: ``tf.layers.dense`` for (batch, n), with its variables' names ``dense/kernel`` and
        ``dense/bias``
    """

    def dense(
        inputs: Any,
        units: int,
        activation: Optional[Callable[[Any], Any]] = None,
        use_bias: bool = True,
        name: Optional[str] = None,
        reuse: Optional[bool] = None,
    ) -> Any:
        with v1.variable_scope(name, 'dense', [inputs], reuse=reuse):
            shape = [int(inputs.shape[-1]), units]
            kernel = v1.get_variable('kernel', shape, inputs.dtype, v1.glorot_uniform_initializer())
            outputs = v1.matmul(inputs, kernel)
            if use_bias:
                bias = v1.get_variable('bias', [units], inputs.dtype, v1.zeros_initializer())
                outputs = v1.nn.bias_add(outputs, bias)
        return outputs if activation is None else activation(outputs)

    return dense
