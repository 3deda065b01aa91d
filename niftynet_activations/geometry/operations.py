# -*- coding: utf-8 -*-
"""
What TensorFlow's operations do to the geometry of their input: those that compute, and those
that cut or extend a window. :mod:`niftynet_activations.geometry.rules` says what a rule is.
"""

from typing import Any, List, Sequence

import niftynet  # noqa: F401  before tensorflow, so that it is what NiftyNet sees
import numpy as np
import tensorflow as tf

from niftynet_activations.geometry.axis import meet, same_padding
from niftynet_activations.geometry.rules import (
    States,
    UnknownOperation,
    check_format,
    constant_of,
    only_first,
    rule,
    text_of,
)
from niftynet_activations.geometry.state import BATCH, CHANNELS, Roles, State, spanning

WHOLE_WINDOW = 'it takes a value over the whole window'


@rule(
    *(
        'Identity IdentityN StopGradient Relu Relu6 Elu Selu Softplus Softsign LeakyRelu Sigmoid '
        'Tanh Abs Neg Exp Log Log1p Sqrt Rsqrt Square Sign Cast Softmax LogSoftmax BiasAdd '
        'Reciprocal Inv Floor Ceil Round CheckNumerics PlaceholderWithDefault IsNan IsFinite Erf '
        'FusedBatchNorm FusedBatchNormV2 FusedBatchNormV3 OnesLike ZerosLike'
    ).split()
)
def _same(tensor: Any, inputs: Sequence[Any], states: States) -> State:
    if tensor.op.type == 'IdentityN':
        state = states[tensor.value_index]
        return only_first([state])
    state = only_first(states)
    if tensor.op.type.startswith('FusedBatchNorm') and tensor.op.get_attr('is_training'):
        return spanning(state).because('batch statistics of the window are used')
    return state


@rule(
    *(
        'Add AddV2 AddN Sub Mul RealDiv Div DivNoNan FloorDiv Maximum Minimum Pow ConcatV2 Select '
        'SquaredDifference SelectV2 Greater GreaterEqual Less LessEqual Equal NotEqual LogicalAnd '
        'LogicalOr FloorMod Pack'
    ).split()
)
def _meeting(tensor: Any, inputs: Sequence[Any], states: States) -> State:
    known = [state for state in states if state is not None]
    rank = tensor.shape.ndims
    largest = max(known, key=lambda state: len(state.dimensions))
    largest = largest.because(*_placed_constants(inputs, states, largest))
    if tensor.op.type == 'Pack':
        # the tensors meet sample by sample, and lie in a dimension of their own afterwards
        position = tensor.op.get_attr('axis') % rank
        return _met(largest, known)._replace(
            dimensions=largest.dimensions[:position] + ((),) + largest.dimensions[position:]
        )
    if len(largest.dimensions) != rank:
        raise UnknownOperation('joins tensors in a way that is not known')
    aligned = [state for state in known if _places(state) == _places(largest)]
    if tensor.op.type == 'ConcatV2':
        _check_joined(largest, constant_of(inputs[-1])[0] % rank)
    if len(aligned) < len(known):
        # a branch of fewer dimensions is spread over the others: it tells of the window as a whole
        return spanning(largest)
    result = _met(largest, aligned)
    if tensor.op.type == 'ConcatV2' and result.dimensions[-1] == ():
        # single channels, taken apart before
        result = result._replace(dimensions=result.dimensions[:-1] + ((CHANNELS,),))
    return result


def _met(largest: State, states: Sequence[State]) -> State:
    if any(_places(state) != _places(largest) for state in states):
        raise UnknownOperation('joins tensors of different dimensions')
    for axis in largest.axes:
        largest = largest.with_axis(axis, meet([state.axes[axis] for state in states]))
    return largest


def _places(state: State) -> List[Roles]:
    """The roles of each dimension, channels aside: a single channel may have lost its role."""
    return [tuple(role for role in roles if role != CHANNELS) for roles in state.dimensions]


def _check_joined(state: State, dimension: int) -> None:
    if state.axis_of(dimension) is not None:
        raise UnknownOperation('joins windows side by side')
    if state.dimensions[dimension] == (BATCH,):
        raise UnknownOperation('joins batches')


