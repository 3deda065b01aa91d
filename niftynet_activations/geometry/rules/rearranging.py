# -*- coding: utf-8 -*-
"""
Operations that turn, split or join the dimensions of a tensor, and leave the samples as they are.
"""

from typing import Dict, List, Sequence, Tuple

import numpy as np

from niftynet_activations.geometry.resized import enlarge
from niftynet_activations.geometry.rules.registry import (
    States,
    UnknownOperation,
    constant_of,
    only_first,
    rule,
)
from niftynet_activations.geometry.state import BATCH, CHANNELS, Role, Roles, State
from niftynet_activations.hints import Tensor

STACKED = 'stacked'  # in the place of a role, for a dimension in which tensors lie side by side


@rule('Transpose')
def _transpose(tensor: Tensor, inputs: Sequence[Tensor], states: States) -> State:
    state, order = only_first(states), constant_of(inputs[1])
    return state._replace(dimensions=tuple(state.dimensions[each] for each in order))


@rule('ExpandDims')
def _expand_dims(tensor: Tensor, inputs: Sequence[Tensor], states: States) -> State:
    state = only_first(states)
    position = constant_of(inputs[1])[0] % (len(state.dimensions) + 1)
    dimensions = state.dimensions[:position] + ((),) + state.dimensions[position:]
    return state.arranged(dimensions)


@rule('Squeeze')
def _squeeze(tensor: Tensor, inputs: Sequence[Tensor], states: States) -> State:
    state, before = only_first(states), inputs[0].shape.as_list()
    squeezed = [each % len(before) for each in tensor.op.get_attr('squeeze_dims')]
    squeezed = squeezed or [dimension for dimension, size in enumerate(before) if size == 1]
    kept = [roles for each, roles in enumerate(state.dimensions) if each not in squeezed]
    return state._replace(dimensions=tuple(kept))


@rule('Reshape')
def _reshape(tensor: Tensor, inputs: Sequence[Tensor], states: States) -> State:
    state = only_first(states)
    before, after = inputs[0].shape.as_list(), tensor.shape.as_list()
    if before.count(None) or after.count(None):
        raise UnknownOperation('has sizes that are not fixed in the graph')
    left = _parts(state, before)
    parted = sum(CHANNELS in roles for roles in state.dimensions) > 1
    dimensions: List[Roles] = []
    for position, size in enumerate(after):
        taken = _take(left, size, len(after) - position - 1)
        roles = _unstacked(_once([role for role, _ in taken]))
        if parted and len(roles) == 2 and isinstance(roles[0], int) and roles[1] == CHANNELS:
            # channels that a voxel is filled with become samples of its axis
            factor = int(np.prod([count for role, count in taken if role == CHANNELS]))
            state = _filled(state, roles[0], factor)
            roles = roles[:1]
        dimensions.append(tuple(roles))
    if any(count > 1 for _, count in left):
        raise UnknownOperation('rearranges samples in a way that is not known')
    return state._replace(dimensions=tuple(dimensions))


def _parts(state: State, shape: Sequence[int]) -> List[Tuple[Role, int]]:
    """Roles and their sizes, in the order in which they lie in memory."""
    sizes = _sizes_of_roles(state, shape)
    parts = []
    for roles, size in zip(state.dimensions, shape):
        parts += [(role, size if len(roles) == 1 else sizes[role]) for role in roles]
        if not roles and size > 1:
            parts.append((STACKED, size))
    return parts


def _unstacked(roles: List[Role]) -> List[Role]:
    """The roles without that of tensors which were stacked, a dimension of their own."""
    if STACKED in roles and len(roles) > 1:
        raise UnknownOperation('joins stacked tensors with samples in one dimension')
    return [role for role in roles if role != STACKED]


