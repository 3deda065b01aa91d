# -*- coding: utf-8 -*-
"""
Interventions: functions of the user's that give a layer another output, with which the network goes
on. This module only registers them, without TensorFlow;
:mod:`niftynet_activations.capturing.intervened` calls them.

- *intervention*: a selector and a function ``function(layer, output)`` that gives a tensor;
- *intervened* run: one whose network has an intervention. Its maps and its segmentation are not
  those of the trained network, and say so in their names and sidecars.
"""

from typing import Callable, List, Tuple

from niftynet_activations.capturing.registry import Registered
from niftynet_activations.hints import Layer, Tensor

SUFFIX = '_intervened'  # end of the postfix in all file names of an intervened run
InterventionFunction = Callable[[Layer, Tensor], Tensor]


class Intervention(Registered):
    """One registered intervention, and the handle to remove it."""

    REGISTERS = 'register_intervention'
    TAKES = 'function(layer, output)'


_REGISTERED: List[Intervention] = []


def register_intervention(selector: str, function: InterventionFunction) -> Intervention:
    """
    Have a function give layers another output, with which the network goes on.

    The function is called once for each chosen layer while the graph is built. The tensor that it
    returns replaces the layer's output in all that is computed from it, such as the segmentation,
    and in the map of the layer itself. It must have the same shape and type: (batch, spatial
    axes ..., channels); inside a dilated block space has moved into the batch axis.

    The names of all files of such a run have ``_intervened`` behind the postfix, its sidecars have
    the key ``interventions``, and its log has a warning.

    :param selector: as in ``activation_layers``: ``res_2_*``, ``type:ActiLayer``, ``op:...``
    :param function: ``function(layer, output)``: the ``niftynet.layer.base_layer.Layer`` (None for
        a tensor that no layer returned), and its output tensor, or the tensor that an earlier
        intervention on this layer has returned
    :return: a handle with ``remove()``
    :raises OptionError: for a selector that is no text or a function that cannot be called
    :raises SelectionError: for a selector that cannot be read. A selector that matches nothing, a
        layer on which the network's result does not depend, or a function that returns something
        else ends the run with an error
    """
    return Intervention(selector, function, _REGISTERED)


def registered_interventions() -> Tuple[Intervention, ...]:
    """
    :return: the interventions, in the order of their registration
    """
    return tuple(_REGISTERED)


def intervened_postfix(postfix: str) -> str:
    """
    :param postfix: ``output_postfix`` of the config
    :return: the postfix for file names of a run that begins now
    """
    if not _REGISTERED or postfix.endswith(SUFFIX):
        return postfix
    return postfix + SUFFIX
