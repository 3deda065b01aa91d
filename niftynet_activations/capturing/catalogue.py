# -*- coding: utf-8 -*-
"""
What the selectors of ``activation_layers`` can choose from in a recorded network: layers,
operations, and the tensors that words stand for.

- *word*: ``penultimate``, ``logits``, ``probabilities``; where the network returns several tensors,
  ``penultimate:NAME`` and ``logits:NAME`` too, by the name of the result;
- *outermost*: of several layers that return one tensor, the one nearest to the network; its
  name is used where only the tensor is known.
"""

from functools import partial
from typing import Callable, Dict, List, Optional

from niftynet_activations.capturing.penultimate import penultimate
from niftynet_activations.capturing.recording import NetworkRecord
from niftynet_activations.capturing.selectors import (
    Candidate,
    Catalogue,
    OperationMatches,
    operation_pattern,
)
from niftynet_activations.capturing.window_tensors import WindowTensors
from niftynet_activations.hints import Operation, Tensor
from niftynet_activations.host.tensorflow import tf


class NetworkCatalogue(object):
    """
    Candidates of one recorded network.

    :param record: filled by :func:`niftynet_activations.capturing.recording.record_layers`
    """

    def __init__(self, record: NetworkRecord) -> None:
        self._record = record
        self._tensors: Optional[WindowTensors] = None
        self._outermost: Dict[str, Candidate] = {}
        self._depths: Dict[str, int] = {}
        self.layers: List[Candidate] = []
        for name, call, tensor in record.outputs():
            candidate = Candidate(name, type(call.layer).__name__, call.depth == 1, tensor)
            self.layers.append(candidate)
            if call.depth < self._depths.get(tensor.name, call.depth + 1):
                self._outermost[tensor.name] = candidate
                self._depths[tensor.name] = call.depth

    def for_selectors(self) -> Catalogue:
        """
        :return: what :func:`niftynet_activations.capturing.selectors.select` works on
        """
        words: Dict[str, Callable[[], List[Candidate]]] = {
            'penultimate': partial(self._penultimate, 'penultimate', None),
            'logits': self._logits,
            'probabilities': self._probabilities,
        }
        if len(self._record.results) > 1:
            for name, tensor in self._record.results.items():
                word = 'penultimate:{}'.format(name)
                words[word] = partial(self._penultimate, word, tensor)
                words['logits:{}'.format(name)] = partial(self._result, name, tensor)
        return Catalogue(self.layers, words, self._operations, self._operation_names)

    def _named(self, tensor: Tensor, name: str) -> Candidate:
        """The layer that returned the tensor, or the tensor under a name of its own."""
        return self._outermost.get(tensor.name) or Candidate(name, '', False, tensor)

    def _penultimate(self, word: str, result: Optional[Tensor]) -> List[Candidate]:
        tensor = penultimate(self._record, result)
        return [] if tensor is None else [self._named(tensor, word)]

    def _logits(self) -> List[Candidate]:
        results = self._record.results.items()
        return [each for name, tensor in results for each in self._result(name, tensor)]

    def _result(self, name: str, tensor: Tensor) -> List[Candidate]:
        return [self._named(tensor, 'logits:{}'.format(name) if name else 'logits')]

    def _probabilities(self) -> List[Candidate]:
        # an operation of its own, since NiftyNet's segmentation must not change
        with tf.name_scope('activation_probabilities'):
            return [Candidate('probabilities', '', False, tf.nn.softmax(self._record.logits))]

    def _operations(self, selector: str) -> OperationMatches:
        pattern, position = operation_pattern(selector)
        found: List[Candidate] = []
        left_out: List[str] = []
        for operation in self._record.operations:
            if pattern.match(operation.name) and position < len(operation.outputs):
                tensor = operation.outputs[position]
                reason = self.window_tensors.why_not(tensor)
                if reason is None:
                    found.append(self._named(tensor, _name_of(operation, position)))
                else:
                    left_out.append("'{}' {}".format(operation.name, reason))
        return OperationMatches(found, left_out)

    def _operation_names(self) -> List[str]:
        return [
            operation.name
            for operation in self._record.operations
            if any(self.window_tensors.why_not(each) is None for each in operation.outputs)
        ]

    @property
    def window_tensors(self) -> WindowTensors:
        """
        Says which tensors may be fetched. It reads the whole graph, so it is made at the first use.
        """
        if self._tensors is None:
            self._tensors = WindowTensors(self._record)
        return self._tensors


def _name_of(operation: Operation, position: int) -> str:
    return 'op.{}'.format(operation.name) + (':{}'.format(position) if position else '')
