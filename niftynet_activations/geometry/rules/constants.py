# -*- coding: utf-8 -*-
"""
Numbers that a graph fixes without writing them down: offsets and sizes worked out from the shapes
of tensors.

TensorFlow tells the value of a constant, but seldom that of a tensor computed from constants or
from shapes. This module repeats such a computation with numpy. For a size that the graph leaves
open, such as the batch's, several numbers are tried in turn: a result that is the same each time
does not depend on it.
"""

from typing import Callable, Dict, List, Optional, Tuple

import numpy as np

from niftynet_activations.hints import ArrayLike, Key, Operation, Tensor

# stand-ins for an open size: odd and even, small and large
OPEN_SIZES = (1, 2, 1000003, 1000036)
MOST_VALUES = 10000  # of one tensor: offsets and sizes are few
SHAPES = ('Shape', 'ShapeN', 'Size', 'Rank')  # these tell of a tensor's form and not of its values


class _NotFixedError(Exception):
    """The value depends on more than constants and shapes."""


def static_value(tensor: Tensor) -> Optional[np.ndarray]:
    """
    :param tensor: any of the graph
    :return: its value as far as TensorFlow itself tells; None where it does not
    """
    # Imported here, since NiftyNet must be imported before TensorFlow: whoever has a tensor has
    # imported both.
    from tensorflow import get_static_value

    value = get_static_value(tensor)
    return None if value is None else np.asarray(value)


def fixed_value(tensor: Tensor) -> Optional[np.ndarray]:
    """
    :param tensor: any of the graph
    :return: its value where the graph fixes it; None where it does not
    """
    value = static_value(tensor)
    if value is not None:
        return value
    try:
        found = [_Evaluation(size).value(tensor) for size in OPEN_SIZES]
    except _NotFixedError:
        return None
    same = all(np.array_equal(found[0], each) for each in found[1:])
    return found[0] if same else None


class _Evaluation(object):
    """Computes tensors, each once, with one number for every open size."""

    def __init__(self, open_size: int) -> None:
        self._open_size = open_size
        self._known: Dict[str, np.ndarray] = {}

    def value(self, tensor: Tensor) -> np.ndarray:
        if tensor.name not in self._known:
            self._known[tensor.name] = self._computed(tensor)
        return self._known[tensor.name]

    def _computed(self, tensor: Tensor) -> np.ndarray:
        operation = tensor.op
        if operation.type in SHAPES:
            return self._of_shape(operation, tensor.value_index)
        static = static_value(tensor)
        if static is not None:
            return _wide(static)
        function = FUNCTIONS.get(operation.type)
        if function is None:
            raise _NotFixedError(operation.type)
        inputs = [self.value(each) for each in operation.inputs]
        try:
            found = _wide(function(operation, inputs)[tensor.value_index])
        except (ValueError, IndexError, TypeError, ZeroDivisionError) as error:
            raise _NotFixedError(str(error)) from error
        if found.size > MOST_VALUES:
            raise _NotFixedError('too many values')
        return found

    def _of_shape(self, operation: Operation, position: int) -> np.ndarray:
        shape = operation.inputs[position].shape
        if shape.ndims is None:
            raise _NotFixedError('the number of dimensions is open')
        sizes = [self._open_size if size is None else size for size in shape.as_list()]
        if operation.type == 'Rank':
            return _wide(len(sizes))
        return _wide(np.prod(sizes, dtype=np.int64) if operation.type == 'Size' else sizes)


def _wide(value: ArrayLike) -> np.ndarray:
    """The value with whole numbers as int64, which has room for products of open sizes."""
    array = np.asarray(value)
    return array.astype(np.int64) if array.dtype.kind in 'iu' else array


Function = Callable[[Operation, List[np.ndarray]], List[np.ndarray]]


def _of(function: Callable[..., np.ndarray]) -> Function:
    """The rule of an operation with one output that numpy computes from its inputs alone."""
    return lambda operation, inputs: [function(*inputs)]


def _axes(value: np.ndarray) -> Tuple[int, ...]:
    return tuple(int(each) for each in np.ravel(value))


