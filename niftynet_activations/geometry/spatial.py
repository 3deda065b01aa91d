# -*- coding: utf-8 -*-
"""
TensorFlow's operations that look at neighbouring samples, or change where samples lie.

Each function takes the operation (a :class:`niftynet_activations.geometry.node.Node`) and the
traces of what goes into it, and gives the trace of what comes out.
"""

from typing import Callable, Dict, List, Optional, Sequence, Tuple

import numpy as np

from niftynet_activations.geometry.dimensions import BATCH, UnknownOperation, has_batch, size_of
from niftynet_activations.geometry.meetings import take_apart
from niftynet_activations.geometry.node import Node
from niftynet_activations.geometry.trace import (
    Sources,
    Trace,
    axis_at,
    change_axis,
    merged,
    on_parts,
    only_at,
    resolved,
    woven,
)
from niftynet_activations.geometry.transitions import (
    convolve,
    cut,
    is_whole_ratio,
    pad,
    repeat,
    resize_linear,
    resize_nearest,
    transpose_convolve,
)

RATIO = 'ratio'


def convolution(node: Node, sources: Sources) -> Trace:
    """Conv2D, Conv3D and their like; the kernel's size is enough."""
    trace = resolved(only_at(sources, 0))
    positions = _spatial_positions(node)
    kernel = node.input_shape(1)
    strides, dilations = node.attribute('strides'), node.attribute('dilations')
    for step, position in enumerate(positions):
        number = axis_at(trace, position)
        if number is not None:
            options = (_known(kernel[step]), strides[position], (dilations or [1] * 9)[position])
            trace = _convolve(trace, number, node, position, options)
    return trace


def pooling(node: Node, sources: Sources) -> Trace:
    """MaxPool, AvgPool and their three-dimensional forms."""
    trace = resolved(only_at(sources, 0))
    size, strides = node.attribute('ksize'), node.attribute('strides')
    for position in _spatial_positions(node):
        number = axis_at(trace, position)
        if number is not None:
            trace = _convolve(trace, number, node, position, (size[position], strides[position], 1))
    return trace


def transposed_convolution(node: Node, sources: Sources) -> Trace:
    """The gradients of convolutions, which ``conv3d_transpose`` and its like are made of."""
    trace = resolved(only_at(sources, 2))
    kernel, strides = node.input_shape(1), node.attribute('strides')
    padding = node.attribute('padding')
    if padding not in ('SAME', 'VALID') or any(d != 1 for d in node.attribute('dilations') or ()):
        raise UnknownOperation('is a transposed convolution of an unusual kind')
    for step, position in enumerate(_spatial_positions(node)):
        number = axis_at(trace, position)
        if number is not None:
            size = _known(node.output_shape[position])
            options = (_known(kernel[step]), strides[position], size, padding)
            trace = change_axis(trace, number, transpose_convolve, *options)
    return trace


def space_to_batch(node: Node, sources: Sources) -> Trace:
    """SpaceToBatchND, which NiftyNet and TensorFlow dilate with."""
    trace = resolved(only_at(sources, 0))
    block, paddings = node.constant(1), node.constant(2)
    blocks = _by_axis(trace, [int(factor) for factor in block], 1)
    below = _by_axis(trace, [int(row[0]) for row in paddings], 0)
    above = _by_axis(trace, [int(row[1]) for row in paddings], 0)
    parts = tuple(
        on_parts(axis, take_apart, blocks[number], below[number], above[number])
        for number, axis in enumerate(trace.axes)
    )
    trace = trace._replace(axes=parts, stack=trace.stack + ((blocks[0], blocks[1], blocks[2]),))
    return _resized_dimensions(trace, node)


