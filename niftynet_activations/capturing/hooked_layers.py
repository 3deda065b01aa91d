# -*- coding: utf-8 -*-
"""
Call the registered forward hooks on a network that has been built.

The network's own operations are complete by then and do not change: hooks add operations beside
them.
"""

from typing import Dict, List, Tuple

from niftynet_activations.capturing.hooks import registered_hooks
from niftynet_activations.capturing.recording import LayerCall, NetworkRecord
from niftynet_activations.capturing.registry import scope_of
from niftynet_activations.capturing.selectors import Candidate, Catalogue, select
from niftynet_activations.capturing.window_tensors import is_window_tensor
from niftynet_activations.errors import SelectionError
from niftynet_activations.hints import Layer, Outputs, Tensor
from niftynet_activations.host.tensorflow import tf

SCOPE = 'activation_hooks'


def call_hooks(record: NetworkRecord, catalogue: Catalogue) -> Dict[str, Tensor]:
    """
    :param record: the network, recorded while its graph was built; that graph is the default
    :param catalogue: of the same network
    :return: layer name -> the tensor to save instead of the layer's output
    :raises SelectionError: if a hook's selector matches nothing, or its function returns
        something that cannot be saved in the output's place
    """
    calls = {name: call for name, call, _ in record.outputs()}
    replaced: Dict[str, Tensor] = {}
    for hook in registered_hooks():
        for candidate in select(hook.selector, catalogue, hook.origin):
            output = replaced.get(candidate.name, candidate.tensor)
            layer, inputs = _layer_and_inputs(candidate, calls)
            with tf.name_scope('{}/{}'.format(SCOPE, scope_of(hook.function))):
                returned = hook.function(layer, inputs, output)
            if returned is not None:
                _check_returned(returned, candidate)
                replaced[candidate.name] = returned
    return replaced


def _layer_and_inputs(
    candidate: Candidate, calls: Dict[str, LayerCall]
) -> Tuple[Layer, Tuple[Outputs, ...]]:
    call = calls.get(candidate.name)
    if call is None:
        return None, tuple(candidate.tensor.op.inputs)
    return call.layer, tuple(_tensors(call.inputs))


def _tensors(values: Outputs) -> List[Tensor]:
    """The tensors among a layer's arguments, which may also be lists, or switches (is_training)."""
    found: List[Tensor] = []
    for value in values:
        if isinstance(value, tf.Tensor):
            found.append(value)
        elif isinstance(value, (list, tuple)):
            found.extend(_tensors(value))
    return found


def _check_returned(returned: Tensor, candidate: Candidate) -> None:
    output = candidate.tensor
    expected = (
        'a tensor of {} axes: the same batch, spatial axes, a known number of channels'.format(
            output.shape.ndims
        )
    )
    if not isinstance(returned, tf.Tensor):
        came = type(returned).__name__
    elif returned.graph is not output.graph:
        came, expected = 'a tensor of another graph', 'one made from the tensors it was given'
    elif (
        not is_window_tensor(returned)
        or returned.shape.ndims != output.shape.ndims
        or returned.shape.as_list()[-1] is None
        or not returned.shape[:1].is_compatible_with(output.shape[:1])
    ):
        came = 'a tensor of shape {} ({}) from one of {}'.format(
            returned.shape, returned.dtype.name, output.shape
        )
    else:
        return
    raise SelectionError(
        "the forward hook on layer '{}' returned {}; expected {}, or None".format(
            candidate.name, came, expected
        )
    )
