# -*- coding: utf-8 -*-
"""
Constants of a network's graph that depend on the volume's size, such as the output shape of a
transposed convolution.

A network may refuse to be built on a small window, although the operations of one stage would
accept it. If such constants grow linearly with the size of each axis, as seen on volumes that the
network accepts, they are worked out for the window, and the network need not be built on it.
"""

from typing import Dict, List, NamedTuple, Optional, Sequence

import numpy as np

from niftynet_activations.errors import OptionError
from niftynet_activations.hints import Node
from niftynet_activations.host.tensorflow import tf
from niftynet_activations.whole_pass.cuts import Reference
from niftynet_activations.whole_pass.nodes import Nodes, with_value
from niftynet_activations.whole_pass.reading import Build, nodes_of


class _Even(NamedTuple):
    """A constant that grows linearly with the size of each axis."""

    value: np.ndarray  # on the reference volume
    more: List[np.ndarray]  # for each axis, what a volume longer by one period adds to it


class EvenConstants(object):
    """
    The network's nodes on any window.

    :param reference: the graph
    :param period: voxels for each axis; windows are shorter than the volume by multiples of it
    :param evenly: operation name -> how the constant grows
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
        :return: name -> NodeDef; nodes that vary in another way are those of the reference volume
        """
        found = dict(self._reference.nodes)
        for name, one in self._evenly.items():
            value = one.value.copy()
            for total, part, period, more in zip(
                self._reference.size, size, self._period, one.more
            ):
                value -= (total - part) // period * more
            found[name] = with_value(self._reference.nodes[name], value)
        return found


def even_constants(
    reference: Reference, period: Sequence[int], build: Build
) -> Optional[EvenConstants]:
    """
    :param reference: the graph
    :param period: voxels for each axis; windows are shorter than the volume by multiples of it
    :param build: builds the network on a size
    :return: the constants that grow linearly; None if the network accepts no volume that is longer
        on one axis alone
    """
    others = []
    for axis, more in enumerate(reference.by):
        if not more:
            others.append(reference.nodes)  # windows are not shorter there
            continue
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
    """The value of a constant of whole numbers; None for other operations."""
    if node is None or node.op != 'Const':
        return None
    dtype = tf.as_dtype(node.attr['dtype'].type)
    return tf.make_ndarray(node.attr['value'].tensor).astype(np.int64) if dtype.is_integer else None
