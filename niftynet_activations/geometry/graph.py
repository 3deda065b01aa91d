# -*- coding: utf-8 -*-
"""
Read the geometry (lattice and receptive field) of a network's tensors from TensorFlow's graph.

- *role* of a dimension: the batch, the channels, or one of the window's axes 0, 1, 2. A dimension
  made by reshaping may hold several roles in a row;
- *state* of a tensor: the roles of its dimensions, the geometry of each axis, and why the tensor
  is not determined by the receptive field of each sample (such as statistics of a window).

Only static shapes are read: the network must have been built on windows of a known size.
"""

from typing import Dict, List, Mapping, Optional, Sequence, Set

from niftynet_activations.errors import GeometryError
from niftynet_activations.geometry.order import BACK
from niftynet_activations.geometry.rules import (  # noqa: F401  they list their rules
    computing,
    rearranging,
    resizing,
    slicing,
)
from niftynet_activations.geometry.rules.constants import SHAPES
from niftynet_activations.geometry.rules.registry import RULES, UnknownOperation
from niftynet_activations.geometry.state import State, TensorGeometry, window_state
from niftynet_activations.hints import Operation, Tensor

SOURCES = ('IteratorGetNext', 'Placeholder', 'VarHandleOp', 'VariableV2', 'Variable', 'Const')
READ = 'IteratorGetNext'  # type of the operation that gives the windows of NiftyNet's samplers
FED = 'Placeholder'  # type of the operation that takes windows which a caller feeds instead
RANDOM = ('Random', 'TruncatedNormal', 'Multinomial')  # parts of the types' names


def read_geometry(tensors: Sequence[Tensor], image: Tensor) -> Dict[str, TensorGeometry]:
    """
    :param tensors: of the network's graph, in ordinary space or inside dilated blocks
    :param image: the network's input, (batch, x, y[, z], modality), its spatial sizes known
    :return: tensor name -> geometry; axes in the order of the image's spatial axes, whatever the
        tensor's own; for a tensor inside a dilated block as it is when put back into ordinary space
    :raises GeometryError: if the image's sizes are not known
    """
    return GraphReader(image).read(tensors)


class StateReader(object):
    """
    Walks from tensors back to those whose state is given; each operation is read once, however
    often it is asked.

    :param given: tensor name -> its state; None for a tensor that counts as independent of the
        image
    """

    def __init__(self, given: Mapping[str, Optional[State]]) -> None:
        self._states: Dict[str, Optional[State]] = dict(given)
        self._drawn: Set[str] = set()  # what depends on random numbers and not on the image
        self._others: Set[str] = set()  # what depends on another input and not on the image

    def give(self, name: str, state: Optional[State]) -> None:
        """
        Set the state of a tensor by hand.

        :param name: of a tensor from which no other tensor has been read yet
        :param state: what it counts with from here on
        """
        self._states[name] = state

    def constants(self) -> Dict[str, None]:
        """
        :return: names of the tensors met that depend on nothing given
        """
        return {name: None for name, state in self._states.items() if state is None}

    def state(self, tensor: Tensor) -> Optional[State]:
        """
        :param tensor: of the graph
        :return: its state; None where it depends on nothing whose state was given
        """
        pending = [tensor]
        while pending:
            current = pending[-1]
            if current.name in self._states:
                pending.pop()
                continue
            inputs = _inputs(current.op)
            missing = [each for each in inputs if each.name not in self._states]
            if missing:
                pending.extend(missing)
                continue
            pending.pop()
            self._states[current.name] = self._after(current, inputs)
        return self._states[tensor.name]

    def _after(self, tensor: Tensor, inputs: List[Tensor]) -> Optional[State]:
        """
        The state of a tensor behind its inputs; None where it does not depend on the image, as
        weights, shapes and constants do not.
        """
        states = [self._states[each.name] for each in inputs]
        known = [state for state in states if state is not None]
        if tensor.op.type in SHAPES:
            # a tensor has the same shape whatever the values of the image, but for those that an
            # unknown operation has picked
            lost = [each for each in known if not each.known]
            settled = all(each.shape.is_fully_defined() for each in inputs)
            return None if settled or not lost else lost[0]
        turned = self._turned(tensor.op) if not known else None
        if turned is not None:
            return turned.lost("the operation '{}' begins a loop".format(tensor.op.name))
        drawn = any(each.name in self._drawn for each in inputs)
        other = any(each.name in self._others for each in inputs)
        if not known:
            if other or _is_read(tensor):
                self._others.add(tensor.name)
            if drawn or draws(tensor.op):
                self._drawn.add(tensor.name)
            return None
        reasons = [reason for each in known for reason in each.reasons]
        if drawn:
            reasons.append("the operation '{}' takes random numbers".format(tensor.op.name))
        unknown = [reason for each in known for reason in each.unknown]
        if other and not unknown:
            named = (
                "the operation '{}' takes another input than the image, whose place is not known"
            )
            unknown = [named.format(tensor.op.name)]
        if unknown:
            return known[0].lost(*unknown).because(*reasons)
        try:
            state = _ruled(tensor, inputs, states)
        except (UnknownOperation, GeometryError) as reason:
            named = "the operation '{}' ({}) {}".format(tensor.op.name, tensor.op.type, reason)
            return known[0].lost(named).because(*reasons)
        return state.because(*reasons)

    def _turned(self, operation: Operation) -> Optional[State]:
        """
        The state of a tensor that a loop works on, where the loop begins; None for other operations
        and for loops that do not depend on the image.
        """
        pending = [each for each in operation.inputs if each.op.type == BACK]
        seen: Set[str] = set()
        while pending:
            tensor = pending.pop()
            state = self._states.get(tensor.name)
            if state is not None:
                return state
            if tensor.op.name not in seen and tensor.name not in self._states:
                seen.add(tensor.op.name)
                pending.extend(tensor.op.inputs)
        return None


