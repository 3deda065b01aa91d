# -*- coding: utf-8 -*-
"""
Graphs of single stages, cut out of the network's graph.

The graph of a stage holds only the stage's own operations. All that it needs is fed through
placeholders: the tensors that cross the cut in front of it, the global numbers (values of
reductions over the volume), and the variables. So no session has to be initialised, and TensorFlow
folds nothing into constants that a direct pass would compute.

- *node*: an operation as TensorFlow stores it (``NodeDef``); an input of it reads ``name``,
  ``name:1`` for the second output, or ``^name`` for an operation that only has to run before;
- *varying* node: a node that differs when the network is built on another size, such as the
  constant that holds the output size of a transposed convolution. Only for a stage with such nodes
  the network has to be built on the stage's window, unless they are constants that can be worked
  out (:mod:`niftynet_activations.whole_pass.varying`).
"""

import contextlib
from typing import (
    Callable,
    Dict,
    Iterator,
    List,
    Mapping,
    NamedTuple,
    Optional,
    Sequence,
    Tuple,
)

import numpy as np
from niftynet.utilities.util_common import tf_config

from niftynet_activations.errors import GeometryError
from niftynet_activations.hints import Graph, Node, Session, TensorDType
from niftynet_activations.host.refusals import refusal
from niftynet_activations.host.tensorflow import tf
from niftynet_activations.whole_pass.cuts import Reference
from niftynet_activations.whole_pass.means import by_axes, means_over_space
from niftynet_activations.whole_pass.memory import VARIABLES
from niftynet_activations.whole_pass.nodes import full_name
from niftynet_activations.whole_pass.reading import Build, nodes_of
from niftynet_activations.whole_pass.sizes import on_window, with_numbers
from niftynet_activations.whole_pass.stores import aligned_copy
from niftynet_activations.whole_pass.varying import EvenConstants

Weights = Callable[[str], np.ndarray]  # name of a variable -> its value
Key = Tuple[Tuple[str, ...], Tuple[str, ...], Tuple[int, ...]]


class _Among(Mapping[str, np.ndarray]):
    """A view of a dictionary with some of its names, whose values may change later."""

    def __init__(self, values: Mapping[str, np.ndarray], names: Sequence[str]) -> None:
        self._values = values
        self._names = [name for name in names if name in values]

    def __getitem__(self, name: str) -> np.ndarray:
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


class StageNetwork(NamedTuple):
    """The graph of a stage, in a session."""

    session: Session
    names: Dict[str, str]  # tensor of the network -> tensor of the session's graph
    weights: Dict[str, np.ndarray]  # placeholders of the variables -> values
    given: Mapping[str, np.ndarray]  # other placeholders -> values, which are read in each run
    built: Graph  # the network's own: TensorFlow forgets Python functions of a graph that is gone

    def run(self, outputs: Sequence[str], fed: Dict[str, np.ndarray]) -> List[np.ndarray]:
        """
        :param outputs: names of tensors
        :param fed: name of a tensor -> value
        :return: the outputs' values
        :raises GeometryError: if one of the network's steps cannot take its values
        """
        feed = dict(self.weights)
        feed.update({self.names[name]: value for name, value in fed.items()})
        feed.update({name + ':0': value for name, value in self.given.items()})
        try:
            return self.session.run([self.names[name] for name in outputs], feed)
        except tf.errors.InvalidArgumentError as error:
            raise GeometryError(
                'activation_pass = whole: the network was built on the volume, and ends in an '
                'error when it runs: {}; where it is the size, volume_padding_size or '
                'activation_pass = windows gives it another'.format(refusal(error))
            ) from error


