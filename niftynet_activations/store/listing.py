# -*- coding: utf-8 -*-
"""
Which files of an output folder belong together.

Vocabulary of this module:

stem
    ``activation_<layer>_<subject>_<postfix>``, with ``.`` for ``/`` and ``-`` for ``:`` in
    the layer's name; the map's file and its sidecar share it.
split
    a map of one 3-D file per channel, named ``<stem>_c<channel>``.
segmentation
    ``window_seg_<subject>_<postfix>``, which NiftyNet writes; where there is no such file, what
    ``inferred.csv`` lists.
"""

import csv
import os
import re
from typing import Dict, Iterable, List, Mapping, NamedTuple, Optional, Sequence, Tuple

from niftynet_activations.errors import ReadError
from niftynet_activations.store.formats.table import without_suffix
from niftynet_activations.store.naming import layer_in_name

LIST_NAME = 'activations.csv'
RESULTS = 'inferred.csv'  # NiftyNet's
SEGMENTATION_SUFFIXES = ('.nii.gz', '.nii')  # NiftyNet's


class MapFiles(NamedTuple):
    """The files of one map, in the order of its channels, and its sidecars."""

    subject: str
    layer: str
    paths: Tuple[str, ...]
    sidecars: Tuple[str, ...]


def find_map_files(folder: str) -> List[MapFiles]:
    """
    Read the list of a folder's maps.

    :param folder: the folder that holds ``activations.csv``
    :return: one entry per subject and layer, in the order of the list
    :raises ReadError: if there is no such folder, list, or entry in it
    """
    return map_files(folder, _read_list(folder))


def map_files(folder: str, rows: Sequence[Mapping[str, str]]) -> List[MapFiles]:
    """
    :param folder: of the maps
    :param rows: of ``activations.csv``
    :return: one entry per subject and layer, in the order of the rows
    """
    groups: Dict[Tuple[str, str], List[str]] = {}
    for row in rows:
        path = os.path.join(folder, row['file'])
        groups.setdefault((row['subject'], row['layer']), []).append(path)
    return [_one_map(subject, layer, paths) for (subject, layer), paths in groups.items()]


def _read_list(folder: str) -> List[Dict[str, str]]:
    if not os.path.isdir(folder):
        raise ReadError('{} is no folder; give the one named by activation_dir'.format(folder))
    path = os.path.join(folder, LIST_NAME)
    if not os.path.isfile(path):
        raise ReadError(
            '{} holds no activations (no {}); give the folder named by activation_dir'.format(
                folder, LIST_NAME
            )
        )
    with open(path, newline='', encoding='utf-8') as stream:
        rows = list(csv.DictReader(stream))
    if not rows or not {'subject', 'layer', 'file'} <= set(rows[0]):
        raise ReadError(
            '{} lists no activations; expected the columns subject, layer, file and a row for '
            'each file'.format(path)
        )
    return rows


def _one_map(subject: str, layer: str, paths: List[str]) -> MapFiles:
    ordered = sorted(dict.fromkeys(paths), key=_split_channel)
    sidecars = list(dict.fromkeys(_sidecar(path) for path in ordered))
    return MapFiles(subject, layer, tuple(ordered), tuple(sidecars))


def _split_channel(path: str) -> int:
    found = re.search(r'_c(\d+)$', without_suffix(path))
    return int(found.group(1)) if found else -1


def _sidecar(path: str) -> str:
    own = without_suffix(path) + '.json'
    shared = re.sub(r'_c\d+\.json$', '.json', own)
    return shared if not os.path.isfile(own) and os.path.isfile(shared) else own


def postfix_of(files: MapFiles) -> str:
    """
    The postfix in a map's name, needed to name tables alike.

    :param files: a map's files
    :return: what follows ``activation_<layer>_<subject>_``; empty if the name is another
    """
    stem = os.path.basename(without_suffix(files.paths[0]))
    start = 'activation_{}_{}_'.format(layer_in_name(files.layer), files.subject)
    if not stem.startswith(start):
        return ''
    return re.sub(r'_c\d+$', '', stem[len(start) :]) if len(files.paths) > 1 else stem[len(start) :]


def find_segmentation(folder: str, subject: str, subjects: Iterable[str]) -> Optional[str]:
    """
    The segmentation of one subject, if it lies beside the maps.

    :param folder: where to look
    :param subject: whose segmentation
    :param subjects: all subjects, because one's name may begin with another's
    :return: a path, or None
    """
    longer = [one for one in subjects if one.startswith(subject + '_')]
    for name in sorted(os.listdir(folder)):
        if not name.startswith('window_seg_{}_'.format(subject)):
            continue
        if any(name.startswith('window_seg_{}_'.format(one)) for one in longer):
            continue
        if name.endswith(SEGMENTATION_SUFFIXES):
            return os.path.join(folder, name)
    return _listed_result(folder, subject)


def _listed_result(folder: str, subject: str) -> Optional[str]:
    """The subject's result where NiftyNet's list names it, with another name or in a folder."""
    path = os.path.join(folder, RESULTS)
    if not os.path.isfile(path):
        return None
    with open(path, newline='', encoding='utf-8') as stream:
        found = {row[0]: row[1] for row in csv.reader(stream) if len(row) > 1}
    result = os.path.join(folder, found.get(subject, ''))
    return result if os.path.isfile(result) and result.endswith(SEGMENTATION_SUFFIXES) else None


def source_images(info: Dict, folder: str) -> List[str]:
    """
    The input images that a sidecar names.

    :param info: the sidecar; ``source_images`` is a path, a list, or a dictionary of these
    :param folder: what relative paths start from
    :return: paths, absolute, in the order of the sidecar, whether they are there or not
    """
    return [os.path.join(folder, path) for path in _flatten(info.get('source_images'))]


def _flatten(entry: object) -> List[str]:
    if entry is None:
        return []
    if isinstance(entry, str):
        return [entry]
    parts = entry.values() if isinstance(entry, dict) else entry
    return [path for part in parts for path in _flatten(part)]  # type: ignore
