# -*- coding: utf-8 -*-
"""
Read the geometry of a network's tensors from its graph.

- *role* of a dimension: the batch, the channels, or one of the window's axes 0, 1, 2. A dimension
  made by reshaping may hold several roles in a row;
- *state* of a tensor: the roles of its dimensions, the geometry of each axis, and why the tensor
  cannot be told from its window alone.

Only static shapes are read: the network must have been built on windows of a known size.
"""

from typing import Any, Dict, List, Optional, Sequence, Set

from niftynet_activations.errors import GeometryError
from niftynet_activations.geometry.rules import (  # noqa: F401  they list their rules
    computing,
    rearranging,
    resizing,
    slicing,
)
from niftynet_activations.geometry.rules.constants import SHAPES
from niftynet_activations.geometry.rules.registry import RULES, UnknownOperation
from niftynet_activations.geometry.state import State, TensorGeometry, window_state

SOURCES = ('IteratorGetNext', 'Placeholder', 'VarHandleOp', 'VariableV2', 'Variable', 'Const')
RANDOM = ('Random', 'TruncatedNormal', 'Multinomial')  # parts of the types' names


def read_geometry(tensors: Sequence[Any], image: Any) -> Dict[str, TensorGeometry]:
    """
    :param tensors: of the network's graph, in ordinary space or inside dilated blocks
    :param image: the network's input, (batch, x, y[, z], modality), its spatial sizes known
    :return: tensor name -> geometry; axes in the order of the image's spatial axes, whatever the
        tensor's own; for a tensor inside a dilated block as it is when put back into ordinary space
    :raises GeometryError: if the image's sizes are not known
    """
    return GraphReader(image).read(tensors)


class GraphReader(object):
    """
    Walks from tensors back to the image; each operation is read once, however often it is asked.

    :param image: the network's input, (batch, x, y[, z], modality), its spatial sizes known
    :raises GeometryError: if the image's sizes are not known
    """

    def __init__(self, image: Any) -> None:
        self._rank = image.shape.ndims - 2
        self._states: Dict[str, Optional[State]] = {image.name: window_state(image)}
        self._drawn: Set[str] = set()  # what depends on random numbers and not on the image

    def read(self, tensors: Sequence[Any]) -> Dict[str, TensorGeometry]:
        """
        :param tensors: as for :func:`read_geometry`
        :return: the same
        """
        return {tensor.name: self._geometry(tensor) for tensor in tensors}

    def _geometry(self, tensor: Any) -> TensorGeometry:
        state = self._state(tensor)
        if state is None:
            reason = ('it does not depend on the image',)
            return TensorGeometry(None, reason, None, reason, None)
        return state.geometry(self._rank)

    def _state(self, tensor: Any) -> Optional[State]:
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

    def _after(self, tensor: Any, inputs: List[Any]) -> Optional[State]:
        """None for what does not depend on the image: weights, shapes, constants."""
        if tensor.op.type in SHAPES:
            return None  # the form of a tensor is the same whatever the image holds
        states = [self._states[each.name] for each in inputs]
        known = [state for state in states if state is not None]
        drawn = any(each.name in self._drawn for each in inputs)
        if not known:
            if drawn or any(part in tensor.op.type for part in RANDOM):
                self._drawn.add(tensor.name)
            return None
        reasons = [reason for each in known for reason in each.reasons]
        if drawn:
            reasons.append("the operation '{}' takes random numbers".format(tensor.op.name))
        unknown = [reason for each in known for reason in each.unknown]
        if unknown:
            return known[0].lost(*unknown).because(*reasons)
        try:
            state = _ruled(tensor, inputs, states)
        except (UnknownOperation, GeometryError) as reason:
            named = "the operation '{}' ({}) {}".format(tensor.op.name, tensor.op.type, reason)
            return known[0].lost(named).because(*reasons)
        return state.because(*reasons)


def _inputs(operation: Any) -> List[Any]:
    """What an operation works on; a loop's way back to its beginning is left out."""
    if operation.type in SOURCES:
        return []
    return [each for each in operation.inputs if each.op.type != 'NextIteration']


def _ruled(tensor: Any, inputs: Sequence[Any], states: Sequence[Optional[State]]) -> State:
    """What the operation's rule says."""
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
