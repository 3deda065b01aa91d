# -*- coding: utf-8 -*-
"""
What a run adds to its maps when they are complete: tables of regions, and the report.

- *source*: a word of ``activation_tables``: ``segmentation``, the one that this run writes, or
  an input section that holds labels;

:mod:`niftynet_activations.looking.run_labels` finds the labels before the first window.
"""

import os
from typing import Dict, List, Mapping, NamedTuple, Optional, Sequence, Tuple

import nibabel as nib
import numpy as np
import pandas as pd

from niftynet_activations.errors import WriteError
from niftynet_activations.hints import LabelSource
from niftynet_activations.host.caller import current_caller
from niftynet_activations.looking.activation_map import ActivationMap
from niftynet_activations.looking.answers.run_features import (
    RegionsOfRun,
    feature_table,
    features_of_maps,
    noted_features,
    parquet_name,
)
from niftynet_activations.looking.answers.run_features import table_name as feature_table_name
from niftynet_activations.looking.answers.table_files import for_parquet, write_table_file
from niftynet_activations.looking.maps import ActivationMaps
from niftynet_activations.looking.region_labels import Box
from niftynet_activations.looking.region_tables import region_table, table_name
from niftynet_activations.looking.run_labels import SEGMENTATION
from niftynet_activations.store.lazy_arrays import load_nifti


class RunSummaries(NamedTuple):
    """What is to be made from the maps of a run, and what is needed for it."""

    folder: str  # of the maps
    postfix: str  # of the files' names
    layers: Sequence[str]  # of this run; the folder may hold others
    sources: Mapping[str, Mapping[str, str]]  # source -> subject -> its file
    boxes: Mapping[str, Box]  # subject -> filled box of its segmentation
    affines: Mapping[str, np.ndarray]  # subject -> (4, 4), of its image
    probabilities: bool  # whether the segmentation's channels are probabilities of classes
    report: bool
    subjects: Sequence[str] = ()  # of the run
    features: Optional[RegionsOfRun] = None  # statistics and regions of features; None: none
    keeps_maps: bool = True  # if not, features stand in the sidecars


def without_subjects(summaries: RunSummaries, names: Sequence[str]) -> RunSummaries:
    """
    :param summaries: of a run
    :param names: subjects that the run could not read
    :return: the same without them
    """
    return summaries._replace(
        sources={
            source: {name: path for name, path in files.items() if name not in names}
            for source, files in summaries.sources.items()
        },
        subjects=[name for name in summaries.subjects if name not in names],
    )


def without_segmentation(summaries: RunSummaries, names: Sequence[str]) -> RunSummaries:
    """
    :param summaries: of a run
    :param names: subjects of which NiftyNet wrote no segmentation
    :return: the same without tables of these segmentations
    """
    sources = dict(summaries.sources)
    if SEGMENTATION in sources:
        files = sources[SEGMENTATION]
        sources[SEGMENTATION] = {name: files[name] for name in files if name not in names}
    subjects = summaries.subjects
    if summaries.features is not None and summaries.features.source == SEGMENTATION:
        subjects = [name for name in subjects if name not in names]
    return summaries._replace(sources=sources, subjects=subjects)


def write_summaries(summaries: RunSummaries) -> List[str]:
    """
    :param summaries: of a run whose maps are all written
    :return: paths of what was written
    :raises ActivationError: if a label image does not fit a map, or something cannot be written
    """
    if current_caller().shared:
        return current_caller().summarise(summaries)
    paths: List[str] = []
    if summaries.sources:
        maps = ActivationMaps(summaries.folder)
        for source, name in table_names(summaries).items():
            paths.append(os.path.join(maps.folder, name))
            write_table_file(source_table(summaries, maps, source), paths[-1])
    if summaries.features is not None:
        there: Mapping[Tuple[str, str], ActivationMap] = {}
        if summaries.keeps_maps:
            there = ActivationMaps(summaries.folder)
        paths += _write_features(summaries, summaries.features, there)
    if summaries.report:
        paths.append(_write_report(summaries.folder))
    return paths


def _write_features(
    summaries: RunSummaries, regions: RegionsOfRun, maps: Mapping[Tuple[str, str], ActivationMap]
) -> List[str]:
    table = run_features(summaries, regions, maps)
    paths = [os.path.join(summaries.folder, feature_table_name(summaries.postfix))]
    write_table_file(table, paths[0])
    if regions.parquet:
        paths.append(os.path.join(summaries.folder, parquet_name(summaries.postfix)))
        write_table_file(for_parquet(table), paths[1])
    return paths


def table_names(summaries: RunSummaries) -> Dict[str, str]:
    """
    :param summaries: of a run
    :return: source -> file name of its table; sources of which no subject has labels are left out
    """
    # the first table has the plain name; its columns do not tell tables apart
    return {
        source: table_name('_'.join([summaries.postfix] + [source] * bool(position)))
        for position, source in enumerate(summaries.sources)
        if summaries.sources[source]
    }


def source_table(
    summaries: RunSummaries, maps: Mapping[Tuple[str, str], ActivationMap], source: str
) -> pd.DataFrame:
    """
    :param summaries: of a run
    :param maps: (subject, layer) -> map; maps of other subjects or layers are
        ignored
    :param source: of the labels
    :return: the table of the maps whose subject has labels
    :raises ActivationError: if a label image does not fit a map
    """
    files = summaries.sources[source]
    chosen: Dict[Tuple[str, str], ActivationMap] = {
        key: one for key, one in maps.items() if key[0] in files and key[1] in summaries.layers
    }
    segmentation = source == SEGMENTATION
    labels: Dict[str, LabelSource] = dict(files)
    if segmentation:
        labels = {name: _on_the_image(path, summaries, name) for name, path in files.items()}
    return region_table(
        chosen,
        labels,
        summaries.boxes if segmentation else None,
        segmentation and summaries.probabilities,
    )


def run_features(
    summaries: RunSummaries, regions: RegionsOfRun, maps: Mapping[Tuple[str, str], ActivationMap]
) -> pd.DataFrame:
    """
    :param summaries: of a run
    :param regions: statistics and regions of its features
    :param maps: (subject, layer) -> map; maps of other runs are ignored, and all maps where
        features stand in the sidecars
    :return: the table of features
    :raises ActivationError: if a label image does not fit a map, or a sidecar cannot be read
    """
    subjects, layers = summaries.subjects, summaries.layers
    if summaries.keeps_maps:
        chosen = {key: one for key, one in maps.items() if key[0] in subjects and key[1] in layers}
        return feature_table(features_of_maps(chosen, regions))
    return feature_table(noted_features(summaries.folder, summaries.postfix, subjects, layers))


def _on_the_image(path: str, summaries: RunSummaries, subject: str) -> nib.Nifti1Image:
    """
    The segmentation with the right affine; NiftyNet may have written another one, or resized it.
    """
    image = load_nifti(path)
    placed = nib.Nifti1Image(image.dataobj, summaries.affines[subject], image.header)
    placed.set_filename(path)
    return placed


def _write_report(folder: str) -> str:
    try:
        # matplotlib takes seconds to import
        from niftynet_activations.looking.report.page import write_report
    except ImportError as error:
        raise WriteError(
            'activation_report = True: the maps are written, the report needs a package that is '
            'not installed ({}); pip install matplotlib jinja2'.format(error)
        ) from error
    return write_report(folder)
