# -*- coding: utf-8 -*-
"""
Which axis of space lies in which dimension of a tensor.

NiftyNet reshapes on its way: to resize a (2, 8, 9, 10, 4) tensor along its last axes it makes it
(16, 9, 10, 4), so that a dimension may hold more than one thing.

- *factor*: the part of a dimension that is the batch, one axis of space, or *plain* (channels and
  whatever else); its size may be unknown for the batch only;
- *dimension*: its factors, the slowest first; one that holds a single 1 may have none.
"""

from typing import Any, Iterator, List, NamedTuple, Optional, Sequence, Tuple

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


def size_of(dimension: Sequence[Factor]) -> Optional[int]:
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
    Factors keep their order, and each dimension of the result takes the next few of them. Axes of
    one sample leave a choice: that with the fewest axes side by side is taken.

    :param dimensions: before the reshaping
    :param shape: sizes after it; one may be None
    :return: the dimensions after it
    :raises UnknownOperation: if an axis of space would be split, or it stays open where one lies
    """
    factors = tuple(
        factor
        for dimension in dimensions
        for factor in dimension
        if factor.role != PLAIN or factor.size != 1
    )
    if sum(size is None for size in shape) > 1:
        raise UnknownOperation('reshapes to an unknown size')
    found = list(_groupings(factors, tuple(shape)))
    if not found:
        raise UnknownOperation(_why_not(factors, shape))
    least = min(_mixing(groups) for groups in found)
    best = [groups for groups in found if _mixing(groups) == least]
    if any(_placement(groups) != _placement(best[0]) for groups in best):
        raise UnknownOperation('leaves open where an axis of one sample lies')
    return best[0]


def _groupings(factors: Dimension, shape: Shape) -> Iterator[Dimensions]:
    """All ways to give the factors to the dimensions in order, the first ones full first."""
    if not shape:
        if not factors:
            yield ()
        return
    for taken, rest in reversed(list(_first_groups(factors, shape[0]))):
        for others in _groupings(rest, shape[1:]):
            yield (taken,) + others


def _first_groups(factors: Dimension, size: Optional[int]) -> Iterator[Tuple[Dimension, Dimension]]:
    """Factors that make up a dimension of that size, and those that are left."""
    for count in range(len(factors) + 1):
        product = size_of(factors[:count])
        if size is None or product == size:
            yield factors[:count], factors[count:]
        elif product is None or size % product:
            return
        elif count < len(factors):
            split = _split(factors[count], size // product)
            if split is not None:
                yield factors[:count] + split[:1], split[1:] + factors[count + 1 :]


def _split(factor: Factor, size: int) -> Optional[Dimension]:
    """Channels may be put into groups."""
    if factor.role != PLAIN or factor.size is None or factor.size % size or factor.size == size:
        return None
    return Factor(PLAIN, size), Factor(PLAIN, factor.size // size)


def _mixing(dimensions: Dimensions) -> int:
    """
    What speaks against a grouping: most of all axes that share a dimension, then axes beside
    channels; networks put axes into the batch.
    """
    against = 0
    for dimension in dimensions:
        axes = len(axes_in(dimension))
        if axes:
            beside_channels = any(factor.role == PLAIN for factor in dimension)
            against += 100 * (axes - 1) + 10 * beside_channels + has_batch(dimension)
    return against


def _placement(dimensions: Dimensions) -> List[List[int]]:
    return [axes_in(dimension) for dimension in dimensions]


def _why_not(factors: Dimension, shape: Shape) -> str:
    elements = size_of(factors)
    if (
        None in shape
        or elements is None
        or elements == size_of([Factor(PLAIN, size) for size in shape])
    ):
        return 'splits an axis of space'
    return 'reshapes to another number of elements'


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
