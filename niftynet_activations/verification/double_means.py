# -*- coding: utf-8 -*-
"""
Means over space (instance normalisation) in double precision, for the pass that maps are compared
with.

TensorFlow sums float32 numbers in float32. Over a volume that loses digits, and in a network with
many instance normalisations the error grows: in nonewnet it reached 1.3e-4 of a layer's range on
64 x 48 x 80 voxels. Here numpy computes each mean in float64 from the tensor that it is taken of,
and the mean is fed to the graph before the next one is computed. The tensor itself is fed too, as
long as a later mean depends on it, so that no part of the network is computed again for each mean.
"""

from typing import Dict, List, Sequence

import numpy as np

from niftynet_activations.geometry.order import in_order
from niftynet_activations.hints import Operation, Session, Tensor
from niftynet_activations.whole_pass.means import axes_over_space


def double_means(
    session: Session, tensors: Sequence[Tensor], feed: Dict[Tensor, np.ndarray]
) -> Dict[Tensor, np.ndarray]:
    """
    :param session: in which the variables are restored
    :param tensors: the tensors that will be fetched
    :param feed: the network's input, tensor -> values
    :return: the same, with the value of each mean over space that the tensors depend on
    """
    found = dict(feed)
    means = _means_over_space(tensors)
    held: Dict[Tensor, np.ndarray] = {}  # tensors that means were taken of
    for number, operation in enumerate(means):
        source, output = operation.inputs[0], operation.outputs[0]
        held[source] = session.run(source, {**held, **found})
        found[output] = _mean(held[source], operation)
        later = [each.inputs[0] for each in means[number + 1 :]]
        held = {each: held[each] for each in _reached(later, found, held)}
    return found


def _mean(values: np.ndarray, operation: Operation) -> np.ndarray:
    axes = axes_over_space(operation)
    mean = values.mean(axis=axes, dtype=np.float64, keepdims=True)
    if not operation.get_attr('keep_dims'):
        mean = np.squeeze(mean, axis=axes)
    return mean.astype(operation.outputs[0].dtype.as_numpy_dtype)


def _reached(
    tensors: Sequence[Tensor], fed: Dict[Tensor, np.ndarray], held: Dict[Tensor, np.ndarray]
) -> List[Tensor]:
    """
    The tensors of ``held`` that ``tensors`` directly depend on, if those of ``held`` and ``fed``
    are fed.
    """
    pending, seen, found = list(tensors), set(), []
    while pending:
        tensor = pending.pop()
        if tensor in seen or tensor in fed:
            continue
        seen.add(tensor)
        if tensor in held:
            found.append(tensor)
        else:
            pending.extend(tensor.op.inputs)
    return found


def _means_over_space(tensors: Sequence[Tensor]) -> List[Tensor]:
    """
    The means over space that tensors depend on, each behind those that it depends on.
    """
    pending, seen = [tensor.op for tensor in tensors], set()
    while pending:
        operation = pending.pop()
        if operation not in seen:
            seen.add(operation)
            pending.extend(each.op for each in operation.inputs)
    operations = tensors[0].graph.get_operations() if tensors else []
    ordered = in_order([each for each in operations if each in seen])
    return [each for each in ordered if _is_mean(each)]


def _is_mean(operation: Operation) -> bool:
    if operation.type != 'Mean' or not operation.inputs[0].dtype.is_floating:
        return False
    return bool(axes_over_space(operation))
