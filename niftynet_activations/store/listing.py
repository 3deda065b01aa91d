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
from typing import Dict, Iterable, Iterator, List, Mapping, NamedTuple, Optional, Sequence, Tuple

from niftynet_activations.errors import ReadError
from niftynet_activations.store.description import Paths, Sidecar
from niftynet_activations.store.formats.table import without_suffix
from niftynet_activations.store.naming import layer_in_name

LIST_NAME = 'activations.csv'
SEGMENTATION = 'window_seg_'  # NiftyNet's
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
    The postfix in a map's name, needed to name tables in the same way.

    :param files: a map's files
    :return: what follows ``activation_<layer>_<subject>_``; empty if the name begins otherwise
    """
    stem = os.path.basename(without_suffix(files.paths[0]))
    start = 'activation_{}_{}_'.format(layer_in_name(files.layer), files.subject)
    if not stem.startswith(start):
        return ''
    return re.sub(r'_c\d+$', '', stem[len(start) :]) if len(files.paths) > 1 else stem[len(start) :]


def find_segmentation(folder: str, subject: str, subjects: Iterable[str]) -> Optional[str]:
    """
    Find the segmentation of one subject, if it lies beside the maps.

    :param folder: where to look
    :param subject: whose segmentation
    :param subjects: all subjects, because one's name may begin with another's
    :return: a path, or None
    """
    return find_segmentations(folder, list(subjects) + [subject]).get(subject)


def find_segmentations(folder: str, subjects: Iterable[str]) -> Dict[str, str]:
    """
    Find the segmentations that lie beside the maps, reading the folder once.

    :param folder: where to look
    :param subjects: all subjects, because one's name may begin with another's
    :return: subject -> path, of those that have one
    """
    known = set(subjects)
    found: Dict[str, str] = {}
    for name in sorted(os.listdir(folder)):
        if name.startswith(SEGMENTATION) and name.endswith(SEGMENTATION_SUFFIXES):
            parts = name[len(SEGMENTATION) :].split('_')
            starts = ['_'.join(parts[:count]) for count in range(len(parts) - 1, 0, -1)]
            subject = next((each for each in starts if each in known), None)
            if subject is not None:
                found.setdefault(subject, os.path.join(folder, name))
    for subject, path in _listed_results(folder):
        if subject in known:
            found.setdefault(subject, path)
    return found


def _listed_results(folder: str) -> Iterator[Tuple[str, str]]:
    """Subject and path of each result in ``inferred.csv``; it may have any name, in any folder."""
    path = os.path.join(folder, RESULTS)
    if not os.path.isfile(path):
        return
    with open(path, newline='', encoding='utf-8') as stream:
        for row in csv.reader(stream):
            result = os.path.join(folder, row[1]) if len(row) > 1 else ''
            if result.endswith(SEGMENTATION_SUFFIXES) and os.path.isfile(result):
                yield row[0], result


def source_images(info: Sidecar, folder: str) -> List[str]:
    """
    The input images that a sidecar names.

    :param info: the sidecar; ``source_images`` is a path, a list, or a dictionary of these
    :param folder: what relative paths start from
    :return: paths, absolute, in the order of the sidecar, whether they are there or not
    """
    return [os.path.join(folder, path) for path in _flatten(info.get('source_images'))]


def _flatten(entry: Paths) -> List[str]:
    if entry is None:
        return []
    if isinstance(entry, str):
        return [entry]
    parts = entry.values() if isinstance(entry, Mapping) else entry
    return [path for part in parts for path in _flatten(part)]
