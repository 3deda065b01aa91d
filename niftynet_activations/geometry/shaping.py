# -*- coding: utf-8 -*-
"""
TensorFlow's operations that put the same samples into other dimensions.

Each function takes the operation and the traces of what goes into it, and gives the trace of what
comes out. Sizes of plain dimensions are set afterwards, from the tensor's own shape.
"""

from typing import Any, Callable, Dict, List, Tuple

from niftynet_activations.geometry.dimensions import (
    BATCH,
    PLAIN,
    Dimensions,
    Factor,
    UnknownOperation,
    axes_in,
    broadcast,
    has_batch,
    plain,
    reshape,
)
from niftynet_activations.geometry.node import Node
from niftynet_activations.geometry.spatial import cut_at
from niftynet_activations.geometry.trace import (
    Sources,
    Trace,
    axis_at,
    join,
    only_at,
    replaced,
    resolved,
)


def reshaping(node: Node, sources: Sources) -> Trace:
    """Reshape."""
    trace = only_at(sources, 0)
    return trace._replace(dimensions=reshape(trace.dimensions, node.output_shape))


def expanding(node: Node, sources: Sources) -> Trace:
    """ExpandDims."""
    trace = only_at(sources, 0)
    place = _place(int(node.constant(1)), len(trace.dimensions) + 1)
    dimensions = trace.dimensions[:place] + (plain(1),) + trace.dimensions[place:]
    return trace._replace(dimensions=dimensions)


def squeezing(node: Node, sources: Sources) -> Trace:
    """Squeeze; an axis of one sample vanishes from the dimensions, not from the geometry."""
    trace = only_at(sources, 0)
    rank = len(trace.dimensions)
    listed = {_place(int(number), rank) for number in node.attribute('squeeze_dims') or ()}
    shape = node.input_shape(0)
    gone = listed or {place for place in range(rank) if shape[place] == 1}
    kept = tuple(each for place, each in enumerate(trace.dimensions) if place not in gone)
    return trace._replace(dimensions=kept)


def transposing(node: Node, sources: Sources) -> Trace:
    """Transpose."""
    trace = only_at(sources, 0)
    order = [int(place) for place in node.constant(1)]
    return trace._replace(dimensions=tuple(trace.dimensions[place] for place in order))


def tiling(node: Node, sources: Sources) -> Trace:
    """Tile: copies along the batch, as batch_to_space repeats samples with, or of channels."""
    trace = only_at(sources, 0)
    for place, times in enumerate(int(number) for number in node.constant(1)):
        dimension = trace.dimensions[place]
        if times == 1:
            continue
        if has_batch(dimension) and not axes_in(dimension):
            trace = trace._replace(
                stack=trace.stack + (times,),
                dimensions=replaced(
                    trace.dimensions, place, (Factor(BATCH, node.output_shape[place]),)
                ),
            )
        elif axes_in(dimension):
            raise UnknownOperation('repeats the whole of an axis of space')
    return trace


def stacking(node: Node, sources: Sources) -> Trace:
    """Pack: tensors side by side along a new dimension."""
    dimensions = broadcast([each.dimensions for each in sources if each is not None])
    place = _place(int(node.attribute('axis')), len(dimensions) + 1)
    dimensions = dimensions[:place] + (plain(len(sources)),) + dimensions[place:]
    return _joined(sources, dimensions)


def unstacking(node: Node, sources: Sources) -> Trace:
    """Unpack: one entry of a dimension."""
    trace = resolved(only_at(sources, 0))
    place = _place(int(node.attribute('axis')), len(trace.dimensions))
    if axis_at(trace, place) is not None:
        raise UnknownOperation('takes an axis of space apart')
    return trace._replace(dimensions=trace.dimensions[:place] + trace.dimensions[place + 1 :])


def concatenating(node: Node, sources: Sources) -> Trace:
    """ConcatV2, of channels."""
    traces = [each for each in sources if each is not None]
    dimensions = broadcast([_with_free_sizes(each.dimensions) for each in traces])
    place = _place(int(node.constant(len(sources) - 1)), len(dimensions))
    if any(axes_in(each.dimensions[place]) for each in traces):
        raise UnknownOperation('joins samples along an axis of space')
    return _joined(sources, dimensions)