def batch_to_space(node: Node, sources: Sources) -> Trace:
    """BatchToSpaceND, behind a SpaceToBatchND or, to repeat samples, behind a Tile."""
    trace = only_at(sources, 0)
    blocks = _by_axis(trace, [int(factor) for factor in node.constant(1)], 1)
    below = _by_axis(trace, [int(row[0]) for row in node.constant(2)], 0)
    above = _by_axis(trace, [int(row[1]) for row in node.constant(2)], 0)
    inner = trace.stack[-1] if trace.stack else None
    if inner == tuple(blocks):
        axes = woven(trace, below, above)
    elif inner == int(np.prod(blocks)):
        axes = tuple(
            on_parts(axis, _repeated, blocks[number], below[number], above[number])
            for number, axis in enumerate(trace.axes)
        )
    else:
        raise UnknownOperation('moves the batch into space')
    return _resized_dimensions(trace._replace(axes=axes, stack=trace.stack[:-1]), node)


def padding(node: Node, sources: Sources) -> Trace:
    """Pad, PadV2, MirrorPad."""
    trace = resolved(only_at(sources, 0))
    for position, (below, above) in enumerate(node.constant(1)):
        if (below or above) and has_batch(trace.dimensions[position]):
            raise UnknownOperation('pads the batch')
        number = axis_at(trace, position) if below or above else None
        if number is not None:
            trace = change_axis(trace, number, pad, int(below), int(above))
    return trace


def slicing(node: Node, sources: Sources) -> Trace:
    """Slice."""
    trace = resolved(only_at(sources, 0))
    for position, begin in enumerate(node.constant(1)):
        trace = cut_at(trace, position, int(begin), node.output_shape[position], 1)
    return trace


def cut_at(trace: Trace, position: int, begin: int, size: Optional[int], step: int) -> Trace:
    """
    :return: the trace after taking ``size`` entries of a dimension; other than of an axis of space
        it is no matter of geometry
    """
    dimension = trace.dimensions[position]
    if has_batch(dimension) or size is None or size_of(dimension) == size:
        return trace
    number = axis_at(trace, position)
    if number is None:
        return trace
    return change_axis(trace, number, cut, begin, size, step)


def resizing(node: Node, sources: Sources) -> Trace:
    """ResizeBilinear and ResizeNearestNeighbor, of dimensions 1 and 2."""
    trace = resolved(only_at(sources, 0))
    linear, shape = node.type == 'ResizeBilinear', node.input_shape(0)
    corners = bool(node.attribute('align_corners'))
    half_pixels = bool(node.attribute('half_pixel_centers'))
    for position in (1, 2):
        number = axis_at(trace, position)
        before, after = (_known(each) for each in (shape[position], node.output_shape[position]))
        if number is None or before == after:
            continue
        if not linear and (corners or _rounds_badly(before, after, half_pixels)):
            raise UnknownOperation('resizes from {} to {}'.format(before, after))
        if corners or not is_whole_ratio(before, after):
            trace = trace._replace(
                reasons=merged(trace.reasons, (_ratio_reason(node, before, after),))
            )
        if linear:
            trace = change_axis(trace, number, resize_linear, after, half_pixels, corners)
        else:
            trace = change_axis(trace, number, resize_nearest, after, half_pixels)
    return trace


def depth_to_space(node: Node, sources: Sources) -> Trace:
    """DepthToSpace: a sample's channels become neighbours."""
    trace = resolved(only_at(sources, 0))
    factor = node.attribute('block_size')
    for position in _spatial_positions(node):
        number = axis_at(trace, position)
        if number is None:
            raise UnknownOperation('moves channels into a dimension that is not space')
        trace = change_axis(trace, number, repeat, factor)
    return trace


