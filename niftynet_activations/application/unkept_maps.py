# -*- coding: utf-8 -*-
"""
Plans of a run that makes features and keeps no maps (``activation_format = none``).
"""

from functools import partial
from typing import List

from niftynet_activations.hints import JsonObject
from niftynet_activations.looking.after_run import RunSummaries
from niftynet_activations.looking.answers.run_features import RegionsOfRun, summarise
from niftynet_activations.looking.run_labels import SEGMENTATION
from niftynet_activations.planning.plan import MapPlan, Plan, SubjectPlan
from niftynet_activations.store.files import file_state
from niftynet_activations.store.sidecar import fingerprint


def without_maps(plan: SubjectPlan, summaries: RunSummaries) -> SubjectPlan:
    """
    :param plan: of one subject
    :param summaries: of the run, with features
    :return: the same plan, in which each map has the function that makes its features. What these
        depend on beside the map is part of the settings that ``activation_existing = skip``
        compares
    """
    regions = summaries.features
    if regions is None:
        return plan
    made_with = _state(regions, plan)
    maps: List[Plan] = []
    for each in plan.maps:
        if isinstance(each, MapPlan):
            settings = fingerprint(dict(made_with, map=each.spec.settings))
            each = each._replace(
                spec=each.spec._replace(settings=settings),
                summarise=partial(summarise, regions),
                needs_result=regions.source == SEGMENTATION,
            )
        maps.append(each)
    return plan._replace(maps=maps)


def _state(regions: RegionsOfRun, plan: SubjectPlan) -> JsonObject:
    labels: object = None
    if regions.source == SEGMENTATION:
        labels = plan.segmentation
    elif regions.source:
        labels = file_state(regions.files[plan.name])
    return dict(statistics=list(regions.statistics), regions=regions.source, labels=labels)
