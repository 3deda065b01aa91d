# -*- coding: utf-8 -*-
"""
Means and sums over space that a stage computes itself, one axis after the other.

Means over the volume are put together from windows in double precision
(:mod:`niftynet_activations.whole_pass.reductions`). Where that is not possible, because what lies
in front of them cannot be cut, they are computed within the one window of the volume, and
TensorFlow would add up all samples in one float32 number: on 64 x 48 x 32 voxels behind eleven
normalisations that cost 4.8e-4 of a layer's range. Of one axis there are a few hundred samples, so
that sums axis by axis keep nearly all digits, and take hardly any memory.
"""

from typing import Dict, List, Sequence, Tuple

import numpy as np

from niftynet_activations.hints import Graph, Node, Operation
from niftynet_activations.host.tensorflow import tf
from niftynet_activations.whole_pass.nodes import constant_node

Groups = Tuple[Tuple[int, ...], ...]  # axes that are taken together, in turn


def means_over_space(graph: Graph) -> Dict[str, Groups]:
    """
    :param graph: the network's, built on the volume
    :return: operation name of a mean or sum over space -> its axes, in groups of which only one
        axis is longer than 1
    """
    found = {each.name: _groups(each) for each in graph.get_operations()}
    return {name: groups for name, groups in found.items() if len(groups) > 1}


def _groups(operation: Operation) -> Groups:
    if operation.type not in ('Mean', 'Sum') or operation.inputs[0].dtype != tf.float32:
        return ()
    axes, source = axes_over_space(operation), operation.inputs[0].shape
    if not axes or not source.is_fully_defined():
        return ()
    sizes = source.as_list()
    long = [axis for axis in axes if sizes[axis] > 1]
    short = [axis for axis in axes if sizes[axis] <= 1]
    return tuple((axis,) if number else (axis, *short) for number, axis in enumerate(long))


def axes_over_space(operation: Operation) -> Tuple[int, ...]:
    """
    :param operation: a reduction, such as a mean
    :return: the axes that it takes together, in order; empty if not all spatial axes are among
        them, if the graph does not fix them, or inside of a loop or branch, where nothing is fed
    """
    source, along = operation.inputs[0], tf.get_static_value(operation.inputs[1])
    rank = source.shape.ndims
    if along is None or rank is None or rank < 4:
        return ()
    if not operation.graph.is_fetchable(operation.outputs[0]):
        return ()
    axes = tuple(sorted({int(each) % rank for each in np.ravel(along)}))
    return axes if set(range(1, rank - 1)) <= set(axes) else ()


def by_axes(nodes: Sequence[Node], means: Dict[str, Groups]) -> List[Node]:
    """
    :param nodes: of a stage's graph
    :param means: of :func:`means_over_space`
    :return: the same, in which these are taken over one group of axes after the other
    """
    found: List[Node] = []
    for node in nodes:
        found += _split(node, means[node.name]) if node.name in means else [node]
    return found


def _split(node: Node, groups: Groups) -> List[Node]:
    """Nodes that compute the same; the last has the name of the one."""
    made: List[Node] = []
    keeps = node.attr['keep_dims'].b
    source = node.input[0]
    for number, group in enumerate(groups):
        last = keeps and number == len(groups) - 1
        axes = constant_node('{}/axes_{}'.format(node.name, number), np.array(group, np.int32))
        one = tf.NodeDef()
        one.name = node.name if last else '{}/along_{}'.format(node.name, number)
        one.op = node.op
        one.input.extend([source, axes.name])
        one.attr['T'].type = node.attr['T'].type
        one.attr['Tidx'].type = tf.int32.as_datatype_enum
        one.attr['keep_dims'].b = True
        made += [axes, one]
        source = one.name
    if not keeps:
        one = tf.NodeDef()
        one.name, one.op = node.name, 'Squeeze'
        one.input.append(source)
        one.attr['T'].type = node.attr['T'].type
        one.attr['squeeze_dims'].list.i.extend(sorted(sum(groups, ())))
        made.append(one)
    return made
