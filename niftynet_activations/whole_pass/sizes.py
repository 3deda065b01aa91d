# -*- coding: utf-8 -*-
"""
Numbers of a network that depend on the size of the volume, such as the count of voxels by which a
sum is divided.

The graph of a stage holds the operations as they are on a window. A number that only says how
large a tensor is to be (the shape of a reshaping) has to be the window's; one that the network
computes with has to be that of the volume, and is written into the stage's graph as a constant.

- *loose* tensor: one that does not depend on the image, or only on global numbers;
- *link*: an input of an operation, by the operation's name and the input's number;
- *unclear* step: one of whose loose inputs it is not known which of both it is. Its stage needs the
  whole volume in one window, where both are the same.
"""

from typing import Dict, Iterator, List, NamedTuple, Optional, Set, Tuple

import numpy as np

from niftynet_activations.geometry.order import in_order
from niftynet_activations.geometry.rules.constants import FUNCTIONS, SHAPES, fixed_value
from niftynet_activations.hints import Graph, Node, Operation, Tensor
from niftynet_activations.host.tensorflow import tf
from niftynet_activations.whole_pass.flow import Flow
from niftynet_activations.whole_pass.nodes import (
    Nodes,
    constant_node,
    full_name,
    relinked,
    with_value,
)
from niftynet_activations.whole_pass.reductions import REDUCTION

Link = Tuple[str, int]
# inputs that say how large or where something is, by the operation's type
FORMS = {
    'Reshape': (1,),
    'ExpandDims': (1,),
    'Transpose': (1,),
    'Tile': (1,),
    'Fill': (0,),
    'BroadcastTo': (1,),
    'Slice': (1, 2),
    'StridedSlice': (1, 2, 3),
    'Pad': (1,),
    'PadV2': (1,),
    'MirrorPad': (1,),
    'Split': (0,),
    'SplitV': (1, 2),
    'SpaceToBatchND': (1, 2),
    'BatchToSpaceND': (1, 2),
    'ResizeBilinear': (1,),
    'ResizeNearestNeighbor': (1,),
    'Conv2DBackpropInput': (0,),
    'Conv3DBackpropInputV2': (0,),
    'RandomUniform': (0,),
    'RandomStandardNormal': (0,),
    'TruncatedNormal': (0,),
}
# operations that compute with each of their inputs; what FUNCTIONS holds computes too, but for the
# inputs named above
COMPUTING = set(
    'Select SelectV2 Pow SquaredDifference DivNoNan Sqrt Rsqrt Exp Log Tanh Sigmoid Relu BiasAdd '
    'Greater GreaterEqual Less LessEqual Equal NotEqual AddN Reciprocal MatMul'.split()
)

# operations whose values depend on how many values they take together
ALONG_AXES = tuple('Sum Prod Mean Max Min All Any ArgMax ArgMin Cumsum Cumprod'.split())
TOGETHER = tuple(
    'Softmax LogSoftmax L2Loss MatMul BatchMatMul BatchMatMulV2 Einsum TopKV2 Bincount'.split()
)


class Numbers(NamedTuple):
    """What a network computes with its size."""

    links: Dict[Link, np.ndarray]  # the volume's numbers
    unclear: Set[int]  # numbers of steps


def numbers_of(flow: Flow, graph: Graph, longer: Graph, varying: Set[str]) -> Numbers:
    """
    :param flow: of the network on the volume
    :param graph: the network on the volume
    :param longer: the network on a longer volume
    :param varying: names of operations that are not the same in both
    :return: where the network computes with its size
    """
    return _Finder(flow, graph, longer, varying).found()