class StageNetworks(object):
    """
    Makes the graphs of stages.

    :param reference: the graph that was planned
    :param build: builds the network on a size
    :param weights: gives the values of its variables
    :param given: operation -> value of placeholders other than the image; read in each run
    :ivar lasts: whether a stage's graph is kept open after its use, for the next time
    :ivar even: varying nodes that can be worked out for any window; None before that was done
    """

    def __init__(
        self,
        reference: Reference,
        build: Build,
        weights: Weights,
        given: Optional[Dict[str, np.ndarray]] = None,
    ) -> None:
        self._build, self._weights = build, weights
        self._reference, self._nodes = reference, reference.nodes
        self._means = means_over_space(reference.graph)
        self._values: Dict[str, np.ndarray] = {}  # variables of graphs that are kept open
        self.given: Dict[str, np.ndarray] = given or {}
        self._lasting: Dict[Key, StageNetwork] = {}
        self.lasts = False
        self.even: Optional[EvenConstants] = None

    @contextlib.contextmanager
    def opened(
        self, inputs: Sequence[str], outputs: Sequence[str], size: Sequence[int]
    ) -> Iterator[StageNetwork]:
        """
        In the body of a ``with`` block the graph of a stage can be run. It is closed afterwards,
        unless ``lasts`` is set.

        :param inputs: tensors that are fed
        :param outputs: tensors that are fetched
        :param size: of the stage's windows, voxels
        :return: the stage's network
        :raises OptionError: if the network refuses the size, where it has to be built on it
        """
        key = tuple(inputs), tuple(outputs), tuple(size)
        if not self.lasts:
            network = self.open(inputs, outputs, size)
            with network.session:
                yield network
            return
        if key not in self._lasting:
            self._lasting[key] = self.open(inputs, outputs, size)
        yield self._lasting[key]

    def close(self) -> None:
        """Close the graphs that were kept open."""
        for network in self._lasting.values():
            network.session.close()
        self._lasting.clear()
        self._values.clear()

    def open(
        self, inputs: Sequence[str], outputs: Sequence[str], size: Sequence[int]
    ) -> StageNetwork:
        """
        :param inputs: tensors that are fed
        :param outputs: tensors that are fetched
        :param size: of the stage's windows, voxels
        :return: the stage's network; its session is to be closed
        :raises OptionError: if the network refuses the size, where it has to be built on it
        """
        fed = {name: 'fed_{}'.format(number) for number, name in enumerate(inputs)}
        if self.varies(inputs, outputs):
            built = self._build(size)[0].graph
            nodes = with_numbers(nodes_of(built), self._reference.links)
            nodes = on_window(nodes, self._nodes, self._reference.varying)
        else:
            built = self._reference.graph
            nodes = self._nodes if self.even is None else self.even.nodes_on(size)
        return self._network(
            built, by_axes(_cut_out(nodes, fed, outputs), self._means), fed, outputs
        )

    def varies(self, inputs: Sequence[str], outputs: Sequence[str]) -> bool:
        """
        :param inputs: tensors that are fed
        :param outputs: tensors that are fetched
        :return: whether the network has to be built on the window's size for the graph between them
        """
        fed = {name: name for name in inputs}
        names = {
            node.name for node in _cut_out(self._nodes, fed, outputs)
        } & self._reference.varying
        return any(self.even is None or name not in self.even for name in names)

    def _network(
        self,
        built: Graph,
        nodes: Sequence[Node],
        fed: Dict[str, str],
        outputs: Sequence[str],
    ) -> StageNetwork:
        definition = tf.GraphDef(library=built.as_graph_def().library)  # functions that nodes call
        weights = {}
        # variables are read anew for each stage, so that they take memory only while it runs
        values = self._values if self.lasts else {}
        found = {node.name: node for node in nodes}
        for node in nodes:
            copy = definition.node.add()
            copy.CopyFrom(node)
            del copy.input[:]
            if '_class' in copy.attr:
                # colocation with an operation that may not be in this graph
                del copy.attr['_class']
            if node.op in VARIABLES:
                variable = node.input[0] if node.op == 'ReadVariableOp' else node.name
                _make_placeholder(copy, copy.attr['dtype'].type)
                if variable not in values:
                    values[variable] = aligned_copy(np.asarray(self._weights(variable)))
                weights[node.name + ':0'] = values[variable]
            else:
                copy.input.extend(_renamed(each, fed) for each in _data_inputs(node))
                copy.input.extend('^' + each for each in _pivots(node, found))
        graph = tf.Graph()
        with graph.as_default():
            placed = {
                name: tf.placeholder(self._dtype(name), name=short) for name, short in fed.items()
            }
            read = {each for node in definition.node for each in _data_inputs(node)}
            tf.import_graph_def(
                definition,
                {
                    short + ':0': placed[name]
                    for name, short in fed.items()
                    if short + ':0' in read  # one that is only fetched again is read by no node
                },
                name='',
            )
        names = {name: short + ':0' for name, short in fed.items()}
        names.update({name: name for name in outputs if name not in fed})
        given = _Among(self.given, [node.name for node in nodes])
        session = tf.Session(graph=graph, config=tf_config())
        return StageNetwork(session, names, weights, given, built)

    def _dtype(self, name: str) -> TensorDType:
        return self._reference.graph.get_tensor_by_name(name).dtype


def _make_placeholder(node: Node, dtype_number: int) -> None:
    node.op = 'Placeholder'
    node.attr.clear()
    node.attr['dtype'].type = dtype_number


def _of(name: str) -> Tuple[str, int]:
    """Operation name and output number of a tensor's name, or of a node's input."""
    operation, _, output = name.partition(':')
    return operation, int(output or 0)


def _data_inputs(node: Node) -> List[str]:
    return [each for each in node.input if not each.startswith('^')]


def _pivots(node: Node, nodes: Dict[str, Node]) -> List[str]:
    """
    What an operation of a branch or a loop waits for. It takes no values of it, but would run
    outside of the branch without it.
    """
    waits = [each[1:] for each in node.input if each.startswith('^') and each[1:] in nodes]
    return [name for name in waits if _is_pivot(nodes[name], nodes)]


def _is_pivot(node: Node, nodes: Dict[str, Node]) -> bool:
    if node.op != 'Identity':
        return node.op in ('Switch', 'Merge')
    return nodes[_of(node.input[0])[0]].op == 'Switch'


def _renamed(name: str, fed: Dict[str, str]) -> str:
    return fed[full_name(name)] + ':0' if full_name(name) in fed else name


def _cut_out(nodes: Dict[str, Node], fed: Dict[str, str], outputs: Sequence[str]) -> List[Node]:
    """The nodes between what is fed and the outputs."""
    found: Dict[str, Node] = {}
    pending = [_of(name)[0] for name in outputs if name not in fed]
    while pending:
        name = pending.pop()
        if name in found:
            continue
        node = found[name] = nodes[name]
        if node.op not in VARIABLES:
            inputs = [full_name(each) for each in _data_inputs(node)]
            pending += [_of(each)[0] for each in inputs if each not in fed]
            pending += _pivots(node, nodes)
    return list(found.values())
