# -*- coding: utf-8 -*-
"""
Interventions: functions that give a layer another output, with which the network goes on. The
registry alone, free of TensorFlow; :mod:`niftynet_activations.capturing.intervened` calls them.

- *intervention*: a selector and a function ``function(layer, output)`` that gives a tensor;
- *intervened* run: one whose network has an intervention. Its maps and its segmentation are not
  those of the trained network, and say so in their names and sidecars.
"""

from typing import Callable, List, Tuple

from niftynet_activations.capturing.registry import Registered
from niftynet_activations.hints import Layer, Tensor

SUFFIX = '_intervened'  # ends the postfix of all files of an intervened run
InterventionFunction = Callable[[Layer, Tensor], Tensor]


class Intervention(Registered):
    """One registered intervention, and the handle to remove it."""

    REGISTERS = 'register_intervention'
    TAKES = 'function(layer, output)'


_REGISTERED: List[Intervention] = []


def register_intervention(selector: str, function: InterventionFunction) -> Intervention:
    """
    Have a function give layers another output, with which the network goes on.

    The function is called once for each chosen layer while the graph is built. The tensor it
    returns takes the place of the layer's output for everything that is computed from it, the
    segmentation and the map of the layer itself among that. It has the same shape and type:
    (batch, spatial axes ..., channels); inside a dilated block space has moved into the batch axis.
    All files of such a run have ``_intervened`` behind their postfix, its sidecars have the key
    ``interventions``, and its log warns.

    :param selector: as in ``activation_layers``: ``res_2_*``, ``type:ActiLayer``, ``op:...``
    :param function: ``function(layer, output)``: the ``niftynet.layer.base_layer.Layer`` (None for
        a tensor that no layer returned), and the tensor that came out, or what an earlier
        intervention on it has returned
    :return: a handle with ``remove()``
    :raises OptionError: for a selector that is no text or a function that cannot be called
    :raises SelectionError: for a selector that cannot be read; one that matches nothing, a layer
        that does not lead to the network's result, or a function that returns something else, is
        an error of the run
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
    :return: what ends the names of the files of a run that begins now
    """
    if not _REGISTERED or postfix.endswith(SUFFIX):
        return postfix
    return postfix + SUFFIX
