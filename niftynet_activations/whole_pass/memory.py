# -*- coding: utf-8 -*-
"""
Memory and time that a stretch of a network needs, predicted from its graph.

Numbers are for the whole volume; a window needs its share of them. They are upper bounds of what
was measured with TensorFlow 1.15 and 2.21, by these rules. A tensor is in memory from the step that
makes it to the last step that uses it. Elementwise steps overwrite an input that nothing else
needs. Tensors that are fed or fetched are in memory throughout. A convolution needs a tenth of its
input and output in addition; a transposed convolution of TensorFlow 1 needs a copy of its input for
each tap of the kernel.
"""

from typing import Dict, FrozenSet, List, NamedTuple, Optional, Sequence, Set

import numpy as np

from niftynet_activations.hints import Graph, Operation, Tensor
from niftynet_activations.whole_pass.cuts import Reference, Stretch
from niftynet_activations.whole_pass.flow import Flow, Step
from niftynet_activations.whole_pass.pool import OLD_TENSORFLOW
from niftynet_activations.whole_pass.reductions import REDUCTION

VARIABLES = ('VariableV2', 'Variable', 'ReadVariableOp')
VIEWS = ('Identity', 'Reshape', 'Squeeze', 'ExpandDims', 'StopGradient')
IN_PLACE = (
    'Add AddV2 Sub Mul RealDiv Div Maximum Minimum Relu Relu6 Elu Selu Sigmoid Tanh Abs Neg Exp '
    'Log Sqrt Rsqrt Square BiasAdd SquaredDifference LeakyRelu Softplus Softmax Reciprocal'
).split()
BESIDE = 0.1  # share of input and output that an operation needs in addition
# measured on two cores; only the ratio of both numbers matters
OPERATIONS_A_SECOND = 2.5e11
BYTES_A_SECOND = 8e9
FLOAT_BYTES = 4
CONVOLUTIONS = ('Conv2D', 'Conv3D')  # beginnings of their types


class Needs(NamedTuple):
    """What a stretch needs for the whole volume."""

    peak: int  # bytes of TensorFlow's tensors, those fed and fetched included
    fed: int  # bytes
    fetched: int  # bytes
    seconds: float  # of computing, relative to other stretches
    weights: int  # bytes of the variables, whatever the windows


def needs(reference: Reference, stretch: Stretch, weights: 'StepWeights') -> Needs:
    """
    :param reference: the graph
    :param stretch: a stretch of its steps
    :param weights: the variables of the same graph
    :return: what the stretch needs
    """
    flow = reference.flow
    steps = [each for each in flow.steps[stretch.first : stretch.last] if each.type != REDUCTION]
    fed = sum(flow.tensors[name].bytes for name in stretch.inputs)
    fetched = sum(flow.tensors[name].bytes for name in stretch.outputs)
    seconds = sum(_seconds(reference.graph, flow, step) for step in steps)
    peak = _peak(reference.graph, flow, steps, stretch)
    return Needs(peak, fed, fetched, seconds, weights.bytes_of(steps))


def total_seconds(reference: Reference) -> float:
    """
    :param reference: the graph
    :return: time of one direct pass, in the units of :attr:`Needs.seconds`
    """
    steps = [step for step in reference.flow.steps if step.type != REDUCTION]
    return sum(_seconds(reference.graph, reference.flow, step) for step in steps)


class StepWeights(object):
    """
    The variables that steps work with.

    :param reference: the graph
    """

    def __init__(self, reference: Reference) -> None:
        self._reference = reference
        self._sizes: Dict[str, int] = {}  # variable's operation -> bytes
        self._behind: Dict[str, FrozenSet[str]] = {}  # operation -> variables that it depends on

    def bytes_of(self, steps: Sequence[Step]) -> int:
        """
        :param steps: any
        :return: bytes of their variables, and once more those of the step that has most, of which
            TensorFlow makes a copy in another order while the step runs
        """
        variables = [self._variables_of(step) for step in steps]
        at_a_time = max([self._bytes(each) for each in variables] or [0])
        return self._bytes(frozenset().union(*variables)) + at_a_time

    def _bytes(self, variables: FrozenSet[str]) -> int:
        return sum(self._sizes[name] for name in variables)

    def _variables_of(self, step: Step) -> FrozenSet[str]:
        operation = self._reference.graph.get_operation_by_name(step.name)
        if step.name not in self._behind:
            self._behind[step.name] = self._through(operation)
        return self._behind[step.name]

    def _through(self, operation: Operation) -> FrozenSet[str]:
        found: Set[str] = set()
        for tensor in operation.inputs:
            if tensor.name not in self._reference.flow.tensors:
                found |= self._ahead_of(tensor)
        return frozenset(found)

    def _ahead_of(self, tensor: Tensor) -> FrozenSet[str]:
        name = tensor.op.name
        if name in self._behind:
            return self._behind[name]
        if tensor.op.type in VARIABLES:
            self._sizes[name] = tensor.shape.num_elements() * tensor.dtype.size
            self._behind[name] = frozenset([name])
        else:
            self._behind[name] = frozenset()  # a loop may come back here
            self._behind[name] = self._through(tensor.op)
        return self._behind[name]


