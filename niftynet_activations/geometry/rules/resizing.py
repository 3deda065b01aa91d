# -*- coding: utf-8 -*-
"""
Operations that change how many samples there are without a kernel: resizing, and moving channels
into space.
"""

from typing import Sequence

from niftynet_activations.geometry.resized import enlarge, resample, thin_out
from niftynet_activations.geometry.rules.registry import (
    WHOLE_WINDOW,
    States,
    UnknownOperation,
    check_format,
    only_first,
    rule,
)
from niftynet_activations.geometry.state import State
from niftynet_activations.hints import Operation, Tensor


@rule('ResizeBilinear', 'ResizeNearestNeighbor')
def _resize(tensor: Tensor, inputs: Sequence[Tensor], states: States) -> State:
    state = only_first(states)
    for dimension in (1, 2):
        before, after = (each.shape.as_list()[dimension] for each in (inputs[0], tensor))
        if before != after:
            state = _resized(tensor.op, state, _unfolded_axis(state, dimension), before, after)
    return state


def _resized(operation: Operation, state: State, axis: int, before: int, after: int) -> State:
    geometry = state.axes[axis]
    linear = operation.type == 'ResizeBilinear'
    half = operation.get_attr('half_pixel_centers')
    if before == 1 and (geometry.spans or geometry.stride < after):
        # a single sample is resized to more samples than it was made of: all get the same value
        return state.with_axis(axis, geometry.spread(after)).because(WHOLE_WINDOW)
    reason, steps = 'a ratio that is no whole number', (before, after)
    if operation.get_attr('align_corners') and after > 1:
        reason, steps = 'with aligned corners', (before - 1, after - 1)
    elif after % before == 0 or before % after == 0:
        if after % before == 0:
            return state.with_axis(axis, enlarge(geometry, after // before, linear, half))
        return state.with_axis(axis, thin_out(geometry, after, before // after, linear, half))
    resampled = resample(geometry, after, steps, linear, half)
    return state.with_axis(axis, resampled).because(
        "the operation '{}' ({}) resizes {} samples to {}, {}".format(
            operation.name, operation.type, before, after, reason
        )
    )


def _unfolded_axis(state: State, dimension: int) -> int:
    axis = state.axis_of(dimension)
    if axis is None or state.axes[axis].fold > 1:
        raise UnknownOperation('works on a dimension that is no axis of the window')
    return axis


@rule('DepthToSpace', 'SpaceToDepth')
def _moved_channels(tensor: Tensor, inputs: Sequence[Tensor], states: States) -> State:
    state = only_first(states)
    check_format(tensor.op)
    state.check_channels()
    factor = tensor.op.get_attr('block_size')
    for dimension in (1, 2):
        axis = _unfolded_axis(state, dimension)
        geometry = state.axes[axis]
        if tensor.op.type == 'DepthToSpace':
            geometry = enlarge(geometry, factor, False)
        else:
            geometry = geometry.convolve(tensor.shape.as_list()[dimension], factor, factor)
        state = state.with_axis(axis, geometry)
    return state


@rule('PeriodicResample')
def _periodic_resample(tensor: Tensor, inputs: Sequence[Tensor], states: States) -> State:
    """The operation by which NiftyNet's subpixel layer makes voxels of channels (TensorFlow 1)."""
    state = only_first(states)
    state.check_channels()
    before, after = inputs[0].shape.as_list(), tensor.op.get_attr('shape')
    for dimension in range(1, len(before) - 1):
        size = after.dim[dimension].size
        if size % before[dimension]:
            raise UnknownOperation('fills voxels with parts of others')
        axis = _unfolded_axis(state, dimension)
        factor = size // before[dimension]
        state = state.with_axis(axis, enlarge(state.axes[axis], factor, False))
    return state
