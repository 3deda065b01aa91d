# -*- coding: utf-8 -*-
"""
Apply interventions to a network that has just been called.

What a function returns takes the place of a tensor: every operation that took the tensor takes the
other one. That is done when the whole network is there, so that all selectors mean what they mean
elsewhere, and before anything is made of what the network returned.

- *behind*: what is computed from a tensor lies behind it.
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
    :raises SelectionError: if a selector matches nothing, a layer does not lead to what the network
        returns, or a function returns what cannot take its output's place
    """
    for each in registered_interventions():
        for candidate in leading_to_result(record, each.selector, each.origin):
            replace(record, candidate, each.function)
            told = told_of(each)
            record.interventions.append(Applied(candidate.name, told['selector'], told['function']))


def warn_of_interventions(record: NetworkRecord) -> None:
    """
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
    :param origin: where it stands, for messages
    :return: the candidates, each tensor once, under its outermost layer's name where it has several
    :raises SelectionError: if it matches nothing, or a tensor that an intervention cannot change
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
    Let the network go on with another tensor.

    :param record: the network; what it holds of the tensor becomes the other one
    :param candidate: whose tensor it is
    :param function: of layer and output
    :return: the other tensor
    :raises SelectionError: if the function returns what cannot take the output's place
    """
    output = candidate.tensor
    calls = {name: call.layer for name, call, _ in record.outputs()}
    takers = list(output.consumers())
    with tf.name_scope('{}/{}'.format(SCOPE, scope_of(function))):
        returned = function(calls.get(candidate.name), output)
        check_returned(returned, candidate)
        # one of its own, so that a tensor that is there already can be returned
        returned = tf.identity(returned, name='output')
    for operation in takers:
        for position, tensor in enumerate(operation.inputs):
            if tensor.name == output.name:
                # TensorFlow offers nothing else for it in either version
                operation._update_input(position, returned)
    record.replace(output, returned)
    return returned


def check_returned(returned: Tensor, candidate: Candidate) -> None:
    """
    :param returned: by a function, for a layer's output
    :param candidate: the layer
    :raises SelectionError: if it cannot take the output's place
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
    """Names of the operations that what the network returns is computed from."""
    pending = [each.op for each in record.results.values()]
    found: Set[str] = set()
    while pending:
        operation = pending.pop()
        if operation.name not in found:
            found.add(operation.name)
            pending.extend(each.op for each in operation.inputs)
    return found
