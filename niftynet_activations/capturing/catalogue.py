# -*- coding: utf-8 -*-
"""
From a recorded network to what selectors choose from, and the choice.

- *word*: ``penultimate``, ``logits``, ``probabilities``;
- *outermost*: of several layers that return one tensor, the one nearest to the network; its
  name is used where only the tensor is known.
"""

from typing import Dict, List, Optional

import niftynet  # noqa: F401  before tensorflow, so that it is what NiftyNet sees
import tensorflow as tf

from niftynet_activations.capturing.recording import NetworkRecord
from niftynet_activations.capturing.selectors import Candidate, Catalogue, operation_pattern
from niftynet_activations.errors import SelectionError


class NetworkCatalogue(object):
    """
    Candidates of one recorded network.

    :param record: filled by :func:`niftynet_activations.capturing.recording.record_layers`
    """

    def __init__(self, record: NetworkRecord) -> None:
        self._record = record
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
        words = {
            'penultimate': self._penultimate,
            'logits': lambda: [self._named(self._record.logits, 'logits')],
            'probabilities': self._probabilities,
        }
        return Catalogue(self.layers, words, self._operations, self._operation_names)

    def _named(self, tensor, name: str) -> Candidate:
        """The layer that returned the tensor, or the tensor under a name of its own."""
        return self._outermost.get(tensor.name) or Candidate(name, '', False, tensor)

    def _penultimate(self) -> List[Candidate]:
        tensor = self._record.penultimate()
        if tensor is None:
            raise SelectionError(
                "the selector 'penultimate' matches nothing: the network calls no convolution "
                'layer of more than one output channel; name a layer instead'
            )
        return [self._named(tensor, 'penultimate')]

    def _probabilities(self) -> List[Candidate]:
        # added for the map alone: the segmentation has operations of its own
        with tf.name_scope('activation_probabilities'):
            return [Candidate('probabilities', '', False, tf.nn.softmax(self._record.logits))]

    def _operations(self, selector: str) -> List[Candidate]:
        pattern, position = operation_pattern(selector)
        found: List[Candidate] = []
        for operation in self._record.operations:
            if pattern.match(operation.name) and position < len(operation.outputs):
                candidate = self._operation(operation, position)
                if candidate is not None:
                    found.append(candidate)
        return found

    def _operation_names(self) -> List[str]:
        return [
            operation.name
            for operation in self._record.operations
            if any(is_window_tensor(output) for output in operation.outputs)
        ]

    def _operation(self, operation, position: int) -> Optional[Candidate]:
        tensor = operation.outputs[position]
        if not is_window_tensor(tensor):
            return None  # weights, shapes and the like share the scopes of the layers
        name = 'op.{}'.format(operation.name) + (':{}'.format(position) if position else '')
        return self._named(tensor, name)


def is_window_tensor(tensor) -> bool:
    """
    :param tensor: any tensor of the graph
    :return: whether it can hold a value for each window: numbers, with a batch and a channel axis
    """
    numeric = tensor.dtype.is_floating or tensor.dtype.is_integer or tensor.dtype.is_bool
    return numeric and tensor.shape.ndims is not None and tensor.shape.ndims >= 2