class _Finder(object):
    def __init__(self, flow: Flow, graph: Graph, longer: Graph, varying: Set[str]) -> None:
        self._flow, self._graph, self._longer = flow, graph, longer
        self._links: Dict[Link, np.ndarray] = {}
        self._clear: Dict[str, bool] = {}  # operations that were looked at
        self._varying = self._behind(varying) if varying else set()

    def found(self) -> Numbers:
        unclear: Set[int] = set()
        if self._varying:
            for number, step in enumerate(self._flow.steps):
                if step.type != REDUCTION and not self._look_at(step.name):
                    unclear.add(number)
            for name in self._flow.loose:
                self._look_at(name.partition(':')[0])
        return Numbers(self._links, unclear)

    def _behind(self, varying: Set[str]) -> Set[str]:
        """Names of loose operations that may give something else on another size."""
        found: Set[str] = set()
        for operation in in_order(self._graph.get_operations()):
            loose = [each.op.name for each in operation.inputs if self._is_loose(each)]
            shaped = operation.type in SHAPES or not operation.inputs or loose
            if shaped and (operation.name in varying or found.intersection(loose)):
                found.add(operation.name)
        return found

    def _is_loose(self, tensor: Tensor) -> bool:
        return tensor.name not in self._flow.tensors

    def _look_at(self, name: str) -> bool:
        """Find the links of an operation and of the loose ones before it; False if it is unclear"""
        if name not in self._clear:
            self._clear[name] = True  # an operation of a loop may come back to itself
            operation = self._graph.get_operation_by_name(name)
            if not operation.inputs:
                # a variable that is as large as the volume, for instance
                self._clear[name] = name not in self._varying
                return self._clear[name]
            forms = FORMS.get(operation.type, ())
            links = [
                self._link(operation, number, tensor)
                for number, tensor in enumerate(operation.inputs)
                if number not in forms and tensor.op.name in self._varying
                and self._is_loose(tensor) and tensor.name not in self._flow.reductions
            ]  # fmt: skip
            self._clear[name] = all(links)
        return self._clear[name]

    def _link(self, operation: Operation, number: int, tensor: Tensor) -> bool:
        here, there = fixed_value(tensor), self._there(tensor)
        if here is None or there is None:
            if tensor.op.type in SHAPES or self._counts(tensor.op):
                return False
            return self._look_at(tensor.op.name)
        if here.shape != there.shape:
            # a constant of the window's size fits if it is the same everywhere
            ends = [np.unique(each) for each in (here, there)]
            return all(each.size == 1 for each in ends) and bool(ends[0] == ends[1])
        if np.array_equal(here, there):
            return True
        computes = operation.type in COMPUTING or operation.type in FUNCTIONS
        if not computes and tensor.dtype.is_integer:
            return False
        self._links[operation.name, number] = here.astype(tensor.dtype.as_numpy_dtype)
        return True

    def _counts(self, operation: Operation) -> bool:
        """Whether it takes together another number of values on another size."""
        if operation.type not in ALONG_AXES + TOGETHER:
            return False
        try:
            other = self._longer.get_operation_by_name(operation.name)
            return _taken_together(operation) != _taken_together(other)
        except (KeyError, ValueError):
            return True  # there is no such operation on the other size, or its form is not known

    def _there(self, tensor: Tensor) -> Optional[np.ndarray]:
        try:
            return fixed_value(self._longer.get_tensor_by_name(tensor.name))
        except (KeyError, ValueError):
            return None


def _taken_together(operation: Operation) -> List[List[Optional[int]]]:
    """Sizes of the dimensions along which an operation takes values together, input by input."""
    sizes = [each.shape.as_list() for each in operation.inputs]
    if operation.type in ALONG_AXES:
        along = fixed_value(operation.inputs[1])
        return sizes if along is None else [[sizes[0][int(each)] for each in np.ravel(along)]]
    if operation.type.endswith('Softmax'):
        return [sizes[0][-1:]]
    return sizes


def with_numbers(nodes: Nodes, links: Dict[Link, np.ndarray]) -> Nodes:
    """
    :param nodes: of the network on any size
    :param links: the volume's numbers
    :return: the nodes with these numbers in their links
    """
    found = dict(nodes)
    for (name, number), value in links.items():
        if name in found:
            constant = constant_node('{}/volume_{}'.format(name, number), value)
            found[constant.name] = constant
            found[name] = relinked(found[name], {number: constant.name})
    return found


def on_window(nodes: Nodes, volume: Nodes, varying: Set[str]) -> Nodes:
    """
    :param nodes: of the network on a window
    :param volume: of the network on the volume
    :param varying: names of nodes that follow the size
    :return: those of the volume, but for the varying ones, and what reads one that is missing on a
        window: TensorFlow makes zeros and ones of few numbers a constant. Others may differ on
        windows too, as numbers that are rounded or have a limit do, and what a constant is filled
        with
    """
    found = dict(nodes)
    found.update(volume)
    missing = varying.difference(nodes)
    for name, node in nodes.items():
        if name in varying:
            found[name] = _filled(node, volume[name])
        elif missing and name in volume and missing.intersection(_read_by(volume[name])):
            found[name] = node
    return found


def _read_by(node: Node) -> Iterator[str]:
    """Names of the operations that a node takes values of."""
    return (each.partition(':')[0] for each in node.input)


def _filled(node: Node, volume: Node) -> Node:
    """The constant with the number that fills the volume's; other nodes as they are."""
    if node.op != 'Const' or not tf.as_dtype(node.attr['dtype'].type).is_floating:
        return node
    if volume.op != 'Const':
        return node
    values = tf.make_ndarray(volume.attr['value'].tensor)
    if not values.size or values.min() != values.max():
        return node
    return with_value(
        node, np.full(tf.make_ndarray(node.attr['value'].tensor).shape, values.flat[0])
    )


def with_fixed_shapes(graph: Graph, nodes: Nodes) -> Nodes:
    """
    :param graph: of a network
    :param nodes: of the same graph
    :return: the nodes, with constants in the place of operations that tell the form of a tensor, so
        that a stage does not need the tensor itself for it
    """
    constants: Dict[str, Node] = {}  # by the name of the tensor
    for operation in graph.get_operations():
        if operation.type in SHAPES:
            for output in operation.outputs:
                value = fixed_value(output)
                if value is not None:
                    value = value.astype(output.dtype.as_numpy_dtype)
                    name = '{}/fixed_{}'.format(operation.name, output.value_index)
                    constants[output.name] = constant_node(name, value)
    if not constants:
        return nodes
    found = {node.name: node for node in constants.values()}
    for name, node in nodes.items():
        links = {
            number: constants[full_name(each)].name
            for number, each in enumerate(node.input)
            if not each.startswith('^') and full_name(each) in constants
        }
        found[name] = relinked(node, links) if links else node
    return found
