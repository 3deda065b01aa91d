# -*- coding: utf-8 -*-
"""
What is known of a tensor's geometry while the graph is read, from the image on to the layer.
"""

from typing import Dict, List, NamedTuple, Optional, Sequence, Tuple, Union

from niftynet_activations.errors import GeometryError
from niftynet_activations.geometry.axis import AxisGeometry
from niftynet_activations.hints import Tensor

BATCH, CHANNELS = 'batch', 'channels'
NO_ORDER = 'its dimensions are not batch, x, y[, z], channels in any order'
Role = Union[str, int]  # an axis of the window by its number
Roles = Tuple[Role, ...]


class TensorGeometry(NamedTuple):
    """What the graph tells of a tensor."""

    # one for each spatial axis of the image; None where the graph does not tell
    axes: Optional[List[AxisGeometry]]
    # sentences that say why a sample depends on more than its receptive field; empty if it does not
    inexact_because: Tuple[str, ...]
    # the tensor's dimensions as batch, spatial axes, channels; None where they are not these
    order: Optional[Tuple[int, ...]]
    unknown: Tuple[str, ...]  # those of the sentences that say what the graph does not tell
    # whether one of the dimensions is the window's batch; None where the graph does not tell
    keeps_batch: Optional[bool]


class State(NamedTuple):
    """
    Roles and geometry of one tensor. The *role* of a dimension is the batch, the channels, or an
    axis 0, 1, 2 of the window; a dimension made by reshaping may hold several.
    """

    dimensions: Tuple[Roles, ...]  # roles that each of the tensor's dimensions holds
    axes: Dict[int, AxisGeometry]
    reasons: Tuple[str, ...]  # why samples depend on more than their receptive fields
    unknown: Tuple[str, ...]  # what could not be read on the way from the image to here
    repeats: int  # how often the batch has been repeated
    # block shapes of the dilated blocks around it, outermost first
    blocks: Tuple[Tuple[int, ...], ...]
    batched: bool  # False where one value has been made of all windows of the batch

    @property
    def known(self) -> bool:
        """False behind an operation that could not be read."""
        return not self.unknown

    def axis_of(self, dimension: int) -> Optional[int]:
        """
        :param dimension: of the tensor
        :return: the axis of the window that this dimension is; None for batch and channels
        :raises GeometryError: if the dimension holds several roles
        """
        roles = self.dimensions[dimension]
        spatial = [role for role in roles if isinstance(role, int)]
        if not spatial:
            return None
        if len(roles) > 1:
            raise GeometryError('works on a dimension that holds several axes')
        return spatial[0]

    def check_channels(self) -> None:
        """
        :raises GeometryError: if the last dimension holds more than channels
        """
        if self.dimensions[-1] not in ((CHANNELS,), ()):
            raise GeometryError('takes samples of the window for channels')

    def arranged(self, dimensions: Sequence[Roles]) -> 'State':
        """
        :param dimensions: the roles of each dimension afterwards
        :return: the state with them. Where no dimension holds the channels, because they were
            split off before, a last dimension without a role becomes theirs
        """
        found = tuple(dimensions)
        if found and found[-1] == () and not any(CHANNELS in roles for roles in found):
            found = found[:-1] + ((CHANNELS,),)
        return self._replace(dimensions=found)

    def with_axis(self, axis: int, geometry: AxisGeometry) -> 'State':
        """
        :param axis: of the window
        :param geometry: its new one
        :return: a new state
        """
        axes = dict(self.axes)
        axes[axis] = geometry
        return self._replace(axes=axes)

    def because(self, *reasons: str) -> 'State':
        """
        :param reasons: sentences
        :return: the state with these, each once, in order
        """
        return self._replace(reasons=_once(reasons + self.reasons))

    def lost(self, *reasons: str) -> 'State':
        """
        :param reasons: why nothing is known from here on
        :return: a state that counts as unknown, for these reasons
        """
        return self._replace(unknown=_once(reasons + self.unknown))

    def geometry(self, rank: int) -> TensorGeometry:
        """
        :param rank: spatial axes of the image
        :return: what the graph tells of the tensor
        """
        if not self.known:
            return TensorGeometry(None, self.unknown + self.reasons, None, self.unknown, None)
        order = self._order(rank)
        if order is None and len(self.dimensions) == rank + 2 and not self._in_order():
            return self.lost(NO_ORDER).geometry(rank)._replace(keeps_batch=self.keeps_batch)
        axes = [self.axes[axis] for axis in range(rank)]
        return TensorGeometry(axes, self.reasons, order, (), self.keeps_batch)

    @property
    def keeps_batch(self) -> bool:
        """Whether one of the dimensions holds a value for each window of the batch."""
        return self.batched and any(BATCH in roles for roles in self.dimensions)

    def _order(self, rank: int) -> Optional[Tuple[int, ...]]:
        dimensions = list(self.dimensions)
        if (CHANNELS,) not in dimensions and dimensions.count(()) == 1:
            dimensions[dimensions.index(())] = (CHANNELS,)  # a single channel, taken apart before
        wanted: List[Roles] = [(BATCH,), *((axis,) for axis in range(rank)), (CHANNELS,)]
        if sorted(dimensions, key=str) != sorted(wanted, key=str):
            return None
        return tuple(dimensions.index(roles) for roles in wanted)

    def _in_order(self) -> bool:
        """
        Whether the dimensions are batch, axes and channels in this order. A dimension of one value
        for all, as behind a mean, has no role and fits everywhere.
        """
        last = len(self.dimensions) - 1
        wanted: List[Role] = [BATCH] + list(range(last - 1)) + [CHANNELS]
        return all(roles in ((), (role,)) for roles, role in zip(self.dimensions, wanted))

    def check_sizes(self, tensor: Tensor) -> None:
        """
        Compare the worked out sizes with those of the graph.

        :param tensor: the one that this state describes
        :raises GeometryError: if an axis has another size in the graph
        """
        if not self.known or tensor.shape.ndims is None:
            return
        if len(self.dimensions) != tensor.shape.ndims:
            raise GeometryError('has a number of dimensions that was not expected')
        for dimension, size in enumerate(tensor.shape.as_list()):
            roles = self.dimensions[dimension]
            if len(roles) == 1 and isinstance(roles[0], int) and size is not None:
                geometry = self.axes[roles[0]]
                if size * geometry.fold != geometry.size:
                    raise GeometryError(
                        'gives {} samples where {} were expected'.format(
                            size, geometry.size // geometry.fold
                        )
                    )


def window_state(image: Tensor) -> State:
    """
    :param image: the network's input, (batch, x, y[, z], modality)
    :return: its state
    :raises GeometryError: if a spatial size is not known
    """
    sizes = image.shape.as_list()[1:-1]
    if None in sizes:
        raise GeometryError('the size of the window is not fixed in the graph')
    spatial: List[Roles] = [(axis,) for axis in range(len(sizes))]
    batch: Roles = (BATCH,)
    channels: Roles = (CHANNELS,)
    return State(
        tuple([batch] + spatial + [channels]),
        {axis: AxisGeometry.of_window(size) for axis, size in enumerate(sizes)},
        (),
        (),
        1,
        (),
        True,
    )


def spanning(state: State) -> State:
    """
    :param state: any
    :return: the same, with each sample depending on the whole window
    """
    for axis, geometry in state.axes.items():
        state = state.with_axis(axis, geometry.spanning(geometry.size))
    return state


def _once(sentences: Tuple[str, ...]) -> Tuple[str, ...]:
    """The sentences without repetition, in their order."""
    return tuple(dict.fromkeys(sentences))
