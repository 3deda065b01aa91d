# -*- coding: utf-8 -*-
"""
Which part of a tensor belongs to a window of a whole pass.

Windows are given in voxels of the network's input. They start on multiples of a common period, so
that a window's part of a tensor is a box of the same tensor for the whole volume::

    volume   |0 1 2 3 4 5 6 7|      size 16 voxels, a tensor of unit 2
    window       |0 1 2 3|          starts at voxel 4: its first sample is the volume's third

- *place* of a tensor: for each of its dimensions the axis of the volume that it follows, and its
  unit;
- *unit* of a dimension: voxels from one index to the next. Inside a dilated block neighbouring
  indices are one block size apart; the positions within the block are in the batch dimension;
- *whole* dimension: one that is the same for every window (batch, channels, a single sample).
"""

from fractions import Fraction
from typing import Dict, List, NamedTuple, Optional, Sequence, Tuple

import numpy as np

from niftynet_activations.geometry.axis import AxisGeometry
from niftynet_activations.geometry.rules.constants import static_value
from niftynet_activations.geometry.state import State
from niftynet_activations.hints import Operation


class Along(NamedTuple):
    """A dimension that follows an axis of the volume."""

    axis: int
    unit: Fraction  # voxels

    def indices(self, voxels: int) -> int:
        """
        :param voxels: a multiple of the period
        :return: the number of indices that span these voxels
        """
        found = voxels / self.unit
        if found.denominator != 1:
            raise ValueError('a window starts between two samples')
        return int(found)


Place = Tuple[Optional[Along], ...]  # one for each dimension; None for a whole dimension


def unit_of(geometry: AxisGeometry) -> Fraction:
    """
    :param geometry: of a tensor along an axis
    :return: voxels from one index of the tensor's dimension to the next
    """
    return Fraction(geometry.period * geometry.fold, geometry.phases)


def place_of(
    state: Optional[State], shape: Sequence[int], longer: Sequence[int], by: Sequence[int]
) -> Optional[Place]:
    """
    :param state: of a tensor of the reference graph
    :param shape: of the tensor
    :param longer: shape of the same tensor when the network is built on a longer volume
    :param by: how many voxels longer that volume is on each axis, a multiple of the period
    :return: its place; None where its size does not follow the volume's
    """
    if state is None or not state.known or len(shape) != len(longer):
        return None
    found: List[Optional[Along]] = []
    for roles, size, other in zip(state.dimensions, shape, longer):
        axes = [role for role in roles if isinstance(role, int)]
        if other == size:
            found.append(None)
            continue
        if len(axes) != 1:
            return None
        geometry = state.axes[axes[0]]
        if size * geometry.fold != geometry.size:
            return None  # it holds more than the axis
        along = Along(axes[0], unit_of(geometry))
        if (other - size) * along.unit != by[along.axis]:
            return None
        found.append(along)
    return tuple(found)


def touched(state: State, axis: int) -> Tuple[int, int]:
    """
    :param state: of a tensor, seen from the tensors that are fed
    :param axis: of the volume
    :return: how many indices at the lower and the upper end of a window have other values than in
        the whole volume (padding has touched them), unless the volume ends there too
    """
    geometry = state.axes[axis]
    low, high = geometry.touched
    return -(-low // geometry.fold), -(-high // geometry.fold)


def mirrored_samples(operation: Operation, state: State, axis: int) -> int:
    """
    Of a padding that mirrors samples of a window beyond its end: none of those that it mirrors may
    be touched by what is missing at the window's other end.

    :param operation: the padding
    :param state: of its first input, seen from the tensors that are fed
    :param axis: of the volume
    :return: how many indices a window must have more than; 0 where it mirrors none
    """
    pairs = static_value(operation.inputs[1])
    if pairs is None:
        return 0
    along = [pair for roles, pair in zip(state.dimensions, pairs) if axis in roles]
    most = int(np.max(along)) if along else 0
    return most + max(touched(state, axis)) if most else 0


def reset(state: State) -> State:
    """
    :param state: of a tensor that is fed
    :return: the same for a tensor all of whose samples are right, as those of a stage's inputs are
    """
    axes = {
        axis: geometry._replace(touched=(0, 0), spans=False)
        for axis, geometry in state.axes.items()
    }
    return state._replace(axes=axes, reasons=(), unknown=())


def shape_at(place: Place, shape: Sequence[int], shorter: Dict[int, int]) -> Tuple[int, ...]:
    """
    :param place: of a tensor
    :param shape: for the whole volume
    :param shorter: axis -> voxels by which a window is shorter than the volume
    :return: shape for the window
    """
    return tuple(
        size if along is None else size - along.indices(shorter[along.axis])
        for along, size in zip(place, shape)
    )