def _placed_constants(inputs: Sequence[Any], states: States, state: State) -> List[str]:
    """Reasons for numbers that do not move with the window: one for each voxel of an axis."""
    reasons = []
    for tensor in (each for each, its in zip(inputs, states) if its is None):
        sizes = tensor.shape.as_list() if tensor.shape.ndims is not None else None
        if sizes is None or len(sizes) > len(state.dimensions):
            raise UnknownOperation('meets numbers of a shape that is not fixed in the graph')
        for back, size in enumerate(reversed(sizes), 1):
            spatial = any(isinstance(role, int) for role in state.dimensions[-back])
            if spatial and size != 1 and not _even(tensor, -back):
                reasons.append(
                    "the numbers of '{}' belong to places of the window".format(tensor.name)
                )
                break
    return reasons


def _even(tensor: Any, dimension: int) -> bool:
    """Whether a constant is the same all along one of its dimensions."""
    value = tf.get_static_value(tensor)
    return value is not None and bool(np.all(value == np.take(value, [0], axis=dimension)))


@rule('Conv2D', 'Conv3D', 'MaxPool', 'MaxPool3D', 'AvgPool', 'AvgPool3D', 'DepthwiseConv2dNative')
def _convolution(tensor: Any, inputs: Sequence[Any], states: States) -> State:
    state, operation = only_first(states), tensor.op
    check_format(operation)
    strides = operation.get_attr('strides')
    pooling = 'Pool' in operation.type
    kernel = operation.get_attr('ksize')[1:-1] if pooling else inputs[1].shape.as_list()
    dilations = [1] * len(strides) if pooling else operation.get_attr('dilations')
    padding = text_of(operation.get_attr('padding'))
    if padding not in ('SAME', 'VALID'):
        raise UnknownOperation('pads in the way {}'.format(padding))
    for dimension in range(1, len(strides) - 1):
        axis = state.axis_of(dimension)
        if axis is None:
            if kernel[dimension - 1] == 1 and strides[dimension] == 1:
                continue
            raise UnknownOperation('works on a dimension that is no axis of the window')
        width, stride, dilation = kernel[dimension - 1], strides[dimension], dilations[dimension]
        before = inputs[0].shape.as_list()[dimension]
        added = same_padding(before, width, stride, dilation) if padding == 'SAME' else 0
        geometry = state.axes[axis]
        size = tensor.shape.as_list()[dimension] * geometry.fold
        state = state.with_axis(axis, geometry.convolve(size, width, stride, dilation, added))
    return state


@rule('Conv2DBackpropInput', 'Conv3DBackpropInputV2')
def _transposed_convolution(tensor: Any, inputs: Sequence[Any], states: States) -> State:
    state, operation = states[2], tensor.op
    if state is None:
        raise UnknownOperation('takes the image where a constant was expected')
    check_format(operation)
    strides, kernel = operation.get_attr('strides'), inputs[1].shape.as_list()
    padding = text_of(operation.get_attr('padding'))
    for dimension in range(1, len(strides) - 1):
        axis = state.axis_of(dimension)
        if axis is None or state.axes[axis].fold > 1:
            raise UnknownOperation('works on a dimension that is no axis of the window')
        width, stride = kernel[dimension - 1], strides[dimension]
        size = tensor.shape.as_list()[dimension]
        added = same_padding(size, width, stride) if padding == 'SAME' else 0
        geometry = state.axes[axis].transpose_convolve(size, width, stride, added)
        state = state.with_axis(axis, geometry)
    return state


@rule('SpaceToBatchND')
def _space_to_batch(tensor: Any, inputs: Sequence[Any], states: States) -> State:
    state = only_first(states)
    blocks, paddings = constant_of(inputs[1]), constant_of(inputs[2])
    for position, block in enumerate(blocks):
        axis = state.axis_of(1 + position)
        if axis is None:
            raise UnknownOperation('works on a dimension that is no axis of the window')
        geometry = state.axes[axis]
        low, high = paddings[2 * position : 2 * position + 2]
        size = geometry.size + (low + high) * geometry.fold
        state = state.with_axis(axis, geometry.shift(size, -low).folded(block))
    return state


@rule('BatchToSpaceND')
def _batch_to_space(tensor: Any, inputs: Sequence[Any], states: States) -> State:
    state = only_first(states)
    blocks, crops = constant_of(inputs[1]), constant_of(inputs[2])
    # a batch repeated block by block makes every sample a block of equal ones
    repeated = state.repeats > 1 and state.repeats == int(np.prod(blocks))
    state = state._replace(repeats=1)
    for position, block in enumerate(blocks):
        axis = state.axis_of(1 + position)
        if axis is None or (not repeated and state.axes[axis].fold % block):
            raise UnknownOperation('works on a dimension that is no axis of the window')
        low, high = crops[2 * position : 2 * position + 2]
        geometry = state.axes[axis]
        geometry = geometry.enlarge(block, False) if repeated else geometry.unfolded(block)
        size = geometry.size - (low + high) * geometry.fold
        state = state.with_axis(axis, geometry.shift(size, low))
    return state


