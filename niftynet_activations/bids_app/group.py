# -*- coding: utf-8 -*-
"""
The level ``group``: lists and tables over all participants of the derivative dataset.

They are made from the files in the dataset, participant by participant, so that derivatives of
several runs or computers may be copied into one folder first.
"""

import glob
import os
import sys
from typing import Dict, Iterator, List, Mapping, Optional, Sequence, Tuple

import pandas as pd

from niftynet_activations.bids_app import names
from niftynet_activations.bids_app.dataset import DESCRIPTION
from niftynet_activations.bids_app.dataset_files import read_results, write_lists
from niftynet_activations.bids_app.derivatives import UNKNOWN
from niftynet_activations.bids_app.units import Unit
from niftynet_activations.errors import InputError, OptionError, ReadError
from niftynet_activations.looking.answers.features import features
from niftynet_activations.looking.label_files import labels_by_subject
from niftynet_activations.looking.maps import ActivationMaps
from niftynet_activations.looking.region_labels import LabelSource
from niftynet_activations.looking.region_tables import region_table
from niftynet_activations.store import files, sidecar, tables
from niftynet_activations.store.formats.table import all_formats

FEATURES, REGIONS = 'group_features.tsv', 'group_regions.tsv'
OF_RUN = {'features': FEATURES, 'table': REGIONS}  # label of a run's table -> the group's table
SEGMENTATION = 'segmentation'
RESULTS = ('dseg', 'probseg', names.OUTPUT)
IDS = ['participant_id', 'session_id']


def make_group(output: str, statistics: Sequence[str], labels: Optional[str]) -> List[str]:
    """
    :param output: the derivative dataset
    :param statistics: the statistics that are features, such as mean, std, p10
    :param labels: regions: ``segmentation``, or label images as ``net_activations table`` takes
        them; None: a participant or session is one region
    :return: paths of what was written
    :raises ActivationError: if there are no maps, or the tables cannot be made or written
    """
    if not os.path.isfile(os.path.join(output, DESCRIPTION)):
        raise InputError(
            "'{}' holds no derivatives of this program (no {}): run the level participant first, "
            'with the same OUTPUT_DIR'.format(output, DESCRIPTION)
        )
    rows, units = _rows_in(output)
    found = _tables_of_runs(output)
    if not rows and not found:
        raise InputError(
            "'{}' holds no map: run the level participant first, with the same OUTPUT_DIR".format(
                output
            )
        )
    write_lists(output, rows, _results_in(output))
    written = []
    for label, name in OF_RUN.items():
        if label in found and labels is None:
            written.append(_write(output, name, map(_read, found[label])))
    if rows and FEATURES not in [os.path.basename(path) for path in written]:
        written += _made_of_maps(output, statistics, labels, units)
    return written


def _made_of_maps(
    output: str, statistics: Sequence[str], labels: Optional[str], units: Mapping[str, Unit]
) -> List[str]:
    maps = ActivationMaps(output)
    regions: Optional[Mapping[str, LabelSource]] = None
    if labels == SEGMENTATION:
        regions = _segmentations(output)
    elif labels is not None:
        regions = labels_by_subject(labels, maps.subjects)
    one_by_one = (
        _with_ids(features(some, regions, statistics), units) for _, some in maps.by_subject()
    )
    written = [_write(output, FEATURES, one_by_one)]
    if regions is not None:
        parts = (_with_ids(region_table(some, regions), units) for _, some in maps.by_subject())
        written.append(_write(output, REGIONS, parts))
    return written


def _segmentations(output: str) -> Dict[str, str]:
    results = read_results(output)
    found = {
        name: os.path.join(output, path)
        for name, path in results.items()
        if names.suffix_of(path) == 'dseg'
    }
    if not found:
        raise OptionError(
            "--labels segmentation: '{}' holds no segmentation (_dseg); give the participant level "
            'output_prob = False, or label images here'.format(output)
        )
    return found


def _rows_in(output: str) -> Tuple[List[tables.Row], Dict[str, Unit]]:
    """Rows of ``activations.csv``, made from the sidecars; and the unit of each subject."""
    rows: Dict[Tuple[str, str], tables.Row] = {}
    units: Dict[str, Unit] = {}
    for path in _below(output, '*_{}.json'.format(names.MAPS)):
        stem = path[: -len('.json')]
        files_there = [
            stem + each.suffix for each in all_formats() if os.path.exists(stem + each.suffix)
        ]
        try:
            info = sidecar.read(path)
        except ReadError:
            continue  # a JSON file of another program
        units[info['subject']] = _unit_of(path)
        sizes: List[tables.Cell] = [None] * 3
        if info['affine'] is not None:
            sizes = (list(info['shape'] or []) + sizes)[:3]
        for each in files_there[:1]:
            name = os.path.relpath(each, output)
            start: List[tables.Cell] = [info['subject'], info['layer'], name]
            start.append(len(info['channels'] or []))
            # where a map was also made with an intervention, the plain one is listed
            key = info['subject'], info['layer']
            if not info.get('interventions') or key not in rows:
                rows[key] = dict(
                    zip(tables.COLUMNS, start + sizes + [info['dtype'], info['exact']])
                )
    return list(rows.values()), units


def _results_in(output: str) -> Dict[str, str]:
    found = {}
    for suffix in RESULTS:
        for path in _below(output, '*_{}.nii.gz'.format(suffix)):
            found[_unit_of(path).name] = os.path.relpath(path, output)
    return found


def _tables_of_runs(output: str) -> Dict[str, List[str]]:
    """Label -> paths of the tables that runs have made of single units."""
    found: Dict[str, List[str]] = {}
    for path in _below(output, '*_{}.tsv'.format(names.MAPS)):
        label = dict(names.entities_of(path)).get('desc', '')
        found.setdefault(label, []).append(path)
    return found


def _below(output: str, pattern: str) -> Iterator[str]:
    root = glob.escape(output)
    for session in ('', 'ses-*'):
        yield from sorted(glob.glob(os.path.join(root, 'sub-*', session, '*', pattern)))


def _unit_of(path: str) -> Unit:
    entities = dict(names.entities_of(path))
    return Unit(entities['sub'], entities.get('ses'), {})


def _read(path: str) -> pd.DataFrame:
    return pd.read_csv(path, sep='\t', dtype={name: str for name in IDS}, keep_default_na=True)


def _with_ids(table: pd.DataFrame, units: Mapping[str, Unit]) -> pd.DataFrame:
    """The table with BIDS's columns participant_id and session_id instead of subject."""
    known = [units[name] for name in table['subject']]
    ids = {
        'participant_id': ['sub-' + each.participant for each in known],
        'session_id': [
            UNKNOWN if each.session is None else 'ses-' + each.session for each in known
        ],
    }
    return pd.concat(
        [pd.DataFrame(ids), table.drop(columns='subject').reset_index(drop=True)], axis=1
    )


def _write(output: str, name: str, parts: Iterator[pd.DataFrame]) -> str:
    path = os.path.join(output, name)
    whole = pd.concat(list(parts), ignore_index=True, sort=False)
    with files.disk_errors('writing {}'.format(path)), files.replacing(path) as temporary:
        whole.to_csv(temporary, sep='\t', index=False, na_rep=UNKNOWN)
    return path


def run_group(output: str, statistics: Sequence[str], labels: Optional[str]) -> int:
    """
    Make the group's lists and tables, and print their paths.

    :param output: as for :func:`make_group`
    :param statistics: as for :func:`make_group`
    :param labels: as for :func:`make_group`
    :return: exit status
    """
    for path in make_group(output, statistics, labels):
        sys.stdout.write(path + '\n')
    return 0
