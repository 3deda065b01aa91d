# -*- coding: utf-8 -*-
"""
Reductions over the whole volume, as in instance and batch normalisation, global pooling, and
squeeze and excitation.

A *reduction* (mean, sum, maximum, minimum or variance) takes all axes of the volume together. Its
value is put together from the samples of all windows, each sample once, in double precision. Mean
and variance, as ``tf.nn.moments`` computes them (the mean of squared differences from the mean),
are found in a single pass over the volume: deviations are pooled by the formula of Chan, Golub and
LeVeque, "Updating formulae and a pairwise algorithm for computing sample variances", 1979.
"""

from typing import Callable, Dict, NamedTuple, Optional, Tuple, Union

import numpy as np

from niftynet_activations.errors import GeometryError
from niftynet_activations.geometry.state import Role, State
from niftynet_activations.hints import DTypeLike, Operation, Tensor
from niftynet_activations.host.tensorflow import tf

REDUCTION = 'reduction'
KINDS = {'Mean': 'mean', 'Sum': 'sum', 'Max': 'max', 'Min': 'min'}
VIEWS = ('StopGradient', 'Identity')
PIECE = 1 << 20  # samples that are converted to double precision at a time


class Reduction(NamedTuple):
    """A reduction to one value, or one value for each channel, of a whole volume."""

    output: str  # the tensor that is fed
    source: str  # the tensor that is reduced
    kind: str  # mean, sum, max, min or variance
    dimensions: Tuple[int, ...]  # of the source, that are taken together
    shape: Tuple[int, ...]  # of the output


def find_reduction(
    operation: Operation, state: Callable[[Tensor], Optional[State]], known: Dict[str, Reduction]
) -> Optional[Reduction]:
    """
    :param operation: of the graph
    :param state: gives the state of a tensor
    :param known: output -> reduction, those found before
    :return: the reduction that the operation computes; None where it is no reduction over the whole
        volume
    """
    if operation.type not in KINDS:
        return None
    source = operation.inputs[0]
    its, along = state(source), tf.get_static_value(operation.inputs[1])
    if its is None or not its.known or along is None or not source.shape.is_fully_defined():
        return None
    rank = len(its.dimensions)
    dimensions = tuple(sorted({int(each) % rank for each in np.ravel(along)}))
    spatial = {place for place, roles in enumerate(its.dimensions) if _in_space(roles)}
    if not spatial or not spatial.issubset(dimensions):
        return None
    kind, output = KINDS[operation.type], operation.outputs[0]
    deviation = _deviation_of(source, known, dimensions) if kind == 'mean' else None
    if deviation is not None:
        source, kind = deviation, 'variance'
    return Reduction(
        output.name, source.name, kind, dimensions, tuple(int(n) for n in output.shape.as_list())
    )


def _in_space(roles: Tuple[Role, ...]) -> bool:
    return any(isinstance(role, int) for role in roles)


def _deviation_of(
    squares: Tensor, known: Dict[str, Reduction], dimensions: Tuple[int, ...]
) -> Optional[Tensor]:
    """x, if *squares* is the squared difference of x from its own mean; else None."""
    if squares.op.type != 'SquaredDifference':
        return None
    for values, mean in (list(squares.op.inputs), list(squares.op.inputs)[::-1]):
        while mean.op.type in VIEWS:
            mean = mean.op.inputs[0]
        one = known.get(mean.name)
        if one is not None and one.kind == 'mean' and one.dimensions == dimensions:
            if one.source == values.name:
                return values
    return None


class Accumulator(object):
    """
    Takes the samples of a volume part by part, each once.

    :param reduction: the reduction to compute
    """

    def __init__(self, reduction: Reduction) -> None:
        self._reduction = reduction
        self._count = 0
        self._mean: Optional[np.ndarray] = None
        self._squares: Union[float, np.ndarray] = 0.0

    def add(self, values: np.ndarray) -> None:
        """
        :param values: a part of the source, all of its dimensions
        """
        # piece by piece, so that the copy in double precision stays small
        cut = max(self._reduction.dimensions, key=lambda axis: values.shape[axis])
        length = values.shape[cut]
        step = max(PIECE * length // max(values.size, 1), 1)
        for first in range(0, length, step):
            place = [slice(None)] * values.ndim
            place[cut] = slice(first, first + step)
            self._add(values[tuple(place)])

    def _add(self, values: np.ndarray) -> None:
        along = self._reduction.dimensions
        if self._reduction.kind in ('max', 'min'):
            reduce = np.max if self._reduction.kind == 'max' else np.min
            before = [] if self._mean is None else [self._mean]
            self._mean = reduce(np.stack(before + [reduce(values, axis=along)]), axis=0)
            return
        count = int(np.prod([values.shape[axis] for axis in along], dtype=np.int64))
        mean = values.sum(axis=along, dtype=np.float64) / count
        squares = self._squares_of(values, mean) if self._reduction.kind == 'variance' else 0.0
        if self._mean is None:
            self._count, self._mean, self._squares = count, mean, squares
            return
        total = self._count + count
        apart = mean - self._mean
        self._squares = self._squares + squares + apart**2 * (self._count * count / total)
        self._mean = self._mean + apart * (count / total)
        self._count = total

    def _squares_of(self, values: np.ndarray, mean: np.ndarray) -> np.ndarray:
        along = self._reduction.dimensions
        shape = [1 if axis in along else size for axis, size in enumerate(values.shape)]
        apart = values - mean.reshape(shape)
        np.square(apart, out=apart)
        return apart.sum(axis=along)

    def finish(self, dtype: DTypeLike) -> np.ndarray:
        """
        :param dtype: of the tensor that is fed
        :return: the value for all that was added, of the output's shape
        :raises GeometryError: nothing was added
        """
        kind = self._reduction.kind
        if self._mean is None:
            raise GeometryError(
                "activation_pass = whole: the network takes the {} of no sample ('{}' is empty on "
                'this volume): use a larger volume, or activation_pass = windows'.format(
                    kind, self._reduction.source
                )
            )
        value = self._mean
        if kind == 'sum':
            value = value * self._count
        if kind == 'variance':
            value = np.asarray(self._squares) / self._count
        return np.asarray(value).reshape(self._reduction.shape).astype(dtype)
