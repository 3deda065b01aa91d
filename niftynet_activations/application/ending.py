# -*- coding: utf-8 -*-
"""
The end of a run: tables, the report, a summary in the log, and warnings of maps that are all NaN.

A map is all NaN where the image or the weights hold NaN. NiftyNet's segmentation of such an image
looks like any other.
"""

import os
from typing import Dict, List, Mapping, Optional, Sequence, Tuple

import numpy as np

from niftynet_activations.application.final_batch import windowless
from niftynet_activations.application.planned_run import PlannedRun
from niftynet_activations.host.left_out import LeftOut
from niftynet_activations.host.log import LOGGER
from niftynet_activations.host.subjects import Subject
from niftynet_activations.looking.after_run import (
    without_segmentation,
    without_subjects,
    write_summaries,
)
from niftynet_activations.looking.closing_lines import Outcome, closing_lines
from niftynet_activations.planning.run_settings import RunSettings, output_folder
from niftynet_activations.running.run import ActivationRun
from niftynet_activations.store import naming, sidecar
from niftynet_activations.store.spec import NO_MAP

MOST_LAYERS = 5  # so many layers are named in a line


def end_run(
    settings: RunSettings,
    planned: PlannedRun,
    unread: Mapping[int, LeftOut],
    dropped: Sequence[Subject],
    number: int,
) -> None:
    """
    Complete a run after its session: tables, the report, and the summary in the log.

    :param settings: of the run
    :param planned: the run as it was planned
    :param unread: image id -> a subject whose numbers could not be used
    :param dropped: subjects for which NiftyNet wrote nothing
    :param number: how many subjects NiftyNet's reader has
    :raises ActivationError: if the run ended before every map was written, or a table or the report
        cannot be made
    """
    run, summaries = planned.run, planned.summaries
    for image_id in list(unread) + windowless(settings, dropped):
        run.leave_out(image_id)
    run.check_complete()
    names = [each.subject for each in unread.values()]
    tell_of_nan(settings, run.maps_of_run())
    made = write_summaries(
        without_segmentation(without_subjects(summaries, names), [each.name for each in dropped])
    )
    results = max(0, number - len(unread) - len(dropped))
    none = settings.options.segmentation == 'none'
    tell_the_end(run, summaries.folder, made, None if none else results, summaries.keeps_maps)


def tell_the_end(
    run: ActivationRun,
    folder: str,
    made: Sequence[str],
    results: Optional[int],
    keeps_maps: bool = True,
) -> None:
    """
    :param run: complete
    :param folder: of the maps
    :param made: paths of tables and the report
    :param results: how many subjects have a segmentation of NiftyNet's; None where the run makes
        none
    :param keeps_maps: whether maps are kept, or only the features made of them
    """
    outcome = Outcome(
        folder,
        run.maps_of_run(),
        run.kept_maps(),
        run.segmentation.folder,
        results,
        len(run.kept_subjects),
        keeps_maps,
    )
    for line in closing_lines(outcome, made):
        LOGGER.info(line)


def tell_of_nan(settings: RunSettings, maps: Sequence[Tuple[str, str]]) -> None:
    """
    Log a warning for each subject that has maps without a number.

    :param settings: of the run
    :param maps: subject and layer of each map, all of them written
    """
    for line in nan_lines(settings, maps):
        LOGGER.warning(line)


def nan_lines(settings: RunSettings, maps: Sequence[Tuple[str, str]]) -> List[str]:
    """
    :param settings: of the run
    :param maps: subject and layer of each map, all of them written
    :return: a line for each subject that has maps which are all NaN
    """
    found: Dict[str, List[str]] = {}
    totals: Dict[str, int] = {}
    for subject, layer in maps:
        totals[subject] = totals.get(subject, 0) + 1
        if _is_nan(settings, subject, layer):
            found.setdefault(subject, []).append(layer)
    return [
        "subject '{}': {} of its {} maps are NaN throughout ({}): look for NaN in its images, and "
        'in the checkpoint if all subjects are like that'.format(
            subject,
            len(layers),
            totals[subject],
            ', '.join(layers[:MOST_LAYERS] + ['...'] * (len(layers) > MOST_LAYERS)),
        )
        for subject, layers in found.items()
    ]


def _is_nan(settings: RunSettings, subject: str, layer: str) -> bool:
    path = os.path.join(output_folder(settings), naming.stem(layer, subject, settings.postfix))
    features = path + naming.FEATURES
    if settings.options.format == NO_MAP and os.path.isfile(features):
        path = features
    else:
        path += '.json'
    info = sidecar.read(path)
    shape, nan = info['shape'] or [], info['nan'] or 0
    samples = int(np.prod(shape, dtype=np.int64))
    if len(shape) == 3:
        samples *= len(info['channels'] or [])  # a file for each channel
    return nan > 0 and nan + (info['missing'] or 0) >= samples
