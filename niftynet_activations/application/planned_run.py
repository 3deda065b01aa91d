# -*- coding: utf-8 -*-
"""
The plan of a run that writes files, made when the graph is there and before the first window.
"""

from typing import Dict, NamedTuple, Optional, Sequence

from niftynet_activations.application.network_facts import NetworkFacts
from niftynet_activations.application.preparation import prepare_run
from niftynet_activations.application.run_places import find_places
from niftynet_activations.application.summaries import RunSpaces, plan_summaries
from niftynet_activations.application.whole import WholePasses
from niftynet_activations.capturing.fetched_layers import SavedLayer
from niftynet_activations.hints import Table
from niftynet_activations.host.subjects import Subject
from niftynet_activations.looking.after_run import RunSummaries
from niftynet_activations.planning.outline import Outline
from niftynet_activations.planning.run_settings import RunSettings
from niftynet_activations.planning.window_grids import Alignment
from niftynet_activations.running.run import ActivationRun


class PlannedRun(NamedTuple):
    """All that is known of a run before its first window."""

    run: ActivationRun
    alignments: Dict[int, Alignment]  # image id -> alignment; empty for NiftyNet's own windows
    whole: Optional[WholePasses]  # None: windows
    summaries: RunSummaries
    outline: Outline  # what the log and `net_activations plan` tell of the run


def plan_run(
    network: NetworkFacts,
    settings: RunSettings,
    layers: Sequence[SavedLayer],
    subjects: Sequence[Subject],
    file_list: Table,
) -> PlannedRun:
    """
    :param network: facts of the built network
    :param settings: of the run
    :param layers: the chosen layers; none where the whole pass gives only NiftyNet's own result
    :param subjects: all subjects of the run
    :param file_list: NiftyNet's table of files
    :return: the plan
    :raises ActivationError: if the maps cannot be made or written as asked
    """
    places = find_places(network, settings, layers, subjects, file_list)
    settings, whole = places.settings, places.whole
    summaries = plan_summaries(
        settings if whole is None else settings._replace(border=whole.rim()),
        network.record,
        layers,
        RunSpaces(subjects, places.spaces, network.axes, places.alignments),
        file_list,
        bool(getattr(network.application.activation_task(), 'output_prob', False)),
        network.application.activation_labels,
    )
    run, outline = prepare_run(network, places, summaries)
    return PlannedRun(run, places.alignments, whole, summaries, outline)
