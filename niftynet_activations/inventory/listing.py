# -*- coding: utf-8 -*-
"""
The inventory of a config's network, made by building the network and looking at it.
"""

from typing import Any, Dict, List, Optional, Sequence

from niftynet_activations.capturing.axis_order import in_ordinary_space
from niftynet_activations.capturing.building import build_network
from niftynet_activations.capturing.catalogue import NetworkCatalogue
from niftynet_activations.capturing.recording import NetworkRecord
from niftynet_activations.capturing.selectors import Candidate
from niftynet_activations.exactness.borders import least_border
from niftynet_activations.exactness.layer_geometry import output_of
from niftynet_activations.geometry.axis import AxisGeometry
from niftynet_activations.geometry.graph import read_geometry
from niftynet_activations.geometry.state import TensorGeometry
from niftynet_activations.host.config import read_config, window_of
from niftynet_activations.host.first_subject import FirstSubject, first_subject
from niftynet_activations.host.subjects import N_SPATIAL
from niftynet_activations.inventory.advice import Adviser, megabytes
from niftynet_activations.inventory.layer_info import LayerInfo


def layers_of_config(
    path: str, application_class: Any, overrides: Sequence[str] = ()
) -> List[LayerInfo]:
    """
    :param path: of a NiftyNet config with a [SEGMENTATION] section
    :param application_class: makes the network: ``niftynet_activations.app``
    :param overrides: further words of NiftyNet's command line
    :return: every layer of the network, in the order of the calls; neither a checkpoint nor the
        input files are needed
    :raises OptionError: if the config cannot be read or the network not be built
    """
    config = read_config(path, overrides)
    return layers_of_network(
        build_network(config, application_class), window_of(config), first_subject(config)
    )


def layers_of_network(
    record: NetworkRecord,
    window: Optional[Sequence[int]] = None,
    subject: Optional[FirstSubject] = None,
) -> List[LayerInfo]:
    """
    :param record: a recorded network; tensors inside dilated blocks are seen from ordinary space,
        which adds operations to its graph
    :param window: (x, y, z) in voxels, to say what makes a layer exact
    :param subject: the first one, to say how large its maps are
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
    found = [
        _layer_info(each, spatial, geometries.get(each.tensor.name))
        for each, spatial in zip(candidates, ordinary)
    ]
    if window is None or None in record.image.shape.as_list()[1:-1]:
        return found
    adviser = Adviser(window, least_border(window, output_of(record, window)))
    known = [geometries[each.tensor.name] for each in candidates]
    return [_advised(*each, window, adviser, subject) for each in zip(found, known)]


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
        exact_with_border=None,
        inexact_because=None,
    )


def _advised(
    layer: LayerInfo,
    geometry: TensorGeometry,
    window: Sequence[int],
    adviser: Adviser,
    subject: Optional[FirstSubject],
) -> LayerInfo:
    """With what takes more than the graph."""
    spatial = [axis for axis in range(N_SPATIAL) if window[axis] != 1]
    if layer.shape is None or len(layer.shape) != len(spatial) + 1:
        return layer._replace(inexact_because='it has a row of values for each window, and no map')
    axes = geometry.axes
    if axes is not None:
        own = iter(axes)
        point = AxisGeometry.of_window(1)
        axes = [next(own) if axis in spatial else point for axis in range(N_SPATIAL)]
    size = None
    if subject is not None:
        size = megabytes(axes, layer.channels, subject.image, subject.padding)
    advice = adviser.advise(axes, geometry.inexact_because)
    return layer._replace(megabytes=size, **advice._asdict())


def _window_shape(tensor: Any) -> Optional[List[Optional[int]]]:
    """Without the batch axis; None where even the number of axes is unknown."""
    return None if tensor.shape.ndims is None else tensor.shape.as_list()[1:]
