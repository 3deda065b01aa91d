# -*- coding: utf-8 -*-
"""
Read the geometry of a network's layers from its TensorFlow graph.

From each tensor the graph is walked back to the network's input, once for all of them. Each
tensor on the way gets a *trace*: where its samples lie, or why that is not known. Constants and
variables have none. An operation that this package does not know makes everything behind it
unknown and is named; nothing is guessed. The sizes that come out are compared with the graph's
own, so that a wrong rule cannot pass in silence.

A tensor inside a dilated block counts as the tensor that ``batch_to_space`` makes of it, with the
block's own shape and nothing cropped.
"""

from typing import Any, Dict, Iterable, List, Optional

from niftynet_activations.errors import GeometryError
from niftynet_activations.geometry import mixing, shaping, spatial
from niftynet_activations.geometry.dimensions import (
    BATCH,
    PLAIN,
    Dimension,
    UnknownOperation,
    axes_in,
    plain,
    size_of,
)
from niftynet_activations.geometry.node import Node, shape_of
from niftynet_activations.geometry.tensor import TensorGeometry
from niftynet_activations.geometry.trace import (
    Reasons,
    Trace,
    merged,
    noise_trace,
    resolved,
    trace_of_image,
    unknown_trace,
    woven,
)

Traces = Dict[str, Optional[Trace]]

HANDLERS = dict(spatial.HANDLERS, **shaping.HANDLERS)
HANDLERS.update(mixing.HANDLERS)
SHAPES = ('Shape', 'ShapeN', 'Size', 'Rank', 'ZerosLike', 'OnesLike')  # no values of their input
NO_SOURCES = ('IteratorGetNext', 'Placeholder', 'VarHandleOp', 'Merge', 'QueueDequeueV2')


def read_geometry(tensors: Iterable[Any], image: Any) -> Dict[str, Optional[TensorGeometry]]:
    """
    :param tensors: of the network's graph, (batch, x, y[, z], channels)
    :param image: the network's input, (batch, x, y[, z], modality), its spatial sizes fixed
    :return: by the tensors' names; None for one that does not depend on the image or has no axes
        of space
    :raises GeometryError: if the input's sizes are not fixed, a layer is left without samples, or
        a size comes out other than the graph has it
    """
    shape = image.shape.as_list()
    if any(size is None for size in shape[1:-1]):
        raise GeometryError(
            "the network's input '{}' has the shape {}; expected fixed sizes in space: give "
            'spatial_window_size as numbers above 0'.format(image.name, tuple(shape))
        )
    known: Traces = {image.name: trace_of_image(shape)}
    result = {}
    for tensor in tensors:
        trace = _trace(tensor, known)
        result[tensor.name] = None if trace is None else _geometry(trace)
    return result


def _trace(tensor: Any, known: Traces) -> Optional[Trace]:
    """Walk back without recursion: networks may be deeper than Python's stack."""
    pending, entered = [tensor], set()
    while pending:
        current = pending[-1]
        if current.name in known:
            pending.pop()
            continue
        missing = [each for each in _inputs(current) if each.name not in known]
        if missing and current.name not in entered:
            entered.add(current.name)
            pending.extend(missing)
            continue
        # a second visit with inputs still missing is a loop of the graph
        sources = [known.get(each.name) for each in _inputs(current)]
        looped = any(each.name not in known for each in _inputs(current))
        known[current.name] = _after(current, sources, looped)
        pending.pop()
    return known[tensor.name]


def _inputs(tensor: Any) -> List[Any]:
    if tensor.op.type in NO_SOURCES or tensor.op.type in SHAPES:
        return []
    return list(tensor.op.inputs)


def _after(tensor: Any, sources: List[Optional[Trace]], looped: bool) -> Optional[Trace]:
    operation = tensor.op
    reasons: Reasons = ()
    unknowns = ()
    for source in sources:
        if source is not None:
            reasons = merged(reasons, source.reasons)
            unknowns = merged(unknowns, source.unknowns)
    if operation.type in mixing.RANDOMS:
        reasons = merged(reasons, (mixing.random_reason(operation.name),))
    if unknowns:
        return Trace(None, (), (), reasons, unknowns)
    imaged = [None if each is None or each.is_noise else each for each in sources]
    if all(each is None for each in imaged):
        return noise_trace(reasons[0])._replace(reasons=reasons) if reasons else None
    if looped:
        return unknown_trace(_sentence(operation, 'is in a loop'))._replace(reasons=reasons)
    noisy = [i for i, each in enumerate(sources) if each is not None and each.is_noise]
    return _image_after(Node(tensor, noisy), tensor, imaged, reasons)


def _image_after(
    node: Node, tensor: Any, sources: List[Optional[Trace]], reasons: Reasons
) -> Trace:
    operation = tensor.op
    handler = HANDLERS.get(operation.type)
    if handler is None:
        sentence = _sentence(operation, 'is not known to the geometry')
        return unknown_trace(sentence)._replace(reasons=reasons)
    try:
        trace = handler(node, sources)
        trace = trace._replace(reasons=merged(reasons, trace.reasons))
        return _checked(trace, tensor)
    except UnknownOperation as unknown:
        return unknown_trace(_sentence(operation, str(unknown)))._replace(reasons=reasons)
    except GeometryError as error:
        raise GeometryError("operation '{}': {}".format(operation.name, error)) from error


def _sentence(operation: Any, what: str) -> str:
    return "operation '{}' ({}) {}".format(operation.name, operation.type, what)


def _checked(trace: Trace, tensor: Any) -> Trace:
    """Compare with the graph's own sizes; fill in those of the channels."""
    shape = shape_of(tensor)
    if len(shape) != len(trace.dimensions):
        raise GeometryError(
            'its result has {} dimensions and the geometry says {}; please report this'.format(
                len(shape), len(trace.dimensions)
            )
        )
    dimensions: List[Dimension] = []
    for size, dimension in zip(shape, trace.dimensions):
        derived = size_of(dimension)
        if axes_in(dimension) and None not in (size, derived) and size != derived:
            raise GeometryError(
                'its result has the shape {} and the geometry says {} for {}; please report '
                'this'.format(tuple(shape), derived, size)
            )
        is_plain = len(dimension) == 1 and dimension[0].role == PLAIN
        dimensions.append(plain(size) if is_plain or not dimension else dimension)
    return trace._replace(dimensions=tuple(dimensions))


def _geometry(trace: Trace) -> Optional[TensorGeometry]:
    if trace.is_noise:
        return None
    sentences = tuple(sentence for _, sentence in trace.reasons)
    if trace.axes is None:
        return TensorGeometry(None, sentences, trace.unknowns)
    trace = resolved(trace)
    if not any(axes_in(dimension) for dimension in trace.dimensions):
        return None
    if not _in_order(trace):
        unknown = 'the layer is not of the form (batch, x, y[, z], channels)'
        return TensorGeometry(None, sentences, (unknown,))
    while trace.stack:
        axes = woven(trace) if isinstance(trace.stack[-1], tuple) else trace.axes
        trace = trace._replace(axes=axes, stack=trace.stack[:-1])
    return TensorGeometry(trace.axes, sentences, ())


def _in_order(trace: Trace) -> bool:
    roles = [[factor.role for factor in each if factor.size != 1] for each in trace.dimensions]
    inner = [factor.role for each in trace.dimensions[1:-1] for factor in each]
    return (
        roles[0] in ([], [BATCH])
        and roles[-1] in ([], [PLAIN])
        and inner == list(range(len(inner)))
    )