class GraphReader(StateReader):
    """
    Walks from tensors back to the image.

    :param image: the network's input, (batch, x, y[, z], modality), its spatial sizes known
    :raises GeometryError: if the image's sizes are not known
    """

    def __init__(self, image: Tensor) -> None:
        super(GraphReader, self).__init__({image.name: window_state(image)})
        self._rank = image.shape.ndims - 2

    def read(self, tensors: Sequence[Tensor]) -> Dict[str, TensorGeometry]:
        """
        :param tensors: as for :func:`read_geometry`
        :return: the same
        """
        return {tensor.name: self._geometry(tensor) for tensor in tensors}

    def _geometry(self, tensor: Tensor) -> TensorGeometry:
        state = self.state(tensor)
        if state is None:
            reason = ('it does not depend on the image',)
            return TensorGeometry(None, reason, None, reason, None)
        return state.geometry(self._rank)


def draws(operation: Operation) -> bool:
    """
    :param operation: of the graph
    :return: whether it draws random numbers
    """
    return any(part in operation.type for part in RANDOM)


def _is_read(tensor: Tensor) -> bool:
    """
    Whether a tensor is an input of the network with a value for each window. A tensor that is fed
    without a batch axis is not: it is a rate, a factor for each channel, or a shape.
    """
    if tensor.op.type == FED:
        return tensor.shape.ndims is None or tensor.shape.ndims > 1
    return tensor.op.type == READ


def _inputs(operation: Operation) -> List[Tensor]:
    """What an operation works on; a loop's way back to its beginning is left out."""
    if operation.type in SOURCES:
        return []
    return [each for each in operation.inputs if each.op.type != BACK]


def _ruled(tensor: Tensor, inputs: Sequence[Tensor], states: Sequence[Optional[State]]) -> State:
    """The state of a tensor by the rule of its operation."""
    rule = RULES.get(tensor.op.type)
    if rule is None:
        raise UnknownOperation('is of the unknown type {}'.format(tensor.op.type))
    try:
        state = rule(tensor, inputs, states)
        state.check_sizes(tensor)
    except GeometryError:
        raise
    except (TypeError, ValueError) as error:
        # rules compute with sizes: one that the graph leaves open is no number
        if all(each.shape.is_fully_defined() for each in [tensor] + list(inputs)):
            raise
        raise UnknownOperation('has sizes that are not fixed in the graph') from error
    return state
