# -*- coding: utf-8 -*-
"""
Tensors of a network with their axes in the order (batch, spatial axes ..., channels), however the
network has arranged them.

Dilated blocks move space into the batch axis; a network may also transpose. Both are undone by
operations beside the network, which goes on with its own tensors.
"""

from typing import List, Optional, Sequence

from niftynet_activations.capturing.dilation import nesting_of, undo_space_to_batch
from niftynet_activations.capturing.recording import NetworkRecord
from niftynet_activations.hints import Tensor
from niftynet_activations.host.tensorflow import tf


def in_ordinary_space(
    tensors: Sequence[Tensor], record: NetworkRecord, like: Optional[Sequence[Tensor]] = None
) -> List[Tensor]:
    """
    :param tensors: of the network's graph, at least two axes each
    :param record: the network
    :param like: for tensors that are not part of the network, such as gradients: for each, a tensor
        of the network that has the same axes
    :return: for each, the tensor itself or a new one: (batch, spatial axes ..., channels), where a
        dilated block's padding is not removed; axes are left as they are where the graph does not
        tell what they are
    :raises GeometryError: if a dilated block's shape is not fixed in the graph
    """
    with record.image.graph.as_default():
        for tensor, other in zip(tensors, like or ()):
            record.nestings[tensor.op.name] = nesting_of(other, record.nestings)
        spatial = _undone(tensors, record)
        if record.geometry is None:
            return spatial  # sizes are not fixed in the graph, so the order of axes is not known
        places = spatial if like is None else _undone(like, record)
        read = record.geometry.read(places)
        orders = [read[tensor.name].order for tensor in places]
        return [
            tensor
            if order is None or list(order) == sorted(order)
            else tf.transpose(tensor, list(order))
            for tensor, order in zip(spatial, orders)
        ]


def _undone(tensors: Sequence[Tensor], record: NetworkRecord) -> List[Tensor]:
    return [undo_space_to_batch(tensor, record.nestings) for tensor in tensors]


def window_shape(
    tensor: Tensor, order: Optional[Sequence[int]], record: NetworkRecord
) -> Optional[List[Optional[int]]]:
    """
    :param tensor: of the network's graph
    :param order: its dimensions as batch, spatial axes, channels; None where they are not these
    :param record: the network
    :return: the shape that :func:`in_ordinary_space` would give it, without the batch axis and
        without an operation in the graph; None where even the number of axes is unknown
    :raises GeometryError: if a dilated block's shape is not fixed in the graph
    """
    if tensor.shape.ndims is None:
        return None
    sizes = tensor.shape.as_list()
    for block in nesting_of(tensor, record.nestings):
        for axis, factor in enumerate(block, 1):
            sizes[axis] = None if sizes[axis] is None else sizes[axis] * factor
    return sizes[1:] if order is None else [sizes[dimension] for dimension in order[1:]]
