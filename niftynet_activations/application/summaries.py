# -*- coding: utf-8 -*-
"""
What the tables, features and report of a run will need, collected and checked before the first
window.
"""

import os
from typing import Callable, Dict, NamedTuple, Optional, Sequence

from niftynet_activations.capturing.fetched_layers import SavedLayer
from niftynet_activations.capturing.recording import NetworkRecord
from niftynet_activations.errors import OptionError
from niftynet_activations.exactness.layer_geometry import output_of
from niftynet_activations.hints import Table
from niftynet_activations.host.log import LOGGER
from niftynet_activations.host.subjects import Subject
from niftynet_activations.looking.after_run import RunSummaries
from niftynet_activations.looking.answers.run_features import RegionsOfRun
from niftynet_activations.looking.answers.statistics import parse_statistics
from niftynet_activations.looking.answers.table_files import check_parquet
from niftynet_activations.looking.run_labels import (
    SEGMENTATION,
    check_has_maps,
    filled_box,
    label_files,
)
from niftynet_activations.planning.component_maps import name_of_map
from niftynet_activations.planning.run_settings import RunSettings, output_folder
from niftynet_activations.planning.window_grids import Alignment
from niftynet_activations.space.network_space import NetworkSpace
from niftynet_activations.space.resized_output import resized_output
from niftynet_activations.store.spec import NO_MAP

PARQUET = 'parquet'  # a word of activation_features that is no statistic


class RunSpaces(NamedTuple):
    """The subjects of a run, and where their volumes lie in the world."""

    subjects: Sequence[Subject]
    spaces: Dict[int, NetworkSpace]  # image id -> network space
    axes: Sequence[int]  # which of x, y, z the network sees
    alignments: Dict[int, Alignment]  # image id -> alignment; empty for NiftyNet's own windows


def plan_summaries(
    settings: RunSettings,
    record: NetworkRecord,
    layers: Sequence[SavedLayer],
    places: RunSpaces,
    file_list: Table,
    probabilities: bool,
    labels: bool = True,
) -> RunSummaries:
    """
    :param settings: of the run
    :param record: the network
    :param layers: the chosen layers
    :param places: the subjects and where they lie
    :param file_list: NiftyNet's table of files
    :param probabilities: whether NiftyNet's output holds a channel for each class
    :param labels: whether NiftyNet's output is a segmentation
    :return: what is to be made when the maps are complete
    :raises OptionError: if tables are asked for that cannot be made
    """
    boxes, affines = {}, {}
    for subject in places.subjects:
        space = places.spaces[subject.index]
        affines[subject.name] = space.file_affine
        if settings.sampling == 'grid':
            aligned = places.alignments.get(subject.index)
            volume = aligned.shape if aligned else subject.padded_shape
            cropped = range(len(places.axes))
            boxes[subject.name] = filled_box(space, volume, settings.border, cropped)
        else:
            given = output_of(record, subject.window)
            output = [size or whole for size, whole in zip(given, subject.window)]
            placed = resized_output(space, subject.padded_shape, output, settings.border)
            affines[subject.name], boxes[subject.name] = placed.affine, placed.box
            drawn = None not in given  # else NiftyNet's result is no image on the window
            if drawn and placed.moved and subject is places.subjects[0]:
                _tell_of_shrinking(settings)
    with_space = [
        name_of_map(settings.bases, layer) for layer in layers if layer.spatial.shape.ndims > 2
    ]
    options = settings.options
    check_has_maps(options.tables, with_space)
    subjects = [subject.name for subject in places.subjects]
    segmentation = (lambda name: _segmentation(settings, name)) if labels else None
    regions = _regions(settings, file_list, subjects, with_space, segmentation)
    if regions is not None and regions.source == SEGMENTATION:
        regions = regions._replace(boxes=boxes, affines=affines, probabilities=probabilities)
    return RunSummaries(
        folder=output_folder(settings),
        postfix=settings.postfix,
        layers=with_space,
        sources=label_files(options.tables, file_list, subjects, segmentation),
        boxes=boxes,
        affines=affines,
        probabilities=probabilities,
        report=options.report,
        subjects=subjects,
        features=regions,
        keeps_maps=options.format != NO_MAP,
    )


def _regions(
    settings: RunSettings,
    file_list: Table,
    subjects: Sequence[str],
    layers: Sequence[str],
    segmentation: Optional[Callable[[str], str]],
) -> Optional[RegionsOfRun]:
    options = settings.options
    if not options.features:
        return None
    check_has_maps(options.features, layers, 'activation_features')
    words = [word for word in options.features if word != PARQUET]
    if len(words) < len(options.features):
        check_parquet("activation_features = '{}'".format(','.join(options.features)))
    try:
        statistics = parse_statistics(words)
    except OptionError as error:
        raise OptionError(
            "activation_features = '{}': {}".format(','.join(options.features), error)
        ) from None
    files: Dict[str, str] = {}
    if options.regions:
        found = label_files(
            [options.regions], file_list, subjects, segmentation, 'activation_regions'
        )
        files = found[options.regions]
    parquet = PARQUET in options.features
    return RegionsOfRun(statistics, options.regions, files, {}, {}, False, parquet)


def _segmentation(settings: RunSettings, subject: str) -> str:
    return os.path.join(settings.save_seg_dir, settings.result_file(subject) or '')


def _tell_of_shrinking(settings: RunSettings) -> None:
    LOGGER.warning(
        'window_sampling = resize with border = %s: NiftyNet writes its result shrunken or '
        "stretched on the image's voxels; maps and tables are right. Half the difference between "
        "the window and the network's output is the border that keeps its place",
        ', '.join(str(each) for each in settings.border),
    )
