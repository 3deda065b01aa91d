# -*- coding: utf-8 -*-
"""
What TensorFlow's operations do to the geometry of their input: one rule a kind of operation.

A rule takes the output tensor, the input tensors and their states (None for those that do not
depend on the image), and returns the state of the output. It raises :class:`UnknownOperation`
where it cannot tell; nothing is guessed.
"""

from typing import Any, Callable, Dict, List, Optional, Sequence, Tuple

import niftynet  # noqa: F401  before tensorflow, so that it is what NiftyNet sees
import numpy as np
import tensorflow as tf

from niftynet_activations.geometry.axis import meet, same_padding
from niftynet_activations.geometry.state import BATCH, CHANNELS, Role, Roles, State

States = Sequence[Optional[State]]
Rule = Callable[[Any, Sequence[Any], States], State]


class UnknownOperation(Exception):
    """An operation whose effect on the geometry is not known."""


RULES: Dict[str, Rule] = {}
WHOLE_WINDOW = 'it takes a value over the whole window'


def _rule(*types: str) -> Callable[[Rule], Rule]:
    def register(rule: Rule) -> Rule:
        RULES.update({each: rule for each in types})
        return rule

    return register


def _constant(tensor: Any) -> List[int]:
    value = tf.get_static_value(tensor)
    if value is None:
        raise UnknownOperation('takes numbers that are not fixed in the graph')
    return [int(each) for each in np.ravel(value)]


def _first(states: States) -> State:
    if states[0] is None:
        raise UnknownOperation('takes the image where a constant was expected')
    return states[0]


@_rule(
    *(
        'Identity IdentityN StopGradient Relu Relu6 Elu Selu Softplus Softsign LeakyRelu Sigmoid '
        'Tanh Abs Neg Exp Log Log1p Sqrt Rsqrt Square Sign Cast Softmax LogSoftmax BiasAdd '
        'Reciprocal Inv Floor Ceil Round CheckNumerics PlaceholderWithDefault IsNan IsFinite Erf '
        'FusedBatchNorm FusedBatchNormV2 FusedBatchNormV3 OnesLike ZerosLike'
    ).split()
)
def _same(tensor: Any, inputs: Sequence[Any], states: States) -> State:
    state = _first(states)
    if tensor.op.type.startswith('FusedBatchNorm') and tensor.op.get_attr('is_training'):
        return state.because('batch statistics of the window are used')
    return state


@_rule(
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
    if tensor.op.type == 'Pack':
        # the tensors meet sample by sample, and lie in a dimension of their own afterwards
        position = tensor.op.get_attr('axis') % rank
        return _met(largest, known)._replace(
            dimensions=largest.dimensions[:position] + ((),) + largest.dimensions[position:]
        )
    if len(largest.dimensions) != rank:
        raise UnknownOperation('joins tensors in a way that is not known')
    aligned = [state for state in known if _places(state) == _places(largest)]
    if (
        tensor.op.type == 'ConcatV2'
        and largest.axis_of(_constant(inputs[-1])[0] % rank) is not None
    ):
        raise UnknownOperation('joins windows side by side')
    if len(aligned) < len(known):
        # a branch of fewer dimensions is spread over the others: it tells of the window as a whole
        return _spanning(largest)
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


def _spanning(state: State) -> State:
    for axis, geometry in state.axes.items():
        state = state.with_axis(axis, geometry.spanning(geometry.size))
    return state


@_rule('Conv2D', 'Conv3D', 'MaxPool', 'MaxPool3D', 'AvgPool', 'AvgPool3D', 'DepthwiseConv2dNative')
def _convolution(tensor: Any, inputs: Sequence[Any], states: States) -> State:
    state, operation = _first(states), tensor.op
    _check_format(operation)
    strides = operation.get_attr('strides')
    pooling = 'Pool' in operation.type
    kernel = operation.get_attr('ksize')[1:-1] if pooling else inputs[1].shape.as_list()
    dilations = [1] * len(strides) if pooling else operation.get_attr('dilations')
    padding = _text(operation.get_attr('padding'))
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


def _check_format(operation: Any) -> None:
    if _text(operation.get_attr('data_format')) not in ('NHWC', 'NDHWC'):
        raise UnknownOperation('has its channels first')


def _text(value: Any) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)


@_rule('Conv2DBackpropInput', 'Conv3DBackpropInputV2')
def _transposed_convolution(tensor: Any, inputs: Sequence[Any], states: States) -> State:
    state, operation = states[2], tensor.op
    if state is None:
        raise UnknownOperation('takes the image where a constant was expected')
    _check_format(operation)
    strides, kernel = operation.get_attr('strides'), inputs[1].shape.as_list()
    padding = _text(operation.get_attr('padding'))
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


