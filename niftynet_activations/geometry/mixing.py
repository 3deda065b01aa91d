# -*- coding: utf-8 -*-
"""
TensorFlow's operations that compute each sample alone, or all of them together.

Each function takes the operation and the traces of what goes into it, and gives the trace of what
comes out. What depends on the window as a whole gets a reason here.
"""

from typing import Callable, Dict, List, Sequence, Tuple

import numpy as np

from niftynet_activations.geometry.dimensions import (
    Dimension,
    Dimensions,
    UnknownOperation,
    axes_in,
    broadcast,
    has_batch,
    plain,
)
from niftynet_activations.geometry.node import Node, constant_value
from niftynet_activations.geometry.trace import Sources, Trace, join, merged, on_parts, only_at
from niftynet_activations.geometry.transitions import collapse

STATISTICS, PLACE, RANDOM = 'statistics', 'place', 'random'

UNARY = (
    'Abs Acos Acosh Asin Asinh Atan Atanh Cast Ceil CheckNumerics Cos Cosh Elu Erf Erfc Exp Expm1 '
    'Floor Identity IdentityN Inv IsFinite IsInf IsNan LeakyRelu Log Log1p LogicalNot Neg '
    'PreventGradient Reciprocal Relu Relu6 Rint Round Rsqrt Selu Sigmoid Sign Sin Sinh Softplus '
    'Softsign Sqrt Square StopGradient Tan Tanh Snapshot EnsureShape PlaceholderWithDefault'
).split()
BINARY = (
    'Add AddV2 AddN ApproximateEqual Atan2 BiasAdd Div DivNoNan Equal FloorDiv FloorMod Greater '
    'GreaterEqual Less LessEqual LogicalAnd LogicalOr Maximum Minimum Mod Mul MulNoNan NotEqual '
    'Pow RealDiv Select SelectV2 SquaredDifference Sub TruncateDiv Xdivy Xlogy ClipByValue'
).split()
REDUCTIONS = 'All Any Max Mean Min Prod Sum EuclideanNorm ArgMax ArgMin'.split()
RANDOMS = (
    'RandomUniform RandomUniformInt RandomStandardNormal TruncatedNormal RandomShuffle Multinomial '
    'ParameterizedTruncatedNormal StatelessRandomUniform StatelessRandomUniformV2 '
    'StatelessRandomNormal StatelessRandomNormalV2'
).split()
UNIFORM = 'ZerosLike OnesLike Fill'.split()


def elementwise(node: Node, sources: Sources) -> Trace:
    """Sample i of the result comes from sample i of each tensor; constants are spread over all."""
    traces = [each for each in sources if each is not None]
    dimensions = broadcast([each.dimensions for each in traces])
    result = traces[0]._replace(axes=join(traces), dimensions=dimensions)
    for number, source in enumerate(sources):
        if source is None and _varies(node, number, dimensions):
            sentence = "operation '{}' brings in values that belong to places of the window".format(
                node.name
            )
            result = result._replace(reasons=merged(result.reasons, ((PLACE, sentence),)))
    return result


def batch_norm(node: Node, sources: Sources) -> Trace:
    """FusedBatchNorm: with fixed statistics each sample alone, else over the batch."""
    trace = only_at(sources, 0)
    if not node.attribute('is_training'):
        return trace
    channels = 1 if node.attribute('data_format') == 'NCHW' else len(trace.dimensions) - 1
    others = [place for place in range(len(trace.dimensions)) if place != channels]
    reduced = _reduced(node, trace, others)
    spread = join([trace, trace._replace(axes=reduced.axes)])
    kept = trace if node.index == 0 else reduced
    return kept._replace(axes=spread, reasons=reduced.reasons)


def reduction(node: Node, sources: Sources) -> Trace:
    """Sum, Mean, Max, ArgMax and their like."""
    trace = only_at(sources, 0)
    rank = len(trace.dimensions)
    places = sorted({int(place) % rank for place in np.ravel(node.constant(1))})
    result = _reduced(node, trace, places)
    keep = bool(node.attribute('keep_dims'))
    dimensions: List[Dimension] = []
    for place, dimension in enumerate(result.dimensions):
        if place not in places:
            dimensions.append(dimension)
        elif keep:
            dimensions.append(plain(1))
    return result._replace(dimensions=tuple(dimensions))


def over_channels(node: Node, sources: Sources) -> Trace:
    """Softmax and its like: over the last dimension."""
    trace = only_at(sources, 0)
    last = len(trace.dimensions) - 1
    reduced = _reduced(node, trace, [last])
    return trace._replace(axes=join([trace, reduced]), reasons=reduced.reasons)


def matrix_product(node: Node, sources: Sources) -> Trace:
    """MatMul: a fully connected layer; with flattened space in its features it sees all of it."""
    if node.attribute('transpose_a'):
        raise UnknownOperation('multiplies a turned matrix')
    trace = only_at(sources, 0)
    reduced = _reduced(node, trace, [1])
    return reduced._replace(dimensions=(trace.dimensions[0], plain(node.output_shape[1])))


def random_reason(operation: str) -> Tuple[str, str]:
    """
    :param operation: its name
    :return: the reason that random numbers are
    """
    return RANDOM, "operation '{}' draws new random numbers for each window".format(operation)


def _reduced(node: Node, trace: Trace, places: Sequence[int]) -> Trace:
    """Axes in these dimensions are collapsed; the dimensions themselves are left."""
    numbers = [number for place in places for number in axes_in(trace.dimensions[place])]
    batch = any(has_batch(trace.dimensions[place]) for place in places)
    axes = tuple(
        on_parts(axis, collapse) if number in numbers else axis
        for number, axis in enumerate(trace.axes)
    )
    reasons = trace.reasons
    if numbers or batch:
        extent = ' and '.join(['the batch'] * batch + ['the whole window'] * bool(numbers))
        sentence = "operation '{}' takes its {} over {}".format(
            node.name, 'statistics' if 'moments' in node.name else node.type.lower(), extent
        )
        reasons = merged(reasons, ((STATISTICS, sentence),))
    return trace._replace(axes=axes, reasons=reasons)


def _varies(node: Node, number: int, dimensions: Dimensions) -> bool:
    """Whether a constant or variable has its own values along an axis of space."""
    if node.type == 'BiasAdd' or number in node.noisy:
        return False
    shape = node.input_shape(number)
    aligned = zip(reversed(shape), reversed(dimensions))
    if not any(size != 1 and axes_in(dimension) for size, dimension in aligned):
        return False
    tensor = node.input_tensor(number)
    if tensor.op.type in UNIFORM:
        return False
    value = constant_value(tensor)
    return value is None or bool(np.any(value != np.ravel(value)[0]))


HANDLERS: Dict[str, Callable[[Node, Sources], Trace]] = {
    'FusedBatchNorm': batch_norm,
    'FusedBatchNormV2': batch_norm,
    'FusedBatchNormV3': batch_norm,
    'Softmax': over_channels,
    'LogSoftmax': over_channels,
    'MatMul': matrix_product,
}
HANDLERS.update({name: elementwise for name in UNARY + BINARY})
HANDLERS.update({name: reduction for name in REDUCTIONS})
