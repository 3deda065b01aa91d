# -*- coding: utf-8 -*-
"""
BIDS names for the files that the cohort has made of a unit (a participant, or a session).

A map gets its BIDS name as a second name of the same file (a hard link); where the work folder is
on another file system it is copied. Its sidecar is the map's own with the keys of BIDS added, and
comes last, so that a map with a sidecar is complete.
"""

import csv
import io
import json
import os
import shutil
from typing import Dict, List, Mapping, NamedTuple, Optional, Sequence, Tuple

from niftynet_activations.bids_app import names
from niftynet_activations.bids_app.units import Unit
from niftynet_activations.capturing.interventions import SUFFIX as INTERVENED
from niftynet_activations.cohort.lists import TABLES
from niftynet_activations.cohort.reading import Result
from niftynet_activations.cohort.records import RECORDS
from niftynet_activations.store import files, sidecar, tables
from niftynet_activations.store.formats.table import format_of_file, without_suffix
from niftynet_activations.store.lazy_arrays import load_nifti

UNKNOWN = 'n/a'  # stands for a missing value in BIDS tables


class Places(NamedTuple):
    """Folders and names of a run."""

    output: str  # the derivative dataset
    maps: str  # the cohort's folder
    roots: Mapping[str, str]  # name of an input dataset -> its folder
    image: Sequence[str]  # the input sections that the network's image is made of
    labels: Mapping[str, str]  # layer -> label of the entity desc-
    network: str


class Published(NamedTuple):
    """The files of a unit that have BIDS names; paths are relative to the output folder."""

    rows: List[tables.Row]  # of activations.csv
    result: Optional[str]  # NiftyNet's own


def publish_unit(places: Places, unit: Unit, written: Result) -> Published:
    """
    :param places: of the run
    :param unit: a unit that is done
    :param written: its files, from the cohort's records
    :return: its files with BIDS names
    :raises WriteError: if the output folder cannot be written
    """
    with files.disk_errors('writing the derivatives of {}'.format(unit.name)):
        return _Publisher(places, unit).publish(written)


class _Publisher(object):
    def __init__(self, places: Places, unit: Unit) -> None:
        self._places, self._unit = places, unit
        used = [unit.files[section] for section in places.image if section in unit.files]
        self._entities = unit.entities + names.shared_entities(used)
        folders = ['-'.join(each) for each in unit.entities] + [names.datatype_of(used[0])]
        self._folder = os.path.join(*folders)
        self._about = {
            'Sources': [names.uri_of(path, places.roots) for path in used],
            'SpatialReference': names.uri_of(used[0], places.roots),
        }
        os.makedirs(os.path.join(places.output, self._folder), exist_ok=True)

    def publish(self, written: Result) -> Published:
        result = self._publish_result(written.path) if written.path else None
        rows: List[tables.Row] = []
        for cells in written.rows:
            row: Dict[str, tables.Cell] = dict(zip(tables.COLUMNS, cells))
            rows.append(dict(row, file=self._publish_map(row, result)))
        self._publish_tables()
        return Published(rows, result)

    def _name(self, label: str, source: str, suffix: str, ending: str) -> str:
        """
        Path of a file, relative to the output folder; *source* is the file that gets the name.
        """
        if without_suffix(source).endswith(INTERVENED):
            label += names.label_of(INTERVENED).capitalize()
        name = names.file_name(self._entities + [('desc', label)], suffix, ending)
        return os.path.join(self._folder, name)

    def _publish_map(self, row: Mapping[str, tables.Cell], result: Optional[str]) -> str:
        source = os.path.join(self._places.maps, str(row['file']))
        layer = str(row['layer'])
        label = self._places.labels[layer]
        name = self._name(label, source, names.MAPS, format_of_file(source).suffix)
        info = sidecar.read(without_suffix(source) + '.json')
        if result and info.get('result'):
            info['result']['file'] = os.path.basename(result)
        told = "Activation map of the layer '{}' of the network {}.".format(
            layer, info['network'] or self._places.network
        )
        self._publish(source, name, dict(info, Description=told, **self._about))
        return name

    def _publish_result(self, path: str) -> str:
        suffix, told = kind_of_result(path)
        name = self._name(names.label_of(self._places.network), path, suffix, '.nii.gz')
        told = '{} by the network {}.'.format(told, self._places.network)
        content = dict({'Description': told}, **self._about)
        self._publish(path, name, content)
        return name

    def _publish(self, source: str, name: str, content: Mapping[str, object]) -> None:
        target = os.path.join(self._places.output, name)
        beside = without_suffix(target) + '.json'
        text = json.dumps(content, indent=1) + '\n'
        if not is_same(source, target):
            files.remove(beside)
            give_name(source, target)
        write_whole(text, beside)

    def _publish_tables(self) -> None:
        parts = os.path.join(self._places.maps, RECORDS, TABLES)
        for table in sorted(os.listdir(parts)) if os.path.isdir(parts) else []:
            path = os.path.join(parts, table, self._unit.name + '.csv')
            if os.path.isfile(path):
                name = self._name(label_of_table(table), table, names.MAPS, '.tsv')
                write_whole(as_tsv(path, self._unit), os.path.join(self._places.output, name))


