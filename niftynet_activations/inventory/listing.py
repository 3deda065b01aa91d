# -*- coding: utf-8 -*-
"""
The list of layers of a config's network, made by building the network.
"""

import warnings
from typing import Dict, List, NamedTuple, Optional, Sequence, Tuple

from niftynet_activations.capturing.axis_order import window_shape
from niftynet_activations.capturing.building import build_network
from niftynet_activations.capturing.catalogue import NetworkCatalogue
from niftynet_activations.capturing.penultimate import penultimate
from niftynet_activations.capturing.recording import NetworkRecord
from niftynet_activations.capturing.selectors import Candidate
from niftynet_activations.errors import InputError, RefusedWindowError
from niftynet_activations.exactness.borders import least_border
from niftynet_activations.exactness.layer_geometry import output_of
from niftynet_activations.geometry.axis import AxisGeometry
from niftynet_activations.geometry.state import TensorGeometry
from niftynet_activations.host.application_names import APPLICATION
from niftynet_activations.host.config import Config, read_config, window_of
from niftynet_activations.host.first_subject import FirstSubject, first_subject
from niftynet_activations.host.subjects import N_SPATIAL
from niftynet_activations.inventory.accepted_sizes import nearest_accepted
from niftynet_activations.inventory.advice import Adviser, megabytes
from niftynet_activations.inventory.layer_info import LayerInfo, matching
from niftynet_activations.space.sizes import as_product


class Inventory(NamedTuple):
    """The layers of a config's network."""

    layers: List[LayerInfo]
    # sentences for the user: which window the list is for, what is unknown and why
    notes: List[str]


def inventory_of_config(
    path: str,
    application: str = APPLICATION,
    overrides: Sequence[str] = (),
    pattern: Optional[str] = None,
) -> Inventory:
    """
    :param path: of a NiftyNet config with the section that the application needs
    :param application: its name, as behind ``net_run -a``
    :param overrides: further words of NiftyNet's command line
    :param pattern: a part of layers' names, or selectors as in ``activation_layers``; all layers
        where not given
    :return: the layers of the network, in the order of the calls; neither a checkpoint nor the
        input files are needed
    :raises OptionError: if the config cannot be read or the network not be built
    :raises SelectionError: if the pattern fits nothing
    """
    config = read_config(path, overrides, application)
    subject, unread = _first_subject(config)
    window, notes = _window(config, subject, unread)
    record, window, refused = _built(config, window)
    if refused:
        # no map sizes: the listed window is not the config's
        notes, subject = notes + [refused], None
    return Inventory(layers_of_network(record, window, subject, pattern), notes)


def layers_of_config(
    path: str, application: str = APPLICATION, overrides: Sequence[str] = ()
) -> List[LayerInfo]:
    """
    :param path: as :func:`inventory_of_config`
    :param application: the same
    :param overrides: the same
    :return: every layer of the network; notes for the user are given as Python warnings
    :raises OptionError: the same
    """
    found = inventory_of_config(path, application, overrides)
    for note in found.notes:
        warnings.warn(note, stacklevel=2)
    return found.layers


def _first_subject(config: Config) -> Tuple[Optional[FirstSubject], str]:
    """The first subject, or why there is none."""
    try:
        return first_subject(config), ''
    except InputError as error:
        return None, str(error)


def _window(
    config: Config, subject: Optional[FirstSubject], unread: str
) -> Tuple[Sequence[int], List[str]]:
    """The window's size, and notes on it for the user."""
    window = window_of(config)
    if min(window) > 0:
        return window, []
    asked = (
        "spatial_window_size = {}: 0 or less stands for the whole axis of the first subject's image"
    ).format(','.join(str(size) for size in window))
    if subject is not None:
        sizes = as_product(subject.window)
        return subject.window, ['{}; the window is {}.'.format(asked, sizes)]
    return window, [
        '{}, which cannot be read ({}): strides, receptive fields and what follows from them '
        'are not told; give a size, as in --spatial_window_size 64,64,64.'.format(asked, unread)
    ]


def _built(config: Config, window: Sequence[int]) -> Tuple[NetworkRecord, Sequence[int], str]:
    """The network on that window, or on the nearest that it accepts, that window, and a note."""
    try:
        return build_network(config, config.application, window), window, ''
    except RefusedWindowError as error:
        if min(window) < 1:
            raise
        nearest = nearest_accepted(window, lambda each: _builds(config, each))
        if nearest is None:
            raise
        note = '{}. Listed are the layers on {}: the network accepts {}.'.format(
            str(error).partition('; set spatial_window_size')[0].rstrip('.'),
            as_product(nearest.window),
            nearest,
        )
        record = build_network(config, config.application, nearest.window)
        return record, nearest.window, note[0].upper() + note[1:]


def _builds(config: Config, window: Sequence[int]) -> bool:
    try:
        build_network(config, config.application, window)
    except RefusedWindowError:
        return False
    return True


def layers_of_network(
    record: NetworkRecord,
    window: Optional[Sequence[int]] = None,
    subject: Optional[FirstSubject] = None,
    pattern: Optional[str] = None,
) -> List[LayerInfo]:
    """
    :param record: a recorded network; its graph is not changed
    :param window: (x, y, z) in voxels, to say what makes a layer exact
    :param subject: the first one, to say how large its maps are
    :param pattern: a part of layers' names, or selectors; all layers where not given
    :return: the layers in the order of their calls, then ``penultimate`` and ``logits`` where no
        layer returns these tensors
    :raises SelectionError: if the pattern fits nothing
    """
    candidates = _candidates(record, pattern)
    geometries = _geometries(record, candidates)
    found = [_layer_info(each, geometries.get(each.tensor.name), record) for each in candidates]
    if window is None or not geometries:
        return found
    adviser = Adviser(window, least_border(window, output_of(record, window)))
    known = [geometries[each.tensor.name] for each in candidates]
    return [_advised(*each, window, adviser, subject) for each in zip(found, known)]


def _candidates(record: NetworkRecord, pattern: Optional[str]) -> List[Candidate]:
    network = NetworkCatalogue(record)
    catalogue = network.for_selectors()
    candidates = list(network.layers)
    words = ['penultimate'] if penultimate(record) is not None else []
    if len(record.results) > 1:
        of_each = {name: penultimate(record, each) for name, each in record.results.items()}
        words += ['penultimate:' + name for name, found in of_each.items() if found is not None]
    for word in words + ['logits']:
        named = {each.name for each in candidates}
        found = [each for each in catalogue.matches(word) if not each.type]
        candidates.extend(each for each in found if each.name not in named)
    return candidates if pattern is None else matching(pattern, candidates, catalogue)


def _geometries(
    record: NetworkRecord, candidates: Sequence[Candidate]
) -> Dict[str, TensorGeometry]:
    """
    Tensor name -> geometry; empty where the window's size, which it depends on, is not fixed.
    """
    if record.geometry is None:
        return {}
    return record.geometry.read([candidate.tensor for candidate in candidates])


def _layer_info(
    candidate: Candidate, geometry: Optional[TensorGeometry], record: NetworkRecord
) -> LayerInfo:
    axes = geometry.axes if geometry is not None else None
    order = geometry.order if geometry is not None else None
    shape = window_shape(candidate.tensor, order, record)
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
    """The layer with its border and the size of its map."""
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