def _take(left: List[Tuple[Role, int]], size: int, dimensions_after: int) -> List[Tuple[Role, int]]:
    """
    Take from the front of the list what makes up one dimension; channels may be parted.

    :param left: roles and sizes; those that are taken are removed
    :param size: of the dimension
    :param dimensions_after: how many dimensions still follow
    :return: what was taken
    :raises UnknownOperation: if nothing makes up that size
    """
    taken: List[Tuple[Role, int]] = []
    product = 1
    while left:
        single = left[0][1] == 1 and (len(left) > dimensions_after or (size == 1 and not taken))
        if product >= size and not single:
            break
        role, count = left.pop(0)
        wanted = size // product
        if role == CHANNELS and count > wanted and count % wanted == 0:
            left.insert(0, (role, count // wanted))
            count = wanted
        product *= count
        taken.append((role, count))
    if product != size:
        raise UnknownOperation('rearranges samples in a way that is not known')
    return taken


def _once(roles: Sequence[Role]) -> List[Role]:
    """The roles, with neighbours of the same role taken as one."""
    return [role for place, role in enumerate(roles) if place == 0 or roles[place - 1] != role]


def _filled(state: State, axis: int, factor: int) -> State:
    if state.axes[axis].fold > 1:
        raise UnknownOperation('fills voxels inside a dilated block')
    return state.with_axis(axis, enlarge(state.axes[axis], factor, False))


def _sizes_of_roles(state: State, shape: Sequence[int]) -> Dict[Role, int]:
    sizes: Dict[Role, int] = {
        axis: geometry.size // geometry.fold for axis, geometry in state.axes.items()
    }
    for role in (BATCH, CHANNELS):
        for roles, size in zip(state.dimensions, shape):
            if role in roles:
                others = [sizes[each] for each in roles if each in sizes]
                sizes[role] = size // int(np.prod(others)) if others else size
    return sizes


@rule('Tile')
def _tile(tensor: Tensor, inputs: Sequence[Tensor], states: States) -> State:
    state = only_first(states)
    for dimension, times in enumerate(constant_of(inputs[1])):
        if state.dimensions[dimension] == (BATCH,):
            state = state._replace(repeats=state.repeats * times)
        axis = state.axis_of(dimension)
        if axis is not None and times > 1:
            geometry = state.axes[axis]
            if geometry.size > geometry.fold:
                raise UnknownOperation('repeats the window')
            state = state.with_axis(axis, geometry.spread(times * geometry.fold))
    return state


@rule('Split', 'SplitV', 'Unpack')
def _split(tensor: Tensor, inputs: Sequence[Tensor], states: States) -> State:
    if tensor.op.type == 'Unpack':
        return _unpacked(tensor, only_first(states))
    position = 0 if tensor.op.type == 'Split' else 2
    state = states[1] if tensor.op.type == 'Split' else states[0]
    if state is None:
        raise UnknownOperation('takes the image where a constant was expected')
    _check_dimension(state, constant_of(inputs[position])[0] % len(state.dimensions))
    return state


def _check_dimension(state: State, dimension: int) -> None:
    """Cutting channels into parts leaves the samples as they are."""
    if state.axis_of(dimension) is not None:
        raise UnknownOperation('cuts the window into parts')
    if BATCH in state.dimensions[dimension] and state.blocks:
        raise UnknownOperation('cuts the batch of a dilated block into parts')


@rule('GatherV2', 'Gather')
def _gather(tensor: Tensor, inputs: Sequence[Tensor], states: States) -> State:
    state = only_first(states)
    axis = constant_of(inputs[2])[0] if tensor.op.type == 'GatherV2' else 0
    dimension = axis % len(state.dimensions)
    if state.dimensions[dimension] not in ((), (CHANNELS,)) or inputs[1].shape.ndims != 1:
        raise UnknownOperation('picks samples one by one')
    return state


def _unpacked(tensor: Tensor, state: State) -> State:
    dimension = tensor.op.get_attr('axis') % len(state.dimensions)
    _check_dimension(state, dimension)
    left = state.dimensions[:dimension] + state.dimensions[dimension + 1 :]
    return state._replace(dimensions=left)
