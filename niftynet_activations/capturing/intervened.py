# -*- coding: utf-8 -*-
"""
Apply interventions to a network that has just been called.

The tensor that an intervention's function returns replaces a layer's output: every operation that
took the output takes the new tensor. This is done when the whole network has been built, so that
selectors mean the same as elsewhere, and before the segmentation is made of the network's result.

- *behind*: an operation lies behind a tensor if it is computed from it.
"""

from typing import Dict, List, Set

from niftynet_activations.capturing.catalogue import NetworkCatalogue
from niftynet_activations.capturing.interventions import (
    InterventionFunction,
    registered_interventions,
)
from niftynet_activations.capturing.recording import Applied, NetworkRecord
from niftynet_activations.capturing.registry import scope_of, told_of
from niftynet_activations.capturing.selectors import Candidate, Catalogue, select
from niftynet_activations.errors import SelectionError
from niftynet_activations.hints import Operation, Tensor
from niftynet_activations.host.log import LOGGER
from niftynet_activations.host.tensorflow import tf

SCOPE = 'activation_interventions'


def intervene(record: NetworkRecord) -> None:
    """
    Apply the registered interventions.

    :param record: the network, which has been called; its graph is the default
    :raises SelectionError: if a selector matches nothing, the network's result does not depend on a
        layer, or a function returns a tensor that cannot replace the layer's output
    """
    for each in registered_interventions():
        for candidate in leading_to_result(record, each.selector, each.origin):
            replace(record, candidate, each.function)
            told = told_of(each)
            record.interventions.append(Applied(candidate.name, told['selector'], told['function']))


def warn_of_interventions(record: NetworkRecord) -> None:
    """
    Log a warning for each intervention on a network.

    :param record: the network of a run
    """
    for each in record.interventions:
        LOGGER.warning(
            "INTERVENTION: the network goes on with what %s gives for layer '%s': maps and "
            'segmentation are not those of the trained network',
            each.function,
            each.layer,
        )


def leading_to_result(record: NetworkRecord, selector: str, origin: str) -> List[Candidate]:
    """
    :param record: the network
    :param selector: as in ``activation_layers``
    :param origin: the option or call that holds the selector, for messages
    :return: the layers, each tensor once, under the name of its outermost layer
    :raises SelectionError: if the selector matches nothing, or a tensor that an intervention cannot
        change
    """
    network = NetworkCatalogue(record)
    catalogue: Catalogue = network.for_selectors()
    found: Dict[str, Candidate] = {}
    needed = _needed(record)
    for candidate in select(selector, catalogue, origin):
        tensor = candidate.tensor
        if tensor.op.name not in needed:
            raise SelectionError(
                "{}: layer '{}' {}: a change there would change nothing; leave it out, with '!{}' "
                'where a pattern takes it'.format(
                    origin, candidate.name, _why_without_effect(record, tensor), candidate.name
                )
            )
        if not tensor.graph.is_fetchable(tensor.op):
            raise SelectionError(
                "{}: layer '{}' lies inside a loop or a condition, where its output cannot be "
                'replaced'.format(origin, candidate.name)
            )
        found.setdefault(tensor.name, candidate)
    return list(found.values())


def replace(record: NetworkRecord, candidate: Candidate, function: InterventionFunction) -> Tensor:
    """
    Replace a layer's output by the tensor that a function returns.

    :param record: the network; its entries of the old tensor are replaced too
    :param candidate: the layer
    :param function: called with the layer and its output
    :return: the new tensor
    :raises SelectionError: if the function returns a tensor that cannot replace the output
    """
    output = candidate.tensor
    calls = {name: call.layer for name, call, _ in record.outputs()}
    takers = list(output.consumers())
    with tf.name_scope('{}/{}'.format(SCOPE, scope_of(function))):
        returned = function(calls.get(candidate.name), output)
        check_returned(returned, candidate)
        # a tensor of its own, since the function may return one that the network uses elsewhere
        returned = tf.identity(returned, name='output')
    for operation in takers:
        for position, tensor in enumerate(operation.inputs):
            if tensor.name == output.name:
                # a private method: neither version of TensorFlow has a public one
                operation._update_input(position, returned)
    record.replace(output, returned)
    return returned


def check_returned(returned: Tensor, candidate: Candidate) -> None:
    """
    :param returned: what an intervention's function returned
    :param candidate: the layer
    :raises SelectionError: if it cannot replace the layer's output
    """
    output = candidate.tensor
    if not isinstance(returned, tf.Tensor):
        came = type(returned).__name__
    elif returned.graph is not output.graph:
        came = 'a tensor of another graph'
    elif returned.dtype != output.dtype or returned.shape.as_list() != output.shape.as_list():
        came = 'a tensor of shape {} ({})'.format(returned.shape, returned.dtype.name)
    else:
        return
    raise SelectionError(
        "the intervention on layer '{}' returned {}; expected a tensor like its output, of shape "
        '{} ({}), made from the tensor it was given'.format(
            candidate.name, came, output.shape, output.dtype.name
        )
    )


def _why_without_effect(record: NetworkRecord, tensor: Tensor) -> str:
    results = {each.name for each in record.results.values()}
    pending: List[Operation] = [tensor.op]
    seen: Set[str] = set()
    while pending:
        operation = pending.pop()
        if operation.name not in seen:
            seen.add(operation.name)
            if any(each.name in results for each in operation.inputs):
                return 'lies behind what the network returns'
            pending.extend(each.op for each in operation.inputs)
    return 'does not lead to what the network returns'


def _needed(record: NetworkRecord) -> Set[str]:
    """Names of the operations from which the network's results are computed."""
    pending = [each.op for each in record.results.values()]
    found: Set[str] = set()
    while pending:
        operation = pending.pop()
        if operation.name not in found:
            found.add(operation.name)
            pending.extend(each.op for each in operation.inputs)
    return found
