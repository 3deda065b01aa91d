# -*- coding: utf-8 -*-
"""
Which axis of space lies in which dimension of a tensor.

NiftyNet reshapes on its way: to resize a (2, 8, 9, 10, 4) tensor along its last axes it makes it
(16, 9, 10, 4), so that a dimension may hold more than one thing.

- *factor*: the part of a dimension that is the batch, one axis of space, or *plain* (channels and
  whatever else); its size may be unknown for the batch only;
- *dimension*: its factors, the slowest first; one that holds a single 1 may have none.
"""

from typing import Any, List, NamedTuple, Optional, Sequence, Tuple

BATCH, PLAIN = 'batch', 'plain'

Factor = NamedTuple(
    'Factor',
    [
        ('role', Any),  # BATCH, PLAIN, or the number of the axis: 0, 1, 2
        ('size', Optional[int]),
    ],
)
Dimension = Tuple[Factor, ...]
Dimensions = Tuple[Dimension, ...]
Shape = Sequence[Optional[int]]


class UnknownOperation(Exception):
    """An operation does something whose effect on the geometry is not known; caught within."""


def plain(size: Optional[int]) -> Dimension:
    """
    :return: a dimension of channels, or of a single 1
    """
    return (Factor(PLAIN, size),)


def axes_in(dimension: Dimension) -> List[int]:
    """
    :return: numbers of the axes of space in it
    """
    return [factor.role for factor in dimension if factor.role not in (BATCH, PLAIN)]


def has_batch(dimension: Dimension) -> bool:
    """
    :return: whether the batch is in it
    """
    return any(factor.role == BATCH for factor in dimension)


def size_of(dimension: Dimension) -> Optional[int]:
    """
    :return: product of the factors' sizes, None if one is unknown
    """
    product = 1
    for factor in dimension:
        if factor.size is None:
            return None
        product *= factor.size
    return product


def reshape(dimensions: Dimensions, shape: Shape) -> Dimensions:
    """
    :param dimensions: before the reshaping
    :param shape: sizes after it; one may be None
    :return: the dimensions after it
    :raises UnknownOperation: if an axis of space would be split
    """
    factors = [
        factor
        for dimension in dimensions
        for factor in dimension
        if factor.role != PLAIN or factor.size != 1
    ]
    unknown = [position for position, size in enumerate(shape) if size is None]
    if len(unknown) > 1:
        raise UnknownOperation('reshapes to an unknown size')
    split = unknown[0] if unknown else len(shape)
    before = [_take(factors, size, 0) for size in shape[:split]]
    if not unknown:
        _append_rest(before, factors)
        return tuple(before)
    behind = [_take(factors, size, -1) for size in reversed(shape[split + 1 :])]
    return tuple(before) + (tuple(factors),) + tuple(reversed(behind))


def _take(factors: List[Factor], size: Optional[int], end: int) -> Dimension:
    """Remove factors of that product from the one end (0) or the other (-1)."""
    taken: List[Factor] = []
    wanted = size or 1
    while factors and (wanted > 1 or (not taken and factors[end].size == 1)):
        factor = factors.pop(end)
        if factor.size is not None and wanted % factor.size == 0:
            wanted //= factor.size
            taken.append(factor)
        elif factor.role == PLAIN and factor.size is not None and factor.size % wanted == 0:
            rest = factor._replace(size=factor.size // wanted)
            factors.insert(0 if end == 0 else len(factors), rest)
            taken.append(factor._replace(size=wanted))
            wanted = 1
        else:
            raise UnknownOperation('splits an axis of space')
    if wanted > 1:
        raise UnknownOperation('reshapes to another number of elements')
    return tuple(taken if end == 0 else reversed(taken))


def _append_rest(dimensions: List[Dimension], factors: List[Factor]) -> None:
    if any(factor.size != 1 for factor in factors):
        raise UnknownOperation('reshapes to another number of elements')
    if factors and dimensions:
        dimensions[-1] = dimensions[-1] + tuple(factors)


def broadcast(operands: Sequence[Dimensions]) -> Dimensions:
    """
    :param operands: dimensions of tensors that an elementwise operation takes together
    :return: dimensions of its result; they are aligned at their ends
    :raises UnknownOperation: if an axis of space would meet something else
    """
    rank = max(len(operand) for operand in operands)
    result = []
    for position in range(-rank, 0):
        there = [operand[position] for operand in operands if len(operand) >= -position]
        result.append(_together(there))
    return tuple(result)


def _together(dimensions: Sequence[Dimension]) -> Dimension:
    full = [dimension for dimension in dimensions if size_of(dimension) != 1]
    placed = [d for d in (full or dimensions) if axes_in(d) or has_batch(d)]
    candidates = placed or full or list(dimensions)
    if any(_roles(each) != _roles(candidates[0]) for each in (full if placed else [])):
        raise UnknownOperation('puts axes of space side by side with other dimensions')
    return candidates[0]


def _roles(dimension: Dimension) -> List[Any]:
    return [factor.role for factor in dimension if factor.size != 1]