def periodic_resampling(node: Node, sources: Sources) -> Trace:
    """PeriodicResample, the subpixel layer's: as DepthToSpace, any factor for each axis."""
    trace = resolved(only_at(sources, 0))
    for position in range(1, len(trace.dimensions) - 1):
        before, after = size_of(trace.dimensions[position]), _known(node.output_shape[position])
        number = axis_at(trace, position)
        if number is None or before is None or after % before:
            raise UnknownOperation('moves channels into space in an uncommon way')
        trace = change_axis(trace, number, repeat, after // before)
    return trace


def space_to_depth(node: Node, sources: Sources) -> Trace:
    """SpaceToDepth: neighbours become channels."""
    trace = resolved(only_at(sources, 0))
    factor = node.attribute('block_size')
    for position in _spatial_positions(node):
        number = axis_at(trace, position)
        if number is None:
            raise UnknownOperation('moves a dimension that is not space into channels')
        trace = change_axis(trace, number, convolve, factor, factor, 1, 'VALID')
    return trace


def _convolve(
    trace: Trace, number: int, node: Node, position: int, options: Tuple[int, int, int]
) -> Trace:
    padding_name = node.attribute('padding')
    pads = None
    if padding_name == 'EXPLICIT':
        explicit = node.attribute('explicit_paddings')
        pads = (explicit[2 * position], explicit[2 * position + 1])
    return change_axis(
        trace, number, lambda axis: convolve(axis, *(options + (padding_name, pads)))
    )


def _spatial_positions(node: Node) -> List[int]:
    rank = len(node.output_shape)
    layout = node.attribute('data_format') or 'NHWC'
    if layout not in ('NHWC', 'NDHWC', 'NCHW', 'NCDHW'):
        raise UnknownOperation("has its data in the layout '{}'".format(layout))
    start = 1 if layout.endswith('C') else 2
    return list(range(start, start + rank - 2))


def _by_axis(trace: Trace, values: Sequence[int], neutral: int) -> List[int]:
    """Values of dimensions 1, 2, ... put in the order of the axes of space."""
    found = [neutral] * 3
    for position, value in enumerate(values, 1):
        number = axis_at(trace, position)
        if number is not None:
            found[number] = value
        elif value != neutral:
            raise UnknownOperation('moves a dimension that is not space into the batch')
    return found


def _resized_dimensions(trace: Trace, node: Node) -> Trace:
    for number in range(3):
        trace = change_axis(trace, number, lambda axis: axis)
    batch = tuple(
        factor._replace(size=node.output_shape[0]) if factor.role == BATCH else factor
        for factor in trace.dimensions[0]
    )
    return trace._replace(dimensions=(batch,) + trace.dimensions[1:])


def _repeated(axis, factor: int, below: int, above: int):
    longer = repeat(axis, factor)
    return cut(longer, below, longer.size - below - above)


def _known(size) -> int:
    if size is None:
        raise UnknownOperation('has a size that is not fixed in the graph')
    return int(size)


def _rounds_badly(before: int, after: int, half_pixels: bool) -> bool:
    """TensorFlow multiplies in float32: make sure that this hits the same samples."""
    middle = 0.5 if half_pixels else 0.0
    place = (np.arange(after, dtype=np.float32) + np.float32(middle)) * np.float32(before / after)
    doubled = (2 * np.arange(after) + int(2 * middle)) * before // (2 * after)
    return not np.array_equal(np.floor(place).astype(int), doubled)


def _ratio_reason(node: Node, before: int, after: int) -> Tuple[str, str]:
    return RATIO, "operation '{}' resizes from {} to {} samples, no whole ratio".format(
        node.name, before, after
    )


HANDLERS: Dict[str, Callable[[Node, Sources], Trace]] = {
    'Conv2D': convolution,
    'Conv3D': convolution,
    'DepthwiseConv2dNative': convolution,
    'Conv2DBackpropInput': transposed_convolution,
    'Conv3DBackpropInputV2': transposed_convolution,
    'MaxPool': pooling,
    'MaxPool3D': pooling,
    'AvgPool': pooling,
    'AvgPool3D': pooling,
    'SpaceToBatchND': space_to_batch,
    'BatchToSpaceND': batch_to_space,
    'Pad': padding,
    'PadV2': padding,
    'MirrorPad': padding,
    'Slice': slicing,
    'ResizeBilinear': resizing,
    'ResizeNearestNeighbor': resizing,
    'DepthToSpace': depth_to_space,
    'PeriodicResample': periodic_resampling,
    'SpaceToDepth': space_to_depth,
}
