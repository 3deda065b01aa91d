# -*- coding: utf-8 -*-
"""
What TensorFlow's operations do to the geometry of their input: those that compute, and those
that extend a window. :mod:`niftynet_activations.geometry.rules.registry` says what a rule is.
"""

from typing import Callable, List, Sequence

import numpy as np

from niftynet_activations.geometry.axis import AxisGeometry, same_padding
from niftynet_activations.geometry.meeting import meet
from niftynet_activations.geometry.resized import enlarge
from niftynet_activations.geometry.rules.even import is_even
from niftynet_activations.geometry.rules.registry import (
    WHOLE_WINDOW,
    States,
    UnknownOperation,
    check_format,
    constant_of,
    only_first,
    rule,
    text_of,
)
from niftynet_activations.geometry.state import BATCH, CHANNELS, Roles, State, spanning
from niftynet_activations.hints import Tensor


@rule(
    *(
        'Identity IdentityN StopGradient Relu Relu6 Elu Selu Softplus Softsign LeakyRelu Sigmoid '
        'Tanh Abs Neg Exp Log Log1p Sqrt Rsqrt Square Sign Cast BiasAdd Reciprocal Inv Floor Ceil '
        'Round CheckNumerics PlaceholderWithDefault IsNan IsFinite Erf Erfc Expm1 Sin Cos Atan '
        'Sinh Cosh Rint LogicalNot FusedBatchNorm FusedBatchNormV2 FusedBatchNormV3 OnesLike '
        'ZerosLike'
    ).split()
)
def _same(tensor: Tensor, inputs: Sequence[Tensor], states: States) -> State:
    if tensor.op.type == 'IdentityN':
        state = states[tensor.value_index]
        return only_first([state])
    state = only_first(states)
    if tensor.op.type.startswith('FusedBatchNorm') and tensor.op.get_attr('is_training'):
        return spanning(state).because('batch statistics of the window are used')
    if len(inputs) > 1:
        state.check_channels()  # biases and normalisations have one number for each channel
    return state


@rule(
    *(
        'Add AddV2 AddN Sub Mul RealDiv Div DivNoNan FloorDiv Maximum Minimum Pow ConcatV2 Select '
        'SquaredDifference SelectV2 Greater GreaterEqual Less LessEqual Equal NotEqual LogicalAnd '
        'LogicalOr FloorMod Pack'
    ).split()
)
def _meeting(tensor: Tensor, inputs: Sequence[Tensor], states: States) -> State:
    known = [state for state in states if state is not None]
    rank = tensor.shape.ndims
    largest = max(known, key=lambda state: (len(state.dimensions), _axes_of(state)))
    largest = largest.because(*_placed_constants(inputs, states, largest))
    # a value common to all windows of the batch is broadcast over them where it meets another
    largest = largest._replace(batched=any(state.batched for state in known))
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
        # a branch of fewer dimensions is broadcast: its values belong to the whole window
        return spanning(largest)
    result = _met(largest, aligned)
    if tensor.op.type == 'ConcatV2' and result.dimensions[-1] == ():
        # single channels that were split off before are joined again
        result = result._replace(dimensions=result.dimensions[:-1] + ((CHANNELS,),))
    return result


def _met(largest: State, states: Sequence[State]) -> State:
    if any((_places(each), each.blocks) != (_places(largest), largest.blocks) for each in states):
        raise UnknownOperation('joins tensors of different dimensions')
    for axis in largest.axes:
        largest = largest.with_axis(axis, meet([state.axes[axis] for state in states]))
    return largest


def _axes_of(state: State) -> int:
    return sum(isinstance(role, int) for roles in state.dimensions for role in roles)


def _places(state: State) -> List[Roles]:
    """The roles of each dimension, channels aside: a single channel may have lost its role."""
    return [tuple(role for role in roles if role != CHANNELS) for roles in state.dimensions]


def _check_joined(state: State, dimension: int) -> None:
    if state.axis_of(dimension) is not None:
        raise UnknownOperation('joins windows side by side')
    if state.dimensions[dimension] == (BATCH,):
        raise UnknownOperation('joins batches')


def _placed_constants(inputs: Sequence[Tensor], states: States, state: State) -> List[str]:
    """Sentences that name constants with a value of their own for each place of the window."""
    reasons = []
    for tensor in (each for each, its in zip(inputs, states) if its is None):
        sizes = tensor.shape.as_list() if tensor.shape.ndims is not None else None
        if sizes is None or len(sizes) > len(state.dimensions):
            raise UnknownOperation('meets numbers of a shape that is not fixed in the graph')
        for back, size in enumerate(reversed(sizes), 1):
            spatial = any(isinstance(role, int) for role in state.dimensions[-back])
            if spatial and size != 1 and not is_even(tensor, -back):
                reasons.append(
                    "the numbers of '{}' belong to places of the window".format(tensor.name)
                )
                break
    return reasons