@rule('Pad', 'PadV2', 'MirrorPad')
def _pad(tensor: Any, inputs: Sequence[Any], states: States) -> State:
    state, amounts = only_first(states), constant_of(inputs[1])
    for dimension in range(len(state.dimensions)):
        low, high = amounts[2 * dimension : 2 * dimension + 2]
        axis = state.axis_of(dimension)
        if axis is not None and (low or high):
            geometry = state.axes[axis]
            size = geometry.size + (low + high) * geometry.fold
            state = state.with_axis(axis, geometry.shift(size, -low))
    return state


@rule('Slice')
def _slice(tensor: Any, inputs: Sequence[Any], states: States) -> State:
    return _sliced(tensor, only_first(states), constant_of(inputs[1]))


def _sliced(tensor: Any, state: State, starts: Sequence[int], steps: Any = None) -> State:
    for dimension, start in enumerate(starts):
        axis = state.axis_of(dimension)
        if axis is not None:
            geometry = state.axes[axis]
            size = tensor.shape.as_list()[dimension] * geometry.fold
            step = steps[dimension] if steps else 1
            if step < 1 or (step > 1 and geometry.fold > 1):
                raise UnknownOperation('takes samples in steps of {}'.format(step))
            state = state.with_axis(axis, geometry.shift(size, start, step))
    return state


@rule('StridedSlice')
def _strided_slice(tensor: Any, inputs: Sequence[Any], states: States) -> State:
    state = only_first(states)
    masks = {
        name: tensor.op.get_attr(name + '_mask')
        for name in ('begin', 'end', 'ellipsis', 'new_axis', 'shrink_axis')
    }
    if masks['new_axis'] or masks['shrink_axis']:
        raise UnknownOperation('takes away or adds dimensions')
    begins, steps = constant_of(inputs[1]), constant_of(inputs[3])
    rank = len(state.dimensions)
    starts, strides = [0] * rank, [1] * rank
    ellipsis = [k for k in range(len(begins)) if masks['ellipsis'] >> k & 1]
    for position, (begin, step) in enumerate(zip(begins, steps)):
        if position in ellipsis:
            continue
        behind = bool(ellipsis) and position > ellipsis[0]
        dimension = rank - len(begins) + position if behind else position
        strides[dimension] = step
        if not masks['begin'] >> position & 1:
            size = inputs[0].shape.as_list()[dimension]
            starts[dimension] = begin + size if begin < 0 and size else begin
            if begin < 0 and state.axis_of(dimension) is not None:
                state = state.because('it counts voxels from the upper end of the window')
    return _sliced(tensor, state, starts, strides)


@rule('Mean', 'Sum', 'Max', 'Min', 'Prod', 'ArgMax', 'ArgMin', 'All', 'Any')
def _reduction(tensor: Any, inputs: Sequence[Any], states: States) -> State:
    state, rank = only_first(states), len(only_first(states).dimensions)
    reduced = {each % rank for each in constant_of(inputs[1])}
    keeps = tensor.op.type not in ('ArgMax', 'ArgMin') and tensor.op.get_attr('keep_dims')
    dimensions, reason = [], None
    for dimension, roles in enumerate(state.dimensions):
        if dimension in reduced:
            for role in roles:
                if role != CHANNELS:
                    reason = WHOLE_WINDOW
                if isinstance(role, int):
                    state = state.with_axis(role, state.axes[role].spanning(state.axes[role].fold))
            if not keeps:
                continue
        dimensions.append(roles)
    state = state._replace(dimensions=tuple(dimensions))
    return state.because(reason) if reason else state


@rule('MatMul')
def _fully_connected(tensor: Any, inputs: Sequence[Any], states: States) -> State:
    state, operation = only_first(states), tensor.op
    if operation.get_attr('transpose_a'):
        raise UnknownOperation('multiplies in a way that is not known')
    reason = None
    for role in state.dimensions[-1]:
        if isinstance(role, int):
            reason = WHOLE_WINDOW
            state = state.with_axis(role, state.axes[role].spanning(state.axes[role].fold))
    state = state._replace(dimensions=state.dimensions[:-1] + ((CHANNELS,),))
    return state.because(reason) if reason else state
