# -*- coding: utf-8 -*-
"""
Numbers that do not depend on the image, with a dimension for an axis of the window all the same.

They are *even* along a dimension if the values are equal all along it, as those of ``tf.zeros`` are
and what is computed of them. Others belong to places of the window.
"""

from typing import Dict, Optional

import numpy as np

from niftynet_activations.geometry.rules.constants import static_value
from niftynet_activations.hints import Tensor

# operations that give values which are even where those of their first input are
REPEATING = ('Tile', 'Identity', 'ResizeBilinear', 'ResizeNearestNeighbor')
REDUCING = ('Sum', 'Mean', 'Max', 'Min', 'Prod')  # the same, where they keep the dimensions
# operations that give values which are even where those of all inputs are
ELEMENTWISE = (
    'Abs Neg Exp Log Sqrt Rsqrt Square Sigmoid Tanh Relu Softplus Cast Reciprocal Softmax '
    'LogSoftmax Add AddV2 AddN Sub Mul RealDiv Div DivNoNan Maximum Minimum Pow OnesLike ZerosLike'
).split()


def is_even(tensor: Tensor, back: int, known: Optional[Dict[str, bool]] = None) -> bool:
    """
    :param tensor: that does not depend on the image
    :param back: number of the dimension, counted from the last one, which is -1
    :param known: answers for tensors that were asked before
    :return: whether it is known to have equal values all along that dimension
    """
    known = {} if known is None else known
    if tensor.name not in known:
        known[tensor.name] = _worked_out(tensor, back, known)
    return known[tensor.name]


def _worked_out(tensor: Tensor, back: int, known: Dict[str, bool]) -> bool:
    if tensor.shape.ndims is None:
        return False
    if tensor.shape.ndims < -back or tensor.shape.as_list()[back] == 1:
        return True
    value = static_value(tensor)
    if value is not None:
        return bool(np.all(value == np.take(value, [0], axis=back)))
    operation = tensor.op
    if operation.type in REPEATING or (
        operation.type in REDUCING and operation.get_attr('keep_dims')
    ):
        source = operation.inputs[0]
        return source.shape.ndims == tensor.shape.ndims and is_even(source, back, known)
    if operation.type in ELEMENTWISE:
        return all(is_even(each, back, known) for each in operation.inputs)
    return bool(operation.type == 'Fill')
