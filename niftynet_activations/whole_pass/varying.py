# -*- coding: utf-8 -*-
"""
Constants of a network's graph that follow the volume's size, such as the shape that a transposed
convolution is to give.

A network may refuse to be built on a window of a stage that is small, although the stage's own
operations would take it. Where such constants grow evenly with each axis, as seen on volumes that
the network takes, they are worked out for the window, and the network need not be built on it.
"""

from typing import Dict, List, NamedTuple, Optional, Sequence

import numpy as np

from niftynet_activations.errors import OptionError
from niftynet_activations.hints import Node
from niftynet_activations.host.tensorflow import tf
from niftynet_activations.whole_pass.cuts import Reference
from niftynet_activations.whole_pass.reading import Build, nodes_of

Nodes = Dict[str, Node]


class _Even(NamedTuple):
    """Of a constant."""

    value: np.ndarray  # on the reference volume
    more: List[np.ndarray]  # for each axis, what one period more of voxels adds


class EvenConstants(object):
    """
    The network's nodes on any window.

    :param reference: the graph
    :param period: voxels, for each axis, by multiples of which windows are shorter than the volume
    :param evenly: how each varying constant grows, by the operation's name
    """

    def __init__(
        self, reference: Reference, period: Sequence[int], evenly: Dict[str, _Even]
    ) -> None:
        self._reference, self._period = reference, tuple(period)
        self._evenly = evenly

    def __contains__(self, name: object) -> bool:
        return name in self._evenly

    def nodes_on(self, size: Sequence[int]) -> Nodes:
        """
        :param size: of a window, voxels
        :return: name -> operation; those that vary otherwise are the reference volume's
        """
        found = dict(self._reference.nodes)
        for name, one in self._evenly.items():
            value = one.value.copy()
            for total, part, period, more in zip(
                self._reference.size, size, self._period, one.more
            ):
                value -= (total - part) // period * more
            node = tf.NodeDef()
            node.CopyFrom(self._reference.nodes[name])
            dtype = tf.as_dtype(node.attr['dtype'].type)
            node.attr['value'].tensor.CopyFrom(tf.make_tensor_proto(value, dtype, value.shape))
            found[name] = node
        return found


def even_constants(
    reference: Reference, period: Sequence[int], build: Build
) -> Optional[EvenConstants]:
    """
    :param reference: the graph
    :param period: voxels, for each axis, by which a longer volume was found to be longer
    :param build: of the network
    :return: those of its constants that grow evenly; None if the network takes no volume that is
        longer on one axis alone
    """
    others = []
    for axis, more in enumerate(period):
        size = list(reference.size)
        size[axis] += more
        try:
            others.append(nodes_of(build(size)[0].graph))
        except OptionError:
            return None
    evenly = {}
    for name in reference.varying:
        one = _even(name, reference.nodes, reference.longer, others)
        if one is not None:
            evenly[name] = one
    return EvenConstants(reference, period, evenly)


def _even(name: str, nodes: Nodes, longer: Nodes, others: Sequence[Nodes]) -> Optional[_Even]:
    value = _value_of(nodes.get(name))
    along = [_value_of(each.get(name)) for each in others]
    together = _value_of(longer.get(name))
    if value is None or together is None:
        return None
    more = []
    for each in along:
        if each is None or each.shape != value.shape:
            return None
        more.append(each - value)
    if together.shape != value.shape or not np.array_equal(together, value + sum(more)):
        return None  # a product of sizes, for instance
    return _Even(value, more)


def _value_of(node: Optional[Node]) -> Optional[np.ndarray]:
    """Of a constant of whole numbers; None for other operations."""
    if node is None or node.op != 'Const':
        return None
    dtype = tf.as_dtype(node.attr['dtype'].type)
    return tf.make_ndarray(node.attr['value'].tensor).astype(np.int64) if dtype.is_integer else None