@rule('Conv2D', 'Conv3D', 'MaxPool', 'MaxPool3D', 'AvgPool', 'AvgPool3D', 'DepthwiseConv2dNative')
def _convolution(tensor: Tensor, inputs: Sequence[Tensor], states: States) -> State:
    state, operation = only_first(states), tensor.op
    check_format(operation)
    state.check_channels()
    strides = operation.get_attr('strides')
    pooling = 'Pool' in operation.type
    kernel = operation.get_attr('ksize')[1:-1] if pooling else inputs[1].shape.as_list()
    dilations = [1] * len(strides) if pooling else operation.get_attr('dilations')
    padding = text_of(operation.get_attr('padding'))
    if padding not in ('SAME', 'VALID', 'EXPLICIT'):
        raise UnknownOperation('pads in the way {}'.format(padding))
    explicit = operation.get_attr('explicit_paddings') if padding == 'EXPLICIT' else []
    for dimension in range(1, len(strides) - 1):
        axis = state.axis_of(dimension)
        if axis is None:
            if kernel[dimension - 1] == 1 and strides[dimension] == 1:
                continue
            raise UnknownOperation('works on a dimension that is no axis of the window')
        width, stride, dilation = kernel[dimension - 1], strides[dimension], dilations[dimension]
        before = inputs[0].shape.as_list()[dimension]
        added = same_padding(before, width, stride, dilation) if padding == 'SAME' else 0
        added = explicit[2 * dimension] if explicit else added
        geometry = state.axes[axis]
        size = tensor.shape.as_list()[dimension] * geometry.fold
        state = state.with_axis(axis, geometry.convolve(size, width, stride, dilation, added))
    return state


@rule('Conv2DBackpropInput', 'Conv3DBackpropInputV2')
def _transposed_convolution(tensor: Tensor, inputs: Sequence[Tensor], states: States) -> State:
    state, operation = states[2], tensor.op
    if state is None:
        raise UnknownOperation('takes the image where a constant was expected')
    check_format(operation)
    state.check_channels()
    strides, kernel = operation.get_attr('strides'), inputs[1].shape.as_list()
    padding = text_of(operation.get_attr('padding'))
    if padding not in ('SAME', 'VALID') or set(operation.get_attr('dilations')) != {1}:
        raise UnknownOperation('pads or dilates in a way that is not known')
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
def _space_to_batch(tensor: Tensor, inputs: Sequence[Tensor], states: States) -> State:
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
    return state._replace(blocks=state.blocks + (tuple(blocks),))


@rule('BatchToSpaceND')
def _batch_to_space(tensor: Tensor, inputs: Sequence[Tensor], states: States) -> State:
    state = only_first(states)
    blocks, crops = constant_of(inputs[1]), constant_of(inputs[2])
    # a batch repeated block by block makes every sample a block of equal ones
    repeated = state.repeats > 1 and state.repeats == int(np.prod(blocks))
    state = state._replace(repeats=1)
    if not repeated:
        # samples come out in order only if the block that began last is the one that ends
        if state.blocks[-1:] != (tuple(blocks),):
            raise UnknownOperation('ends another block than the one that began last')
        state = state._replace(blocks=state.blocks[:-1])
    for position, block in enumerate(blocks):
        axis = state.axis_of(1 + position)
        if axis is None:
            raise UnknownOperation('works on a dimension that is no axis of the window')
        low, high = crops[2 * position : 2 * position + 2]
        geometry = state.axes[axis]
        geometry = enlarge(geometry, block, False) if repeated else geometry.unfolded(block)
        size = geometry.size - (low + high) * geometry.fold
        state = state.with_axis(axis, geometry.shift(size, low))
    return state


@rule('Pad', 'PadV2', 'MirrorPad')
def _pad(tensor: Tensor, inputs: Sequence[Tensor], states: States) -> State:
    state, amounts = only_first(states), constant_of(inputs[1])
    for dimension in range(len(state.dimensions)):
        low, high = amounts[2 * dimension : 2 * dimension + 2]
        axis = state.axis_of(dimension)
        if axis is not None and (low or high):
            geometry = state.axes[axis]
            size = geometry.size + (low + high) * geometry.fold
            state = state.with_axis(axis, geometry.shift(size, -low))
    return state


@rule('Mean', 'Sum', 'Max', 'Min', 'Prod', 'ArgMax', 'ArgMin', 'All', 'Any')
def _reduction(tensor: Tensor, inputs: Sequence[Tensor], states: States) -> State:
    state, rank = only_first(states), len(only_first(states).dimensions)
    reduced = {each % rank for each in constant_of(inputs[1])}
    keeps = tensor.op.type not in ('ArgMax', 'ArgMin') and tensor.op.get_attr('keep_dims')
    dimensions = [
        roles for each, roles in enumerate(state.dimensions) if keeps or each not in reduced
    ]
    for dimension in reduced:
        if BATCH in state.dimensions[dimension]:
            state = state._replace(batched=False)
        state = _over(state, state.dimensions[dimension], AxisGeometry.collapsed)
    return state._replace(dimensions=tuple(dimensions))


def _over(state: State, roles: Roles, then: Callable[[AxisGeometry], AxisGeometry]) -> State:
    """
    The state behind an operation in which each value depends on all of a dimension.

    :param state: before
    :param roles: of that dimension
    :param then: what becomes of the geometry of an axis of the window among them
    :return: the state afterwards, its dimensions as before
    """
    for role in roles:
        if role != CHANNELS:
            state = state.because(WHOLE_WINDOW)
        if isinstance(role, int):
            state = state.with_axis(role, then(state.axes[role]))
    return state


@rule('Softmax', 'LogSoftmax', 'LRN')
def _along_the_last(tensor: Tensor, inputs: Sequence[Tensor], states: States) -> State:
    """Each value depends on all of the last dimension; space may have been turned into it."""
    state = only_first(states)
    return _over(state, state.dimensions[-1], lambda axis: axis.spanning(axis.size))


@rule('MatMul')
def _fully_connected(tensor: Tensor, inputs: Sequence[Tensor], states: States) -> State:
    state, operation = only_first(states), tensor.op
    if operation.get_attr('transpose_a'):
        raise UnknownOperation('multiplies in a way that is not known')
    state = _over(state, state.dimensions[-1], AxisGeometry.collapsed)
    return state._replace(dimensions=state.dimensions[:-1] + ((CHANNELS,),))
