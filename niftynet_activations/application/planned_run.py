# -*- coding: utf-8 -*-
"""
What an application decides between its graph and its first window, put together.
"""

from typing import Dict, List, NamedTuple, Optional, Sequence

from niftynet_activations.application.network_facts import NetworkFacts
from niftynet_activations.application.preparation import prepare_run
from niftynet_activations.application.summaries import RunSpaces, plan_summaries
from niftynet_activations.application.whole import WholePasses
from niftynet_activations.capturing.fetched_layers import SavedLayer
from niftynet_activations.errors import GeometryError
from niftynet_activations.exactness.layer_geometry import LayerGeometries
from niftynet_activations.hints import Table
from niftynet_activations.host.subjects import Subject, network_space
from niftynet_activations.looking.after_run import RunSummaries
from niftynet_activations.looking.run_labels import files_of_section
from niftynet_activations.planning.outline import Outline
from niftynet_activations.planning.run_settings import RunSettings
from niftynet_activations.planning.window_grids import Alignment, align
from niftynet_activations.running.run import ActivationRun
from niftynet_activations.space.network_space import NetworkSpace


class PlannedRun(NamedTuple):
    """All that is known of a run before its first window."""

    run: ActivationRun
    alignments: Dict[int, Alignment]  # image id -> alignment; empty for NiftyNet's own windows
    whole: Optional[WholePasses]  # None: windows
    summaries: RunSummaries
    outline: Outline  # what is told of it


class WhereRun(NamedTuple):
    """Where the windows or passes of a run lie."""

    settings: RunSettings  # of the run, with its masks
    spaces: Dict[int, NetworkSpace]  # image id -> network space
    alignments: Dict[int, Alignment]  # image id -> alignment; empty for NiftyNet's own windows
    whole: Optional[WholePasses]  # None: windows


def plan_run(
    network: NetworkFacts,
    settings: RunSettings,
    layers: Sequence[SavedLayer],
    subjects: Sequence[Subject],
    file_list: Table,
) -> PlannedRun:
    """
    :param network: what is known of it
    :param settings: of the run
    :param layers: the chosen ones; none where the whole pass gives the result alone
    :param subjects: all of the run
    :param file_list: NiftyNet's table of files
    :return: what is going to happen
    :raises ActivationError: if the maps cannot be made or written as asked
    """
    where = find_where(network, settings, layers, subjects, file_list)
    settings, spaces, alignments, whole = where
    summaries = plan_summaries(
        settings if whole is None else settings._replace(border=whole.rim()),
        network.record,
        layers,
        RunSpaces(subjects, spaces, network.axes, alignments),
        file_list,
        bool(getattr(network.application.activation_task(), 'output_prob', False)),
        network.application.activation_labels,
    )
    run, outline = prepare_run(
        settings, network, layers, subjects, spaces, alignments, whole, summaries
    )
    return PlannedRun(run, alignments, whole, summaries, outline)


def find_where(
    network: NetworkFacts,
    settings: RunSettings,
    layers: Sequence[SavedLayer],
    subjects: Sequence[Subject],
    file_list: Table,
) -> WhereRun:
    """
    :param network: what is known of it
    :param settings: of the run
    :param layers: the chosen ones
    :param subjects: all of the run
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
    interventions = [each._asdict() for each in network.record.interventions]
    settings = settings._replace(interventions=[dict(each) for each in interventions])
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
    return WhereRun(settings, spaces, alignments, whole)


def _periods(geometries: LayerGeometries, layers: Sequence[SavedLayer]) -> List[int]:
    try:
        return geometries.common_periods(layers)
    except GeometryError:
        return [1, 1, 1]  # the graph tells the place of none of the layers
