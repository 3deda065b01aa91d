# -*- coding: utf-8 -*-
"""
Operations that cut samples out of a window.
"""

from typing import List, NamedTuple, Optional, Sequence

from niftynet_activations.geometry.rules.registry import (
    States,
    UnknownOperation,
    constant_of,
    only_first,
    rule,
)
from niftynet_activations.geometry.state import BATCH, CHANNELS, State
from niftynet_activations.hints import Operation, Tensor

BEGIN, SHRINK = 'begin', 'shrink_axis'


class Cut(NamedTuple):
    """What a strided slice does along one dimension."""

    item: Optional[int]  # number of the index in the brackets; None for a dimension taken whole
    dimension: Optional[int]  # before the slice; None for a new one
    # BEGIN where the index gives the first sample; SHRINK where it picks a single sample, so that
    # the dimension disappears; else empty
    kind: str


@rule('Slice')
def _slice(tensor: Tensor, inputs: Sequence[Tensor], states: States) -> State:
    before, sizes = inputs[0].shape.as_list(), tensor.shape.as_list()
    return _sliced(only_first(states), before, sizes, constant_of(inputs[1]))


def _sliced(
    state: State,
    before: Sequence[int],
    sizes: Sequence[int],
    starts: Sequence[int],
    steps: Optional[Sequence[int]] = None,
) -> State:
    """
    :param state: before
    :param before: its dimensions' sizes
    :param sizes: of the same dimensions afterwards
    :param starts: first samples
    :param steps: 1 where not given
    :return: afterwards
    """
    for dimension, start in enumerate(starts):
        if state.dimensions[dimension] == (BATCH,) and sizes[dimension] != before[dimension]:
            raise UnknownOperation('takes a part of the batch')
        axis = state.axis_of(dimension)
        if axis is not None:
            geometry = state.axes[axis]
            if sizes[dimension] is None:
                raise UnknownOperation('leaves a size that is not fixed in the graph')
            size = sizes[dimension] * geometry.fold
            step = steps[dimension] if steps else 1
            if step < 1 or (step > 1 and geometry.fold > 1):
                raise UnknownOperation('takes samples in steps of {}'.format(step))
            state = state.with_axis(axis, geometry.shift(size, start, step))
    return state


@rule('StridedSlice')
def _strided_slice(tensor: Tensor, inputs: Sequence[Tensor], states: States) -> State:
    state = only_first(states)
    begins, steps = constant_of(inputs[1]), constant_of(inputs[3])
    before, rank = inputs[0].shape.as_list(), len(state.dimensions)
    cuts = _cuts(tensor.op, len(begins), rank)
    starts, strides = [0] * rank, [1] * rank
    for item, dimension, kind in cuts:
        if dimension is None or item is None:
            continue
        if kind == SHRINK and state.dimensions[dimension] not in ((), (CHANNELS,)):
            raise UnknownOperation('takes a single sample of an axis')
        strides[dimension] = steps[item]
        if kind == BEGIN:
            begin, size = begins[item], before[dimension]
            starts[dimension] = begin + size if begin < 0 and size else begin
            if begin < 0 and state.axis_of(dimension) is not None:
                state = state.because('it counts voxels from the upper end of the window')
    kept = [cut.dimension for cut in cuts if cut.kind != SHRINK]
    sizes = list(before)
    for place, dimension in enumerate(kept):
        if dimension is not None:
            sizes[dimension] = tensor.shape.as_list()[place]
    state = _sliced(state, before, sizes, starts, strides)
    return state.arranged([() if each is None else state.dimensions[each] for each in kept])


def _cuts(operation: Operation, count: int, rank: int) -> List[Cut]:
    """
    :param operation: a strided slice
    :param count: how many indices stand in its brackets
    :param rank: dimensions of the tensor that is sliced
    :return: one for each dimension before the slice and for each new one, in order
    """
    masks = {
        name: operation.get_attr(name + '_mask') for name in (BEGIN, 'ellipsis', 'new_axis', SHRINK)
    }

    def has(name: str, item: int) -> bool:
        return bool(masks[name] >> item & 1)

    unnamed = rank - sum(not has('ellipsis', k) and not has('new_axis', k) for k in range(count))
    found: List[Cut] = []
    dimension = 0
    for item in range(count):
        if has('ellipsis', item):
            found += [Cut(None, dimension + k, '') for k in range(unnamed)]
            dimension += unnamed
        elif has('new_axis', item):
            found.append(Cut(item, None, ''))
        else:
            kind = '' if has(BEGIN, item) else BEGIN
            found.append(Cut(item, dimension, SHRINK if has(SHRINK, item) else kind))
            dimension += 1
    return found + [Cut(None, each, '') for each in range(dimension, rank)]
