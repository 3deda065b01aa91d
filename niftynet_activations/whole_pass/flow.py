# -*- coding: utf-8 -*-
"""
The operations of a network from the image to the wanted tensors, as a list of steps.

- *step*: an operation that works on samples in space. An operation on weights and constants alone
  is no step: TensorFlow runs it whenever a step needs it;
- *global number*: a value without a place in space, made by a reduction over the whole volume, such
  as a mean of instance normalisation. It is computed once for the volume, and then fed. Operations
  on global numbers alone are no steps either;
- *reference graph*: the network built on the whole volume. It is read, and never run;
- *target*: a wanted tensor.
"""

from typing import Dict, FrozenSet, Iterable, List, NamedTuple, Optional, Sequence, Set, Tuple

import numpy as np

from niftynet_activations.geometry.graph import StateReader, draws
from niftynet_activations.geometry.order import BACK, in_order
from niftynet_activations.geometry.state import State, window_state
from niftynet_activations.hints import Operation
from niftynet_activations.hints import Tensor as GraphTensor
from niftynet_activations.whole_pass.forms import check_without_state, largest_form
from niftynet_activations.whole_pass.reductions import REDUCTION, Reduction, find_reduction

NOTHING: FrozenSet[str] = frozenset()


class Tensor(NamedTuple):
    """A tensor of the reference graph."""

    name: str
    shape: Tuple[int, ...]
    bytes: int
    state: Optional[State]  # geometry seen from the image; None for a tensor not in space


class Step(NamedTuple):
    """An operation on samples in space, or a reduction of them."""

    name: str
    type: str  # TensorFlow's, or REDUCTION
    inputs: Tuple[str, ...]  # tensors that lie in space
    outputs: Tuple[str, ...]
    numbers: FrozenSet[str]  # outputs of reductions whose values it depends on


class Flow(NamedTuple):
    """The steps from the image to the targets."""

    image: str
    steps: List[Step]  # each behind those that it depends on
    tensors: Dict[str, Tensor]
    reductions: Dict[str, Reduction]  # by the name of the tensor that is fed
    targets: List[str]  # wanted tensors that lie in space
    loose: List[str]  # wanted tensors that do not lie in space
    numbers: Dict[str, FrozenSet[str]]  # loose tensor -> outputs of reductions it depends on
    random: List[str]  # operations that draw random numbers on the way
    constants: Dict[str, None]  # names of tensors that do not lie in space


def read_flow(image: GraphTensor, targets: Sequence[GraphTensor], streams: bool = True) -> Flow:
    """
    :param image: the input of the reference graph, its shape known
    :param targets: the wanted tensors of the same graph
    :param streams: whether reductions over the volume are put together from windows; if not, they
        are steps like others, and need the whole volume in one window
    :return: the steps to the targets
    """
    reader = _FlowReader(image, targets, streams)
    return reader.flow()