@_rule('SpaceToBatchND')
def _space_to_batch(tensor: Any, inputs: Sequence[Any], states: States) -> State:
    state = _first(states)
    blocks, paddings = _constant(inputs[1]), _constant(inputs[2])
    for position, block in enumerate(blocks):
        axis = state.axis_of(1 + position)
        if axis is None:
            raise UnknownOperation('works on a dimension that is no axis of the window')
        geometry = state.axes[axis]
        low, high = paddings[2 * position : 2 * position + 2]
        size = geometry.size + (low + high) * geometry.fold
        state = state.with_axis(axis, geometry.shift(size, -low).folded(block))
    return state


@_rule('BatchToSpaceND')
def _batch_to_space(tensor: Any, inputs: Sequence[Any], states: States) -> State:
    state = _first(states)
    blocks, crops = _constant(inputs[1]), _constant(inputs[2])
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


@_rule('Pad', 'PadV2', 'MirrorPad')
def _pad(tensor: Any, inputs: Sequence[Any], states: States) -> State:
    state, amounts = _first(states), _constant(inputs[1])
    for dimension in range(len(state.dimensions)):
        low, high = amounts[2 * dimension : 2 * dimension + 2]
        axis = state.axis_of(dimension)
        if axis is not None and (low or high):
            geometry = state.axes[axis]
            size = geometry.size + (low + high) * geometry.fold
            state = state.with_axis(axis, geometry.shift(size, -low))
    return state


@_rule('Slice')
def _slice(tensor: Any, inputs: Sequence[Any], states: States) -> State:
    return _sliced(tensor, _first(states), _constant(inputs[1]))


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


@_rule('StridedSlice')
def _strided_slice(tensor: Any, inputs: Sequence[Any], states: States) -> State:
    state = _first(states)
    masks = {
        name: tensor.op.get_attr(name + '_mask')
        for name in ('begin', 'end', 'ellipsis', 'new_axis', 'shrink_axis')
    }
    if masks['new_axis'] or masks['shrink_axis']:
        raise UnknownOperation('takes away or adds dimensions')
    begins, steps = _constant(inputs[1]), _constant(inputs[3])
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
    return _sliced(tensor, state, starts, strides)


@_rule('Mean', 'Sum', 'Max', 'Min', 'Prod', 'ArgMax', 'ArgMin', 'All', 'Any')
def _reduction(tensor: Any, inputs: Sequence[Any], states: States) -> State:
    state, rank = _first(states), len(_first(states).dimensions)
    reduced = {each % rank for each in _constant(inputs[1])}
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


@_rule('MatMul', 'BatchMatMul', 'BatchMatMulV2')
def _fully_connected(tensor: Any, inputs: Sequence[Any], states: States) -> State:
    state, operation = _first(states), tensor.op
    turned = operation.get_attr('transpose_a' if operation.type == 'MatMul' else 'adj_x')
    if states[1] is not None or turned:
        raise UnknownOperation('multiplies in a way that is not known')
    reason = None
    for role in state.dimensions[-1]:
        if isinstance(role, int):
            reason = WHOLE_WINDOW
            state = state.with_axis(role, state.axes[role].spanning(state.axes[role].fold))
    state = state._replace(dimensions=state.dimensions[:-1] + ((CHANNELS,),))
    return state.because(reason) if reason else state


@_rule('Transpose')
def _transpose(tensor: Any, inputs: Sequence[Any], states: States) -> State:
    state, order = _first(states), _constant(inputs[1])
    return state._replace(dimensions=tuple(state.dimensions[each] for each in order))


@_rule('ExpandDims')
def _expand_dims(tensor: Any, inputs: Sequence[Any], states: States) -> State:
    state = _first(states)
    position = _constant(inputs[1])[0] % (len(state.dimensions) + 1)
    dimensions = state.dimensions[:position] + ((),) + state.dimensions[position:]
    return state._replace(dimensions=dimensions)


@_rule('Squeeze')
def _squeeze(tensor: Any, inputs: Sequence[Any], states: States) -> State:
    state, before = _first(states), inputs[0].shape.as_list()
    squeezed = [each % len(before) for each in tensor.op.get_attr('squeeze_dims')]
    squeezed = squeezed or [dimension for dimension, size in enumerate(before) if size == 1]
    kept = [roles for each, roles in enumerate(state.dimensions) if each not in squeezed]
    return state._replace(dimensions=tuple(kept))


