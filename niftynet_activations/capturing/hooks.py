# -*- coding: utf-8 -*-
"""
Forward hooks: functions that see layers' tensors while the graph is built. The registry alone,
free of TensorFlow; :mod:`niftynet_activations.capturing.hooked_layers` calls them.

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

    The tensor it returns is saved in the output's place: (batch, spatial axes ..., channels)
    with as many axes as the output and its batch axis (inside a dilated block space has moved
    into that axis, and is put back for the file). With None the output is saved as it is. The
    network always goes on with its own output, so that the segmentation stays what it was.
    Whether a layer is saved is said by ``activation_layers`` alone.

    :param selector: as in ``activation_layers``: ``res_2_*``, ``type:ActiLayer``, ``op:...``
    :param function: ``function(layer, inputs, output)``: the ``niftynet.layer.base_layer.Layer``
        (None for a tensor that no layer returned), a tuple of the tensors that went in, and the
        tensor that came out, or what an earlier hook on it has returned
    :return: a handle with ``remove()``
    :raises OptionError: for a selector that is no text or a function that cannot be called
    :raises SelectionError: for a selector that cannot be read; one that matches nothing, or a
        function that returns something else, is an error of the run
    """
    return ForwardHook(selector, function, _REGISTERED)


def registered_hooks() -> Tuple[ForwardHook, ...]:
    """
    :return: the hooks, in the order of their registration
    """
    return tuple(_REGISTERED)