def label_of_table(name: str) -> str:
    """
    :param name: of a table of the cohort: ``activation_features_<postfix>.csv``
    :return: the kind of table: ``features`` or ``table``
    """
    words = os.path.splitext(name)[0].split('_')
    return words[1] if len(words) > 1 else words[0]


def as_tsv(path: str, unit: Unit) -> str:
    """
    :param path: of a CSV file whose first column is the subject
    :param unit: the subject
    :return: the same as a BIDS table (TSV)
    """
    stream = io.StringIO()
    lines = csv.writer(stream, delimiter='\t', lineterminator='\n')
    with open(path, encoding='utf-8', newline='') as source:
        rows = csv.reader(source)
        lines.writerow(['participant_id', 'session_id'] + next(rows, [''])[1:])
        session = UNKNOWN if unit.session is None else 'ses-' + unit.session
        for row in rows:
            cells = [each or UNKNOWN for each in row[1:]]
            lines.writerow(['sub-' + unit.participant, session] + cells)
    return stream.getvalue()


def kind_of_result(path: str) -> Tuple[str, str]:
    """
    :param path: of NiftyNet's own result
    :return: the suffix of its BIDS name, and what it is
    """
    if not os.path.basename(path).startswith('window_seg_'):
        return names.OUTPUT, "The application's own output"
    image = load_nifti(path)
    if len(image.shape) > 4 and image.shape[4] > 1:
        return 'probseg', 'Probabilities of the classes, one a channel,'
    return 'dseg', 'Segmentation'


def is_same(source: str, target: str) -> bool:
    """
    :param source: a file, or a folder of files
    :param target: a path that may be a second name of it
    :return: whether it is a second name, or a copy with the same size and time of change
    """
    if os.path.isdir(source):
        inside = _files_of(source)
        return inside == _files_of(target) and all(
            is_same(os.path.join(source, each), os.path.join(target, each)) for each in inside
        )
    try:
        one, other = os.stat(source), os.stat(target)
    except FileNotFoundError:
        return False
    alike = (one.st_size, one.st_mtime_ns) == (other.st_size, other.st_mtime_ns)
    return os.path.samestat(one, other) or alike


def give_name(source: str, target: str) -> None:
    """
    :param source: a file, or a folder of files, complete
    :param target: its second name, in a folder that exists; a file of that name is replaced
    :raises OSError: the disk is full, or the like
    """
    with files.replacing(target) as temporary:
        files.remove(temporary)
        if os.path.isdir(source):
            shutil.copytree(source, temporary, copy_function=_link)
        else:
            _link(source, temporary)


def _link(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:
        # another file system, or one without hard links
        shutil.copy2(source, target)


def write_whole(text: str, path: str) -> None:
    """
    :param text: of a small file
    :param path: of the file, which is written only where it would change
    """
    if _text_of(path) != text:
        with files.replacing(path) as temporary:
            files.write_text(text, temporary)


def _text_of(path: str) -> Optional[str]:
    try:
        with open(path, encoding='utf-8', newline='') as stream:
            return stream.read()
    except FileNotFoundError:
        return None


def _files_of(folder: str) -> List[str]:
    return sorted(
        os.path.relpath(os.path.join(place, name), folder)
        for place, _, found in os.walk(folder)
        for name in found
    )