def _reduced(function: Callable[..., np.ndarray]) -> Function:
    def apply(operation: Operation, inputs: List[np.ndarray]) -> List[np.ndarray]:
        keeps = bool(operation.get_attr('keep_dims'))
        return [function(inputs[0], axis=_axes(inputs[1]), keepdims=keeps)]

    return apply


def _cast(operation: Operation, inputs: List[np.ndarray]) -> List[np.ndarray]:
    return [inputs[0].astype(operation.get_attr('DstT').as_numpy_dtype)]


def _squeezed(operation: Operation, inputs: List[np.ndarray]) -> List[np.ndarray]:
    return [np.squeeze(inputs[0], tuple(operation.get_attr('squeeze_dims')) or None)]


def _quotient(operation: Operation, inputs: List[np.ndarray]) -> List[np.ndarray]:
    """The quotient; of whole numbers without its fraction, as TensorFlow's old division has it."""
    quotient = np.true_divide(*inputs)
    whole = inputs[0].dtype.kind == 'i'
    return [np.trunc(quotient).astype(np.int64) if whole else quotient]


def _cut(operation: Operation, inputs: List[np.ndarray]) -> List[np.ndarray]:
    values, begin, size = inputs
    ends = [None if n < 0 else b + n for b, n in zip(begin, size)]
    return [values[tuple(slice(b, e) for b, e in zip(begin, ends))]]


def _strided(operation: Operation, inputs: List[np.ndarray]) -> List[np.ndarray]:
    values, begins, ends, steps = inputs
    masks = {
        name: operation.get_attr(name + '_mask')
        for name in ('begin', 'end', 'ellipsis', 'new_axis', 'shrink_axis')
    }
    index: List[Key] = []
    for item, (begin, end, step) in enumerate(zip(begins, ends, steps)):
        has = {name: bool(mask >> item & 1) for name, mask in masks.items()}
        if has['ellipsis']:
            index.append(Ellipsis)
        elif has['new_axis']:
            index.append(None)
        elif has['shrink_axis']:
            index.append(int(begin))
        else:
            first = None if has['begin'] else begin
            index.append(slice(first, None if has['end'] else end, step))
    return [values[tuple(index)]]


def _gathered(operation: Operation, inputs: List[np.ndarray]) -> List[np.ndarray]:
    axis = int(inputs[2]) if len(inputs) > 2 else 0
    return [np.take(inputs[0], inputs[1], axis=axis)]


FUNCTIONS: Dict[str, Function] = {
    'Identity': _of(lambda x: x),
    'StopGradient': _of(lambda x: x),
    'Neg': _of(np.negative),
    'Abs': _of(np.abs),
    'Floor': _of(np.floor),
    'Ceil': _of(np.ceil),
    'Rint': _of(np.rint),
    'Round': _of(np.round),
    'Square': _of(np.square),
    'Add': _of(np.add),
    'AddV2': _of(np.add),
    'Sub': _of(np.subtract),
    'Mul': _of(np.multiply),
    'RealDiv': _of(np.true_divide),
    'FloorDiv': _of(np.floor_divide),
    'Div': _quotient,
    'TruncateDiv': _quotient,
    'FloorMod': _of(np.mod),
    'Maximum': _of(np.maximum),
    'Minimum': _of(np.minimum),
    'Sum': _reduced(np.sum),
    'Prod': _reduced(np.prod),
    'Max': _reduced(np.max),
    'Min': _reduced(np.min),
    'Cast': _cast,
    'Pack': lambda operation, inputs: [np.stack(inputs, operation.get_attr('axis'))],
    'ConcatV2': lambda operation, inputs: [np.concatenate(inputs[:-1], int(inputs[-1]))],
    'Reshape': _of(lambda x, shape: np.reshape(x, _axes(shape))),
    'ExpandDims': _of(lambda x, axis: np.expand_dims(x, int(axis))),
    'Squeeze': _squeezed,
    'Slice': _cut,
    'StridedSlice': _strided,
    'GatherV2': _gathered,
    'Gather': _gathered,
    'Unpack': lambda operation, inputs: [
        np.squeeze(part, operation.get_attr('axis'))
        for part in np.split(inputs[0], operation.get_attr('num'), operation.get_attr('axis'))
    ],
}