def splitting(node: Node, sources: Sources) -> Trace:
    """Split and SplitV, of channels."""
    trace = resolved(only_at(sources, 1 if node.type == 'Split' else 0))
    place = int(node.constant(0 if node.type == 'Split' else 2))
    place = _place(place, len(trace.dimensions))
    if axis_at(trace, place) is not None:
        raise UnknownOperation('splits an axis of space')
    return trace


def striding(node: Node, sources: Sources) -> Trace:
    """StridedSlice, which indexing makes."""
    trace = resolved(only_at(sources, 0))
    kept: List[int] = []  # dimensions of the input that the output still has
    result = trace
    added: List[int] = []
    for place, entry in _entries(node, len(trace.dimensions)):
        if place is None:
            added.append(len(kept) + len(added))
        elif isinstance(entry, slice):
            result = _cut(result, node, place, entry)
            kept.append(place)
        elif axes_in(trace.dimensions[place]):
            raise UnknownOperation('takes one sample of an axis of space')
    dimensions = [result.dimensions[place] for place in kept]
    for place in added:
        dimensions.insert(place, plain(1))
    return result._replace(dimensions=tuple(dimensions))


def gathering(node: Node, sources: Sources) -> Trace:
    """GatherV2, of channels."""
    trace = resolved(only_at(sources, 0))
    place = _place(int(node.constant(2)), len(trace.dimensions))
    if axis_at(trace, place) is not None or len(node.input_shape(1)) > 1:
        raise UnknownOperation('picks samples of an axis of space')
    return trace


def _cut(trace: Trace, node: Node, place: int, entry: slice) -> Trace:
    size = node.input_shape(0)[place]
    if size is None or not axes_in(trace.dimensions[place]):
        return trace
    start, stop, step = entry.indices(size)
    if step < 1:
        raise UnknownOperation('turns an axis of space round')
    return cut_at(trace, place, start, len(range(start, stop, step)), step)


def _entries(node: Node, rank: int) -> List[Tuple[Any, Any]]:
    """The index expression, as (dimension, slice or number); (None, None) for a new dimension."""
    begin, end, steps = [node.constant(number).tolist() for number in (1, 2, 3)]
    masks = {
        name: int(node.attribute(name + '_mask') or 0)
        for name in ('begin', 'end', 'ellipsis', 'new_axis', 'shrink_axis')
    }
    used = sum(1 for i in range(len(begin)) if not (masks['ellipsis'] | masks['new_axis']) >> i & 1)
    entries: List[Tuple[Any, Any]] = []
    place = 0
    for i, step in enumerate(steps):
        if masks['ellipsis'] >> i & 1:
            for _ in range(rank - used):
                entries.append((place, slice(None)))
                place += 1
        elif masks['new_axis'] >> i & 1:
            entries.append((None, None))
        elif masks['shrink_axis'] >> i & 1:
            entries.append((place, begin[i]))
            place += 1
        else:
            low = None if masks['begin'] >> i & 1 else begin[i]
            high = None if masks['end'] >> i & 1 else end[i]
            entries.append((place, slice(low, high, step)))
            place += 1
    return entries + [(rest, slice(None)) for rest in range(place, rank)]


def _with_free_sizes(dimensions: Dimensions) -> Dimensions:
    """Channels may differ in number where tensors are put side by side."""
    return tuple(
        plain(None) if all(factor.role == PLAIN for factor in dimension) else dimension
        for dimension in dimensions
    )


def _joined(sources: Sources, dimensions: Dimensions) -> Trace:
    traces = [each for each in sources if each is not None]
    return traces[0]._replace(axes=join(traces), dimensions=dimensions)


def _place(number: int, rank: int) -> int:
    return number % rank


HANDLERS: Dict[str, Callable[[Node, Sources], Trace]] = {
    'Reshape': reshaping,
    'ExpandDims': expanding,
    'Squeeze': squeezing,
    'Transpose': transposing,
    'Tile': tiling,
    'Pack': stacking,
    'Unpack': unstacking,
    'ConcatV2': concatenating,
    'Split': splitting,
    'SplitV': splitting,
    'StridedSlice': striding,
    'GatherV2': gathering,
}
