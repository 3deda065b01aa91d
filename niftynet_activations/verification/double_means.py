# -*- coding: utf-8 -*-
"""
Means over space in double precision, for a pass that others are measured by.

TensorFlow sums float32 numbers as float32. Over a volume that costs digits, and a network with one
instance normalisation behind the other makes the difference grow: in nonewnet it reached 1.3e-4 of
a layer's range on 64 x 48 x 80 voxels. Here each mean is worked out by numpy in float64 from what
goes into it, and fed in its place before the next one.
"""

from typing import Dict, List, Sequence

import numpy as np

from niftynet_activations.hints import Operation, Session, Tensor
from niftynet_activations.host.tensorflow import tf


def double_means(
    session: Session, tensors: Sequence[Tensor], feed: Dict[Tensor, np.ndarray]
) -> Dict:
    """
    :param session: in which the variables are restored
    :param tensors: that will be fetched
    :param feed: the network's input, tensor -> values
    :return: the same, with the output of each mean over space that the tensors depend on
    """
    found = dict(feed)
    for operation in _means_over_space(tensors):
        source, output = operation.inputs[0], operation.outputs[0]
        axes = _axes(operation)
        values = session.run(source, found).mean(axis=axes, dtype=np.float64, keepdims=True)
        kept = operation.get_attr('keep_dims')
        mean = values if kept else np.squeeze(values, axis=axes)
        found[output] = mean.astype(output.dtype.as_numpy_dtype)
    return found


def _means_over_space(tensors: Sequence[Tensor]) -> List[Tensor]:
    """Operations in the order in which the graph was built: none depends on a later one."""
    pending, seen = [tensor.op for tensor in tensors], set()
    while pending:
        operation = pending.pop()
        if operation not in seen:
            seen.add(operation)
            pending.extend(each.op for each in operation.inputs)
    ordered = (
        [each for each in tensors[0].graph.get_operations() if each in seen] if tensors else []
    )
    return [each for each in ordered if each.type == 'Mean' and _is_over_space(each)]


def _is_over_space(operation: Operation) -> bool:
    rank = operation.inputs[0].shape.ndims
    if rank is None or rank < 4 or not operation.inputs[0].dtype.is_floating:
        return False
    return set(range(1, rank - 1)) <= set(_axes(operation))


def _axes(operation: Operation) -> Sequence[int]:
    """Empty where they are not fixed in the graph."""
    fixed = tf.get_static_value(operation.inputs[1])
    rank = operation.inputs[0].shape.ndims
    return () if fixed is None else tuple(sorted(int(each) % rank for each in np.ravel(fixed)))
