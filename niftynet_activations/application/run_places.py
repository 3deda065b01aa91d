# -*- coding: utf-8 -*-
"""
Where the windows or whole passes of a run lie in each subject's volume.
"""

from typing import Dict, List, NamedTuple, Optional, Sequence

from niftynet_activations.application.network_facts import NetworkFacts
from niftynet_activations.application.whole import WholePasses
from niftynet_activations.capturing.fetched_layers import SavedLayer
from niftynet_activations.errors import GeometryError
from niftynet_activations.exactness.layer_geometry import LayerGeometries
from niftynet_activations.hints import Table
from niftynet_activations.host.subjects import Subject, network_space
from niftynet_activations.looking.run_labels import files_of_section
from niftynet_activations.planning.run_settings import RunSettings
from niftynet_activations.planning.window_grids import Alignment, align
from niftynet_activations.space.network_space import NetworkSpace
from niftynet_activations.store.description import Intervention


class RunPlaces(NamedTuple):
    """A run's settings, layers and subjects, and where its windows or passes lie."""

    settings: RunSettings  # with the masks and interventions of the run
    layers: Sequence[SavedLayer]  # the chosen layers
    subjects: Sequence[Subject]  # all subjects of the run
    spaces: Dict[int, NetworkSpace]  # image id -> network space
    alignments: Dict[int, Alignment]  # image id -> alignment; empty for NiftyNet's own windows
    whole: Optional[WholePasses]  # None: windows


def find_places(
    network: NetworkFacts,
    settings: RunSettings,
    layers: Sequence[SavedLayer],
    subjects: Sequence[Subject],
    file_list: Table,
) -> RunPlaces:
    """
    :param network: facts of the built network
    :param settings: of the run
    :param layers: the chosen layers
    :param subjects: all subjects of the run
    :param file_list: NiftyNet's table of files
    :return: where windows or passes lie
    :raises ActivationError: if there is no such grid or pass, or a subject has no mask
    """
    options = settings.options
    if options.mask:
        names = [each.name for each in subjects]
        masks = files_of_section(
            'activation_mask', options.mask, 'an input section', file_list, names
        )
        settings = settings._replace(masks=masks)
    interventions = [
        Intervention(layer=each.layer, selector=each.selector, function=each.function)
        for each in network.record.interventions
    ]
    settings = settings._replace(interventions=interventions)
    geometries = network.geometries
    alignments: Dict[int, Alignment] = {}
    # a resized volume is one window, which starts at 0 whatever the grid
    if options.grid == 'aligned' and settings.sampling == 'grid':
        periods = geometries.common_periods(layers)
        alignments = align(subjects, settings.border, periods, network.references.find)
    spaces = {each.index: network_space(each, settings.sampling) for each in subjects}
    whole = None
    if options.pass_ == 'whole':
        whole = network.whole_passes(settings, [each.key for each in layers])
        for subject in subjects:
            whole.add(subject, _periods(geometries, layers or network.measured))
    return RunPlaces(settings, layers, subjects, spaces, alignments, whole)


def _periods(geometries: LayerGeometries, layers: Sequence[SavedLayer]) -> List[int]:
    try:
        return geometries.common_periods(layers)
    except GeometryError:
        return [1, 1, 1]  # the graph tells of none of the layers where its samples lie