class _Held(object):
    """Keeps count of the tensors in memory while steps run one after the other."""

    def __init__(self, flow: Flow, steps: Sequence[Step], stretch: Stretch) -> None:
        self._flow = flow
        self._owner: Dict[str, str] = {}  # tensor -> the one whose memory it shares
        self._uses: Dict[str, int] = {}
        for step in steps:
            for name in step.inputs:
                self._uses[name] = self._uses.get(name, 0) + 1
        self._kept = set(stretch.inputs) | set(stretch.outputs)
        self._sharing: Dict[str, int] = {name: 1 for name in stretch.inputs}
        self.bytes = sum(flow.tensors[name].bytes for name in stretch.inputs)

    def _root(self, name: str) -> str:
        while self._owner.get(name, name) != name:
            name = self._owner[name]
        return name

    def run(self, step: Step) -> int:
        """
        :param step: the next step
        :return: bytes in memory while it runs
        """
        size = sum(self._flow.tensors[name].bytes for name in step.outputs)
        reused = self._reused(step, size)
        for name in step.outputs:
            if reused is not None:
                self._owner[name] = reused
                self._sharing[reused] += 1
            else:
                self._sharing[name] = 1
        if reused is None:
            self.bytes += size
        held = self.bytes
        for name in step.inputs:
            self._uses[name] -= 1
            self._let_go(name)
        for name in step.outputs:
            self._let_go(name)
        return held

    def _reused(self, step: Step, size: int) -> Optional[str]:
        """The tensor whose memory the output uses again; None where it needs memory of its own."""
        if step.type in VIEWS and step.inputs:
            return self._root(step.inputs[0])
        if step.type in IN_PLACE:
            for name in step.inputs:
                alone = self._uses[name] == step.inputs.count(name) and name not in self._kept
                root = self._root(name)
                alone = alone and self._sharing[root] == 1 and root not in self._kept
                if alone and self._flow.tensors[root].bytes == size:
                    return root
        return None

    def _let_go(self, name: str) -> None:
        if self._uses.get(name, 0) == 0 and name not in self._kept:
            self._uses[name] = -1
            root = self._root(name)
            self._sharing[root] -= 1
            if self._sharing[root] == 0:
                self.bytes -= self._flow.tensors[root].bytes


def _peak(graph: Graph, flow: Flow, steps: Sequence[Step], stretch: Stretch) -> int:
    held = _Held(flow, steps, stretch)
    peak = held.bytes
    for step in steps:
        peak = max(peak, held.run(step) + _beside(graph, flow, step))
    return peak


def _beside(graph: Graph, flow: Flow, step: Step) -> int:
    """Bytes that an operation needs in addition while it runs."""
    if step.type in VIEWS:
        return 0
    size = sum(flow.tensors[name].bytes for name in step.inputs + step.outputs)
    found = int(BESIDE * size)
    if OLD_TENSORFLOW and 'Backprop' in step.type:
        operation = graph.get_operation_by_name(step.name)
        samples = flow.tensors[step.inputs[0]].shape[1:-1]
        found += _product(samples) * _product(_kernel(operation, flow, step)[:-1]) * FLOAT_BYTES
    return found


def _seconds(graph: Graph, flow: Flow, step: Step) -> float:
    size = sum(flow.tensors[name].bytes for name in step.inputs + step.outputs)
    found = 0.0 if step.type in VIEWS else size / BYTES_A_SECOND
    if step.type[:6] in CONVOLUTIONS:
        operation = graph.get_operation_by_name(step.name)
        kernel = _kernel(operation, flow, step)
        made = step.inputs[0] if 'Backprop' in step.type else step.outputs[0]
        samples = _product(flow.tensors[made].shape[:-1])
        found += 2.0 * samples * _product(kernel) / OPERATIONS_A_SECOND
    return found


def _kernel(operation: Operation, flow: Flow, step: Step) -> List[int]:
    """A convolution's kernel; channels that are picked while it runs count as those of its data."""
    sizes = operation.inputs[1].shape.as_list()
    given, made = (flow.tensors[each[0]].shape[-1] for each in (step.inputs, step.outputs))
    channels = (made, given) if 'Backprop' in step.type else (given, made)
    return [n or other for n, other in zip(sizes, [1] * (len(sizes) - 2) + list(channels))]


def _product(sizes: Sequence[int]) -> int:
    return int(np.prod(list(sizes), dtype=np.int64))


def bytes_of(flow: Flow, names: List[str]) -> int:
    """
    :param flow: of the network
    :param names: of tensors
    :return: their bytes for the whole volume
    """
    return sum(flow.tensors[name].bytes for name in names)
