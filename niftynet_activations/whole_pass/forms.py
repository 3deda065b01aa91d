# -*- coding: utf-8 -*-
"""
What the graph does not tell of an operation until it runs: sizes that depend on values, and values
that are kept from one operation to another.

- *open* size: one that depends on values, as the number of samples behind a mask. It counts as
  large as it can be;
- *state*: what a network keeps in variables or tables while it runs.
"""

from typing import List, Optional, Sequence, Tuple

import numpy as np

from niftynet_activations.errors import GeometryError
from niftynet_activations.geometry.rules.constants import static_value
from niftynet_activations.hints import Operation, Tensor

JOINING = ('ConcatV2', 'Pack')  # operations whose output holds all values of their inputs
CONVOLUTIONS = ('Conv2D', 'Conv3D')
# beginnings of the types of operations that write to a variable or a table
WRITING = (
    'Assign',
    'ScatterAdd',
    'ScatterSub',
    'ScatterUpdate',
    'ScatterNdAdd',
    'ScatterNdSub',
    'ScatterNdUpdate',
    'CountUpTo',
    'LookupTable',
    'MutableHashTable',
    'MutableDenseHashTable',
    'HashTable',
)
Form = Tuple[int, ...]
Sizes = List[Optional[int]]


def largest_form(tensor: Tensor, taken: Sequence[Form]) -> Form:
    """
    :param tensor: whose sizes the graph leaves open, all or some
    :param taken: the sizes of what its operation takes, each as large as it can be
    :return: its sizes, as large as they can be
    """
    sizes: Sizes = [None] if tensor.shape.ndims is None else tensor.shape.as_list()
    known = _by_dimension(tensor, taken)
    if known is not None and len(known) == len(sizes):
        sizes = [one if size is None else size for size, one in zip(sizes, known)]
    fixed = max(int(np.prod([n for n in sizes if n is not None], dtype=np.int64)), 1)
    most = _most(tensor, taken, fixed)
    first = sizes.index(None) if None in sizes else 0
    return tuple(
        (most if place == first else 1) if n is None else int(n) for place, n in enumerate(sizes)
    )


def _by_dimension(tensor: Tensor, taken: Sequence[Form]) -> Optional[Sizes]:
    """Sizes of operations that leave most dimensions as they are."""
    kind, inputs = tensor.op.type, tensor.op.inputs
    if kind in CONVOLUTIONS:
        return [*([None] * (len(taken[0]) - 1)), taken[1][-1]]
    if kind == 'Transpose':
        order = static_value(inputs[1])
        return None if order is None else [taken[0][int(each)] for each in order]
    if kind == 'GatherV2' and len(taken[1]) == 1:
        along = static_value(inputs[2])
        sizes: Sizes = list(taken[0])
        if along is None or not sizes:
            return None
        sizes[int(along)] = taken[1][0]
        return sizes
    return None


def _most(tensor: Tensor, taken: Sequence[Form], fixed: int) -> int:
    """The largest open size, where the others together are ``fixed``."""
    counts = [int(np.prod(each, dtype=np.int64)) for each in taken] or [1]
    if tensor.op.type == 'Where':
        return max(counts)  # a row for each value
    if tensor.op.type in JOINING:
        return -(-sum(n for n, each in zip(counts, taken) if each) // fixed)  # not the axis
    return -(-max(counts) // fixed)


def check_without_state(operations: Sequence[Operation]) -> None:
    """
    :param operations: of a network, between its image and what is wanted of it
    :raises GeometryError: if one of them writes to a variable or a table: a pass in stages does not
        follow what is kept there
    """
    for operation in operations:
        if operation.type.startswith(WRITING):
            raise GeometryError(
                "activation_pass = whole: the operation '{}' ({}) of the network keeps values in a "
                'variable or table while the network runs, which a pass in stages cannot follow: '
                'choose layers in front of it, or use activation_pass = windows'.format(
                    operation.name, operation.type
                )
            )
