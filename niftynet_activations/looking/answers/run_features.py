# -*- coding: utf-8 -*-
"""
Features that a run computes itself (option ``activation_features``).

A *waiting map* is a complete map in a scratch file that is not kept (``activation_format = none``).
Its features go into its sidecar, one object for each region, and the table of the run is made from
the sidecars, so that a run that was interrupted keeps the features it has.
"""

import json
import math
import os
from typing import Dict, Iterable, List, Mapping, NamedTuple, Sequence, Set, Tuple

import nibabel as nib
import numpy as np
import pandas as pd

from niftynet_activations.errors import ReadError
from niftynet_activations.hints import JsonObject, LabelSource
from niftynet_activations.looking.activation_map import ActivationMap
from niftynet_activations.looking.answers.features import Request, map_features
from niftynet_activations.looking.region_labels import Box
from niftynet_activations.store import naming
from niftynet_activations.store.description import RegionFeatures
from niftynet_activations.store.lazy_arrays import LazyArray, load_nifti
from niftynet_activations.store.listing import MapFiles
from niftynet_activations.store.spec import NO_MAP, MapSpec, placed

FeatureRow = Tuple[str, str, object, Dict[str, float]]  # subject, layer, region, column -> value


class RegionsOfRun(NamedTuple):
    """What the regions of a run's features are."""

    statistics: Sequence[str]
    source: str  # the value of ``activation_regions``; empty: a subject is one region
    files: Mapping[str, str]  # subject -> label image; it may not be there yet
    boxes: Mapping[str, Box]  # subject -> the part of its label image that counts
    affines: Mapping[str, np.ndarray]  # subject -> (4, 4), where the file's own may be wrong
    probabilities: bool
    parquet: bool = False  # whether the table is written as Parquet too

    def request(self, subject: str) -> Request:
        """
        :param subject: its name
        :return: which features of its maps are wanted
        """
        labels: Dict[str, LabelSource] = {}
        if self.source:
            labels[subject] = self._labels(subject)
        return Request(self.statistics, labels, None, 0.0, self.boxes, self.probabilities)

    def _labels(self, subject: str) -> LabelSource:
        path = self.files[subject]
        if subject not in self.affines:
            return path
        image = load_nifti(path)
        placed_image = nib.Nifti1Image(image.dataobj, self.affines[subject], image.header)
        placed_image.set_filename(path)
        return placed_image


class WaitingMap(ActivationMap):
    """A waiting map, with the interface of a map in a folder."""

    def __init__(self, spec: MapSpec, samples: LazyArray) -> None:
        """
        :param spec: of the map
        :param samples: (x, y, z, channel)
        """
        super(WaitingMap, self).__init__(MapFiles(spec.subject, spec.layer, ('samples.nii',), ()))
        self._info = dict(channels=list(spec.channels), affine=placed(spec).affine)
        self._samples = samples

    @property
    def data(self) -> LazyArray:
        return self._samples


def summarise(regions: RegionsOfRun, spec: MapSpec, samples: LazyArray) -> List[RegionFeatures]:
    """
    :param regions: statistics and regions of the run's features
    :param spec: of a waiting map
    :param samples: its samples, (x, y, z, channel)
    :return: the sidecar's entry: ``region`` and ``values`` for each region; a feature that is NaN
        or infinite is None, because JSON has neither
    """
    one = WaitingMap(spec, samples)
    return [
        RegionFeatures(
            region=region,
            values={name: value if math.isfinite(value) else None for name, value in found.items()},
        )
        for region, found in map_features(one, regions.request(spec.subject))
    ]


def noted_features(
    folder: str, postfix: str, subjects: Sequence[str], layers: Sequence[str]
) -> List[FeatureRow]:
    """
    :param folder: of a run without maps
    :param postfix: of its files' names
    :param subjects: of the run
    :param layers: of the run
    :return: the features in the sidecars; subjects and layers without a sidecar are left out
    :raises ReadError: if a sidecar cannot be read
    """
    rows: List[FeatureRow] = []
    for subject in subjects:
        for layer in layers:
            spec = MapSpec(subject, layer, postfix, (0, 0, 0), (), None, format=NO_MAP)
            path = os.path.join(folder, naming.sidecar_name(spec))
            for each in _features_in(path) if os.path.isfile(path) else []:
                values = {
                    name: float('nan') if value is None else value
                    for name, value in each['values'].items()
                }
                rows.append((subject, layer, each['region'], values))
    return rows


def _features_in(path: str) -> List[RegionFeatures]:
    try:
        with open(path, encoding='utf-8') as stream:
            return json.load(stream)['features']
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ReadError('{} tells no features: {}'.format(path, error)) from error


def features_of_maps(
    maps: Mapping[Tuple[str, str], ActivationMap], regions: RegionsOfRun
) -> List[FeatureRow]:
    """
    :param maps: (subject, layer) -> map, of the run
    :param regions: statistics and regions of the run's features
    :return: the features of each map and region; maps of subjects without labels are left out
    """
    rows: List[FeatureRow] = []
    requests: Dict[str, Request] = {}
    for (subject, layer), one in maps.items():
        if regions.source and subject not in regions.files:
            continue
        if subject not in requests:
            requests[subject] = regions.request(subject)
        for region, found in map_features(one, requests[subject]):
            rows.append((subject, layer, region, found))
    return rows


def feature_table(rows: Iterable[FeatureRow]) -> pd.DataFrame:
    """
    :param rows: features of maps, one row for each map and region
    :return: a wide table: one row for each subject and region, with the columns of all its layers
    """
    wide: Dict[Tuple[str, object], JsonObject] = {}
    for subject, _, region, found in rows:
        row = wide.setdefault((subject, region), {'subject': subject, 'region': region})
        row.update(found)
    return pd.DataFrame(list(wide.values()), columns=None if wide else ['subject', 'region'])


def table_name(postfix: str) -> str:
    """
    :param postfix: of the run's files
    :return: the name of its table of features
    """
    return 'activation_features_{}.csv'.format(postfix)


def parquet_name(postfix: str) -> str:
    """
    :param postfix: of the run's files
    :return: the name of the same table as Parquet; where several processes share a cohort, that of
        a folder with a file for each subject
    """
    return 'activation_features_{}.parquet'.format(postfix)


def statistics_of(path: str) -> Set[str]:
    """
    :param path: of a table of features
    :return: the statistics in the names of its columns
    """
    columns = pd.read_csv(path, nrows=0).columns
    return {name.rsplit('|', 1)[1] for name in columns if '|' in name}
