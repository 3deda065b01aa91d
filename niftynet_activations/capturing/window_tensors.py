# -*- coding: utf-8 -*-
"""
Which tensors of a network hold values of the window, and may be fetched without changing the
network.

An ``op:`` pattern also matches weights, their initial values, shapes and assignments, since these
share the scopes of the layers. Fetching an assignment would run it, and change the network during
the run.

- *side effect*: what an operation does apart from giving outputs, such as writing a variable;
- *the run's own operations*: those that the network's output needs, which run in any case.
"""

from typing import Dict, FrozenSet, Iterable, List, Optional, Sequence, Set

import numpy as np

from niftynet_activations.capturing.dilation import nesting_of
from niftynet_activations.capturing.recording import NetworkRecord
from niftynet_activations.errors import GeometryError
from niftynet_activations.geometry.rules.constants import SHAPES
from niftynet_activations.hints import Graph, Operation, Tensor

# Types that TensorFlow calls stateful, but that write no variable and no file: they hold or read a
# state, or give random numbers.
HARMLESS = frozenset(
    'VarHandleOp VariableV2 Variable ReadVariableOp VarIsInitializedOp IsVariableInitialized '
    'VariableShape ResourceGather ResourceGatherNd RandomUniform RandomUniformInt '
    'RandomStandardNormal TruncatedNormal RandomShuffle RandomGamma RandomGammaV2 RandomPoisson '
    'RandomPoissonV2 ParameterizedTruncatedNormal Multinomial Print PrintV2 Assert '
    'RefIdentity RefSwitch RefMerge RefEnter RefExit RefNextIteration RefSelect'.split()
)


class WindowTensors(object):
    """
    Says for tensors why they cannot be chosen. Each operation is read once.

    :param record: a network that has been called
    """

    def __init__(self, record: NetworkRecord) -> None:
        self._record = record
        self._of_image = _depending_on(record.image, record.operations)
        self._effects = _side_effects(record.image.graph, _needed_by(record.results.values()))

    def why_not(self, tensor: Tensor) -> Optional[str]:
        """
        :param tensor: any of the network's graph
        :return: why no map can be made of it, in a few words; None where one can
        """
        return (
            self._wrong_kind(tensor)
            or self.side_effect(tensor)
            or (None if self._keeps_batch(tensor) else "does not keep the window's batch axis")
        )

    def side_effect(self, tensor: Tensor) -> Optional[str]:
        """
        :param tensor: any of the network's graph
        :return: the side effect that fetching it would have beyond those of the network's output;
            None where there is none
        """
        return self._effects.get(tensor.op.name)

    def _wrong_kind(self, tensor: Tensor) -> Optional[str]:
        if tensor.dtype != tensor.dtype.base_dtype:
            return 'is a variable'
        if tensor.name not in self._of_image:
            return 'does not depend on the image'
        if not is_window_tensor(tensor):
            return 'does not hold numbers for each window and channel'
        if not tensor.graph.is_fetchable(tensor.op):
            return 'lies inside a loop or a condition'
        if tensor.shape.as_list()[-1] is None:
            return 'has an unknown number of channels'
        rank = self._record.image.shape.ndims
        if tensor.shape.ndims not in (2, rank):
            return 'has {} axes, not the {} of the image'.format(tensor.shape.ndims, rank)
        return None

    def _keeps_batch(self, tensor: Tensor) -> bool:
        reader = self._record.geometry
        known = None if reader is None else reader.read([tensor])[tensor.name].keeps_batch
        if known is not None:
            return known
        # the graph does not tell: the sizes have to fit at least
        batch, size = self._record.image.shape.as_list()[0], tensor.shape.as_list()[0]
        if batch is None or size is None:
            return size is None
        try:
            blocks = nesting_of(tensor, self._record.nestings)
        except GeometryError:
            return False
        return size == batch * int(np.prod([np.prod(each) for each in blocks]))


def is_window_tensor(tensor: Tensor) -> bool:
    """
    :param tensor: any tensor of the graph
    :return: whether it can hold a value for each window: numbers, with a batch and a channel axis
    """
    numeric = tensor.dtype.is_floating or tensor.dtype.is_integer or tensor.dtype.is_bool
    return numeric and tensor.shape.ndims is not None and tensor.shape.ndims >= 2


def has_side_effect(operation: Operation) -> bool:
    """
    :param operation: any of the graph
    :return: whether running it does more than give its outputs; True where that is not known
    """
    if operation.type in HARMLESS:
        return False
    definition = operation.op_def
    if definition is None:
        return True  # a function of the graph, with operations of its own
    return definition.is_stateful or any(each.is_ref for each in definition.input_arg)


def _side_effects(graph: Graph, own: FrozenSet[str]) -> Dict[str, str]:
    """
    :param graph: of TensorFlow
    :param own: names of the operations that run in any case
    :return: name -> side effect that running it would have beyond those, for operations that have
        one
    """
    found: Dict[str, str] = {}
    others = [each for each in graph.get_operations() if each.name not in own]
    grown = True
    while grown:  # more than once only for loops, whose operations take inputs from later ones
        before = len(found)
        for operation in others:
            if operation.name not in found:
                effect = _side_effect(operation, found)
                if effect is not None:
                    found[operation.name] = effect
        grown = len(found) > before
    return found


def _side_effect(operation: Operation, known: Dict[str, str]) -> Optional[str]:
    if has_side_effect(operation):
        return "needs '{}' ({}), which may change the network".format(
            operation.name, operation.type
        )
    return next((known[each.name] for each in _sources(operation) if each.name in known), None)


def _sources(operation: Operation) -> List[Tensor]:
    return [each.op for each in operation.inputs] + list(operation.control_inputs)


def _needed_by(tensors: Iterable[Tensor]) -> FrozenSet[str]:
    """Names of all operations that run when the tensors are fetched."""
    pending = [tensor.op for tensor in tensors]
    found: Set[str] = set()
    while pending:
        operation = pending.pop()
        if operation.name not in found:
            found.add(operation.name)
            pending.extend(_sources(operation))
    return frozenset(found)


def _depending_on(image: Tensor, operations: Sequence[Operation]) -> Set[str]:
    """Names of the tensors whose values depend on the image's."""
    found, before = {image.name}, 0
    while before < len(found):  # more than twice only for loops, as above
        before = len(found)
        for operation in operations:
            if operation.type in SHAPES:
                continue
            if any(each.name in found for each in operation.inputs):
                found.update(each.name for each in operation.outputs)
    return found
