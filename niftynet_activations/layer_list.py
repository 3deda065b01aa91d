# -*- coding: utf-8 -*-
"""
The inventory of a config's network, made by building the network and looking at it.
"""

from typing import Any, Dict, List, Optional, Sequence

from niftynet_activations.capture import NetworkRecord
from niftynet_activations.catalogue import NetworkCatalogue
from niftynet_activations.geometry.graph import read_geometry
from niftynet_activations.geometry.state import TensorGeometry
from niftynet_activations.inventory import LayerInfo
from niftynet_activations.network import build_network, read_config
from niftynet_activations.ordinary_space import in_ordinary_space
from niftynet_activations.selection import Candidate


def layers_of_config(path: str, overrides: Sequence[str] = ()) -> List[LayerInfo]:
    """
    :param path: of a NiftyNet config with a [SEGMENTATION] section
    :param overrides: further words of NiftyNet's command line
    :return: every layer of the network, in the order of the calls; neither a checkpoint nor the
        input files are needed
    :raises OptionError: if the config cannot be read or the network not be built
    """
    return layers_of_network(build_network(read_config(path, overrides)))


def layers_of_network(record: NetworkRecord) -> List[LayerInfo]:
    """
    :param record: a recorded network; tensors inside dilated blocks are seen from ordinary space,
        which adds operations to its graph
    :return: every layer, in the order of the calls, then the words that no layer stands for
    """
    catalogue = NetworkCatalogue(record)
    words = catalogue.for_selectors()
    candidates = list(catalogue.layers)
    for word in ('penultimate', 'logits'):
        if word == 'logits' or record.penultimate() is not None:
            candidates.extend(each for each in words.matches(word) if not each.type)
    geometries = _geometries(record, candidates)
    ordinary = in_ordinary_space([each.tensor for each in candidates], record.image)
    return [
        _layer_info(each, spatial, geometries.get(each.tensor.name))
        for each, spatial in zip(candidates, ordinary)
    ]


def _geometries(
    record: NetworkRecord, candidates: Sequence[Candidate]
) -> Dict[str, TensorGeometry]:
    """Empty where the window's size is open: the geometry depends on it."""
    if None in record.image.shape.as_list()[1:-1]:
        return {}
    return read_geometry([candidate.tensor for candidate in candidates], record.image)


def _layer_info(
    candidate: Candidate, spatial: Any, geometry: Optional[TensorGeometry]
) -> LayerInfo:
    axes = geometry.axes if geometry is not None else None
    shape = _window_shape(spatial)
    return LayerInfo(
        name=candidate.name,
        type=candidate.type,
        tensor=candidate.tensor.name,
        shape=shape,
        channels=shape[-1] if shape else None,
        stride=[axis.stride for axis in axes] if axes else None,
        offset=[axis.offset for axis in axes] if axes else None,
        period=[axis.period for axis in axes] if axes else None,
        receptive_field=[axis.receptive_field for axis in axes] if axes else None,
        megabytes=None,
    )


def _window_shape(tensor: Any) -> Optional[List[Optional[int]]]:
    """Without the batch axis; None where even the number of axes is unknown."""
    return None if tensor.shape.ndims is None else tensor.shape.as_list()[1:]