@_rule('Reshape')
def _reshape(tensor: Any, inputs: Sequence[Any], states: States) -> State:
    state = _first(states)
    before, after = inputs[0].shape.as_list(), tensor.shape.as_list()
    if before.count(None) or after.count(None):
        raise UnknownOperation('has sizes that are not fixed in the graph')
    dimensions: List[Roles] = []
    left = _roles_with_sizes(state, before)
    for position, size in enumerate(after):
        taken: List[Any] = []
        product = 1
        rest = after[position + 1 :]
        while left and (product < size or (left[0][1] == 1 and len(left) > len(rest))):
            role, along = left.pop(0)
            if role == CHANNELS and product * along > size and size % product == 0:
                # the channels are taken apart into groups
                group = size // product
                left.insert(0, (role, along // group))
                along = group
            product *= along
            taken.append(role)
        if product != size:
            raise UnknownOperation('rearranges samples in a way that is not known')
        dimensions.append(tuple(taken))
    if any(size > 1 for _, size in left):
        raise UnknownOperation('rearranges samples in a way that is not known')
    return state._replace(dimensions=tuple(_merged_channels(roles) for roles in dimensions))


def _roles_with_sizes(state: State, shape: Sequence[int]) -> List[Tuple[Role, int]]:
    """All roles in the order of the dimensions, each as long as the dimension leaves it."""
    found: List[Tuple[Role, int]] = []
    for roles, size in zip(state.dimensions, shape):
        axes = {role: state.axes[role] for role in roles if isinstance(role, int)}
        lengths = {role: axis.size // axis.fold for role, axis in axes.items()}
        others = int(np.prod(list(lengths.values()))) if lengths else 1
        found.extend((role, lengths.get(role, size // others)) for role in roles)
    return found


def _merged_channels(roles: Roles) -> Roles:
    """Groups of channels that follow each other are channels again."""
    return tuple(
        role for k, role in enumerate(roles) if role != CHANNELS or roles[k - 1 : k] != (CHANNELS,)
    )


@_rule('ResizeBilinear', 'ResizeNearestNeighbor')
def _resize(tensor: Any, inputs: Sequence[Any], states: States) -> State:
    state, operation = _first(states), tensor.op
    linear = operation.type == 'ResizeBilinear'
    if operation.get_attr('align_corners') or operation.get_attr('half_pixel_centers'):
        raise UnknownOperation('resizes with aligned corners or half voxels')
    for dimension in (1, 2):
        before, after = inputs[0].shape.as_list()[dimension], tensor.shape.as_list()[dimension]
        if before == after:
            continue
        axis = state.axis_of(dimension)
        if axis is None or state.axes[axis].fold > 1:
            raise UnknownOperation('works on a dimension that is no axis of the window')
        geometry = state.axes[axis]
        if after % before == 0:
            state = state.with_axis(axis, geometry.enlarge(after // before, linear))
        elif before % after == 0:
            state = state.with_axis(axis, geometry.shift(after, 0, before // after))
        else:
            raise UnknownOperation(
                'resizes {} samples to {}, a ratio that is no whole number'.format(before, after)
            )
    return state


@_rule('Tile')
def _tile(tensor: Any, inputs: Sequence[Any], states: States) -> State:
    state = _first(states)
    for dimension, times in enumerate(_constant(inputs[1])):
        if state.dimensions[dimension] == (BATCH,):
            state = state._replace(repeats=state.repeats * times)
        axis = state.axis_of(dimension)
        if axis is not None and times > 1:
            geometry = state.axes[axis]
            if geometry.size > geometry.fold:
                raise UnknownOperation('repeats the window')
            state = state.with_axis(axis, geometry.spanning(times * geometry.fold))
    return state


@_rule('Split', 'SplitV', 'Unpack')
def _split(tensor: Any, inputs: Sequence[Any], states: States) -> State:
    if tensor.op.type == 'Unpack':
        return _unpacked(tensor, _first(states))
    position = 0 if tensor.op.type == 'Split' else 2
    state = states[1] if tensor.op.type == 'Split' else states[0]
    if state is None:
        raise UnknownOperation('takes the image where a constant was expected')
    if state.axis_of(_constant(inputs[position])[0] % len(state.dimensions)) is not None:
        raise UnknownOperation('cuts the window into parts')
    return state


@_rule('GatherV2', 'Gather')
def _gather(tensor: Any, inputs: Sequence[Any], states: States) -> State:
    state = _first(states)
    axis = _constant(inputs[2])[0] if tensor.op.type == 'GatherV2' else 0
    if state.axis_of(axis % len(state.dimensions)) is not None or inputs[1].shape.ndims != 1:
        raise UnknownOperation('picks samples one by one')
    return state


def _unpacked(tensor: Any, state: State) -> State:
    dimension = tensor.op.get_attr('axis') % len(state.dimensions)
    if state.axis_of(dimension) is not None:
        raise UnknownOperation('cuts the window into parts')
    left = state.dimensions[:dimension] + state.dimensions[dimension + 1 :]
    return state._replace(dimensions=left)
