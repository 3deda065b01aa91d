# -*- coding: utf-8 -*-
"""
The plan of a run whose maps are arrays in memory (*held*), for ``na.Extractor``.
"""

from typing import Dict, NamedTuple, Optional, Sequence

from niftynet_activations.application.network_facts import NetworkFacts
from niftynet_activations.application.preparation import GIB, plan_memory, plan_subjects
from niftynet_activations.application.run_places import find_places
from niftynet_activations.application.whole import WholePasses
from niftynet_activations.capturing.fetched_layers import SavedLayer
from niftynet_activations.hints import Table
from niftynet_activations.host.subjects import Subject
from niftynet_activations.planning.component_maps import check_bases
from niftynet_activations.planning.run_settings import RunSettings
from niftynet_activations.planning.window_grids import Alignment
from niftynet_activations.running.held_run import HeldPlan, HeldRun
from niftynet_activations.store.nameless import NamelessArrays


class PlannedHeldRun(NamedTuple):
    """All that is decided of a run before its first window."""

    run: HeldRun
    alignments: Dict[int, Alignment]  # image id -> alignment; empty for NiftyNet's own windows
    whole: Optional[WholePasses]  # None: windows


def plan_held_run(
    network: NetworkFacts,
    settings: RunSettings,
    layers: Sequence[SavedLayer],
    subject: Subject,
    file_list: Table,
) -> PlannedHeldRun:
    """
    :param network: facts of the built network
    :param settings: of the run
    :param layers: the chosen layers
    :param subject: the run's only subject
    :param file_list: NiftyNet's table of files
    :return: the plan
    :raises ActivationError: if the maps cannot be made as asked
    """
    places = find_places(network, settings, layers, [subject], file_list)
    settings, whole = places.settings, places.whole
    check_bases(settings.bases, layers, settings.options.reduce)
    plans = plan_subjects(network, places)
    memory, _ = plan_memory(places, plans)
    plan = plans[subject.index]
    steps = 0
    if whole is not None:
        left = settings.options.memory * GIB - memory.total
        whole.plan({each.key for each in plan.maps}, [subject.index], left)
        steps = whole.steps
    held = HeldPlan(subject.index, plan, memory.queue, steps)
    return PlannedHeldRun(HeldRun(held, NamelessArrays()), places.alignments, whole)
