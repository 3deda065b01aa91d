# -*- coding: utf-8 -*-
"""
Forward hooks: functions of the user's that are called with layers' tensors while the graph is
built. This module only registers them, without TensorFlow;
:mod:`niftynet_activations.capturing.hooked_layers` calls them.

- *hook*: a selector and a function ``function(layer, inputs, output)`` that gives a tensor or
  None;
- *registered*: from :func:`register_forward_hook` until the handle's ``remove``; every run that
  builds its graph in between calls the hook.
"""

from typing import Callable, List, Optional, Tuple

from niftynet_activations.capturing.registry import Registered
from niftynet_activations.hints import Layer, Outputs, Tensor

HookFunction = Callable[[Layer, Tuple[Outputs, ...], Outputs], Optional[Tensor]]


class ForwardHook(Registered):
    """One registered hook, and the handle to remove it."""

    REGISTERS = 'register_forward_hook'
    TAKES = 'function(layer, inputs, output)'


_REGISTERED: List[ForwardHook] = []


def register_forward_hook(selector: str, function: HookFunction) -> ForwardHook:
    """
    Have a function called with the tensors of layers, once for each while the graph is built.

    The tensor that the function returns is saved instead of the layer's output: (batch, spatial
    axes ..., channels) with as many axes as the output and the same batch axis. (Inside a dilated
    block space has moved into the batch axis; that is undone for the file.) If the function returns
    None, the output is saved as it is. The network always goes on with its own output, so the
    segmentation does not change. Only ``activation_layers`` decides whether a layer is saved.

    :param selector: as in ``activation_layers``: ``res_2_*``, ``type:ActiLayer``, ``op:...``
    :param function: ``function(layer, inputs, output)``: the ``niftynet.layer.base_layer.Layer``
        (None for a tensor that no layer returned), a tuple of the tensors that went in, and the
        output tensor, or the tensor that an earlier hook on this layer has returned
    :return: a handle with ``remove()``
    :raises OptionError: for a selector that is no text or a function that cannot be called
    :raises SelectionError: for a selector that cannot be read; a selector that matches nothing, or
        a function that returns something else, ends the run with an error
    """
    return ForwardHook(selector, function, _REGISTERED)


def registered_hooks() -> Tuple[ForwardHook, ...]:
    """
    :return: the hooks, in the order of their registration
    """
    return tuple(_REGISTERED)