class _FlowReader(object):
    def __init__(self, image: GraphTensor, targets: Sequence[GraphTensor], streams: bool) -> None:
        self._image, self._targets, self._streams = image, list(targets), streams
        self._reader = StateReader({image.name: window_state(image)})
        self._reductions: Dict[str, Reduction] = {}
        self._numbers: Dict[str, FrozenSet[str]] = {}  # operation -> reductions before it
        self._largest: Dict[str, Tuple[int, ...]] = {}  # tensor of open form -> what it can be
        self._operations = _ancestors(image.op, [each.op for each in targets])
        check_without_state(self._operations)
        for operation in self._operations:
            self._read(operation)

    def _read(self, operation: Operation) -> None:
        """Read one operation; those that it depends on have been read before."""
        if operation is self._image.op:
            return
        if not any(self._depends(each) for each in operation.inputs):
            return
        found = None
        if self._streams:
            found = find_reduction(operation, self._reader.state, self._reductions)
        if found is not None:
            self._reductions[found.output] = found
            self._reader.give(found.output, None)
            self._numbers[operation.name] = frozenset([found.output])
            return
        self._numbers[operation.name] = self._numbers_of(operation)
        for output in operation.outputs:
            self._reader.state(output)

    def _depends(self, tensor: GraphTensor) -> bool:
        return self._reader.state(tensor) is not None or tensor.op.name in self._numbers

    def _numbers_of(self, operation: Operation) -> FrozenSet[str]:
        loose = [each for each in operation.inputs if self._reader.state(each) is None]
        return NOTHING.union(*[self._numbers.get(each.op.name, NOTHING) for each in loose])

    def flow(self) -> Flow:
        inside = [each for each in self._targets if self._reader.state(each) is not None]
        loose = [each for each in self._targets if self._reader.state(each) is None]
        numbers = {each.name: self._numbers.get(each.op.name, NOTHING) for each in loose}
        needed = self._needed(inside, numbers.values())
        steps, tensors = [], {self._image.name: self._tensor(self._image)}
        reductions = {}
        for operation in self._operations:
            reduced = [each for each in operation.outputs if each.name in self._reductions]
            if operation.name not in needed or operation is self._image.op:
                continue
            if reduced:
                one = self._reductions[reduced[0].name]
                reductions[one.output] = one
                steps.append(Step(operation.name, REDUCTION, (one.source,), (one.output,), NOTHING))
                continue
            steps.append(self._step(operation))
            tensors.update({each.name: self._tensor(each) for each in self._outputs(operation)})
        return Flow(
            self._image.name,
            steps,
            tensors,
            reductions,
            _once([each.name for each in inside]),
            _once([each.name for each in loose]),
            numbers,
            [each.name for each in self._operations if draws(each)],
            self._reader.constants(),
        )

    def _step(self, operation: Operation) -> Step:
        inputs = [each for each in self._in_space(operation) if each.op.type != BACK]
        return Step(
            operation.name,
            operation.type,
            tuple(each.name for each in inputs),
            tuple(each.name for each in self._outputs(operation)),
            self._numbers_of(operation),
        )

    def _in_space(self, operation: Operation) -> List[GraphTensor]:
        return [each for each in operation.inputs if self._reader.state(each) is not None]

    def _outputs(self, operation: Operation) -> List[GraphTensor]:
        """
        The outputs, but for those that nothing takes and of which little is known, such as the
        statistics that a normalisation gives beside its result.
        """
        return [each for each in operation.outputs if self._is_output(each)]

    def _is_output(self, tensor: GraphTensor) -> bool:
        if tensor.consumers() or any(tensor is each for each in self._targets):
            return True
        state = self._reader.state(tensor)
        return tensor.shape.is_fully_defined() and state is not None and state.known

    def _tensor(self, tensor: GraphTensor) -> Tensor:
        shape = self._shape(tensor)
        size = int(np.prod(shape, dtype=np.int64)) * (tensor.dtype.size or 1)
        return Tensor(tensor.name, shape, size, self._reader.state(tensor))

    def _shape(self, tensor: GraphTensor) -> Tuple[int, ...]:
        """
        Its sizes; one that depends on the values, as behind a mask, counts as large as it can be.
        """
        if tensor.shape.is_fully_defined():
            return tuple(int(size) for size in tensor.shape.as_list())
        if tensor.name not in self._largest:
            taken = [self._shape(each) for each in tensor.op.inputs if each.op.type != BACK]
            self._largest[tensor.name] = largest_form(tensor, taken)
        return self._largest[tensor.name]

    def _needed(
        self, targets: Sequence[GraphTensor], numbers: Iterable[FrozenSet[str]]
    ) -> Set[str]:
        """
        Names of operations that the targets depend on; of a reduction only the reduced tensor.
        """
        graph = self._image.graph
        needed: Set[str] = {self._image.op.name}
        pending = [each.op for each in targets]
        pending += [graph.get_tensor_by_name(name).op for each in numbers for name in each]
        while pending:
            operation = pending.pop()
            if operation.name in needed:
                continue
            needed.add(operation.name)
            reduced = [each for each in operation.outputs if each.name in self._reductions]
            if reduced:
                source = self._reductions[reduced[0].name].source
                pending.append(graph.get_tensor_by_name(source).op)
                continue
            pending += [each.op for each in self._in_space(operation)]
            pending += [graph.get_tensor_by_name(name).op for name in self._numbers_of(operation)]
        return needed


def _ancestors(image: Operation, targets: Sequence[Operation]) -> List[Operation]:
    """Operations that the targets depend on, each behind those that it depends on."""
    found = {image.name}
    pending = list(targets)
    while pending:
        operation = pending.pop()
        if operation.name not in found:
            found.add(operation.name)
            pending += [each.op for each in operation.inputs]
    return in_order([each for each in image.graph.get_operations() if each.name in found])


def _once(names: Sequence[str]) -> List[str]:
    return list(dict.fromkeys(names))
