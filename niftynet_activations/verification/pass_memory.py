# -*- coding: utf-8 -*-
"""
An estimate of the peak memory of one pass through a graph.

Each tensor is taken to be in memory from the operation that makes it to the last one that uses it,
in the order in which the operations were made. TensorFlow may run them in another order, and some
operations need memory of their own, so the number is no upper bound.
"""

from typing import Dict, List, Sequence

import numpy as np

from niftynet_activations.hints import Operation, Tensor

VIEWS = ('Identity', 'Reshape', 'Squeeze', 'ExpandDims')  # their output shares the input's memory


def peak_bytes(operations: Sequence[Operation]) -> int:
    """
    :param operations: of a TensorFlow graph, in the order of their making; only shapes and types
        are looked at
    :return: bytes; tensors of unknown size do not count
    """
    last_use: Dict[str, int] = {}
    for number, operation in enumerate(operations):
        for tensor in operation.inputs:
            last_use[tensor.name] = number
    ending: Dict[int, List[int]] = {}
    held = peak = 0
    for number, operation in enumerate(operations):
        made = 0 if operation.type in VIEWS else sum(_bytes(each) for each in operation.outputs)
        held += made
        peak = max(peak, held)
        end = max([last_use.get(each.name, number) for each in operation.outputs] or [number])
        ending.setdefault(end, []).append(made)
        held -= sum(ending.pop(number, []))
    return peak


def _bytes(tensor: Tensor) -> int:
    if not tensor.shape.is_fully_defined():
        return 0
    try:
        size = tensor.dtype.size
    except (TypeError, KeyError):  # resources and strings have no fixed size
        return 0
    return int(np.prod(tensor.shape.as_list(), dtype=np.int64)) * (size or 0)
