# -*- coding: utf-8 -*-
"""
The two CSV files of an output folder.

``activations.csv`` has one *row* per file; a new row takes the place of the one with the same
subject, layer and file, and all others stay, so that a run over other subjects loses nothing.
``layers.csv`` is the inventory of the network's layers.
"""

import csv
import io
import json
import os
from typing import Dict, Iterable, Iterator, List, Mapping, Optional, Sequence, Tuple

from niftynet_activations.errors import WriteError
from niftynet_activations.store.folder import Cell, OutputFolder, Row
from niftynet_activations.store.formats.table import file_names
from niftynet_activations.store.layer_order import in_network_order
from niftynet_activations.store.spec import MapSpec

ACTIVATIONS = 'activations.csv'
LAYERS = 'layers.csv'
COLUMNS = (
    'subject',
    'layer',
    'file',
    'channels',
    'shape_x',
    'shape_y',
    'shape_z',
    'dtype',
    'exact',
)
LAYER_COLUMNS = (
    'name',
    'type',
    'tensor',
    'shape',
    'channels',
    'stride',
    'offset',
    'period',
    'receptive_field',
    'megabytes',
)


def read_rows(path: str) -> List[Dict[str, str]]:
    """
    Read ``activations.csv``.

    :param path: the file; it may not exist yet, or be empty
    :return: list of dictionaries from column to text
    :raises WriteError: the file has other columns
    """
    return list(rows_in(path))


def rows_in(path: str) -> Iterator[Dict[str, str]]:
    """
    Read ``activations.csv`` a row at a time.

    :param path: the file; it may not exist yet, or be empty
    :return: dictionaries from column to text
    :raises WriteError: the file has other columns
    """
    if not os.path.exists(path) or not os.path.getsize(path):
        return
    with open(path, encoding='utf-8', newline='') as stream:
        reader = csv.DictReader(stream)
        columns = tuple(reader.fieldnames or ())
        if columns != COLUMNS:
            raise WriteError(
                "{} has the columns '{}' where '{}' are expected: move it away, or choose another "
                'activation_dir'.format(path, ','.join(columns), ','.join(COLUMNS))
            )
        for row in reader:
            yield row


def check_columns(path: str) -> None:
    """
    :param path: of ``activations.csv``; it may not exist yet, or be empty
    :raises WriteError: the file has other columns
    """
    next(rows_in(path), None)


def rows_of(spec: MapSpec, exact: Optional[bool]) -> List[Row]:
    """
    Make a map's rows.

    :param spec: its MapSpec; one without a place in space has no sizes
    :param exact: True, False or None
    :return: list of dictionaries from column to value, one a file
    """
    names = file_names(spec)
    if not names:
        return []
    sizes: Tuple[Cell, ...] = (None, None, None) if spec.place is None else spec.shape_xyz
    ends = sizes + (spec.dtype, exact)
    count = len(spec.channels) // len(names)
    return [dict(zip(COLUMNS, (spec.subject, spec.layer, name, count) + ends)) for name in names]


def merged(rows: Sequence[Row], new: Sequence[Row], gone: Sequence[str] = ()) -> List[Row]:
    """
    Put new rows among old ones.

    :param rows: the old rows
    :param new: rows that replace those of the same subject, layer and file, or come last
    :param gone: names of files whose rows are removed
    :return: list of rows
    """
    fresh = {_identity(row): row for row in new}
    kept = [
        fresh.pop(_identity(row), row)
        for row in rows
        if row['file'] not in gone or _identity(row) in fresh
    ]
    return kept + list(fresh.values())


def activations_text(rows: Iterable[Row]) -> str:
    """
    :param rows: dictionaries from column to value
    :return: text of ``activations.csv``
    """
    return _csv_text([COLUMNS]) + activations_lines(rows)


def activations_lines(rows: Iterable[Row]) -> str:
    """
    :param rows: dictionaries from column to value
    :return: their lines of ``activations.csv``
    """
    return _csv_text([_cell(row[column]) for column in COLUMNS] for row in rows)


def layers_text(layers: Iterable[Mapping[str, object]]) -> str:
    """
    :param layers: dictionaries with some of LAYER_COLUMNS, as in the JSON inventory; lists are
        written as JSON, what is absent or None is left empty
    :return: text of ``layers.csv``
    """
    return _csv_text([LAYER_COLUMNS]) + _csv_text(
        [_cell(layer.get(name)) for name in LAYER_COLUMNS] for layer in layers
    )


def updated_text(path: str, new: Sequence[Row], gone: Sequence[str] = ()) -> str:
    """
    Add rows to what a folder's ``activations.csv`` holds.

    :param path: the folder
    :param new: rows, as for ``merged``
    :param gone: names of files whose rows are removed
    :return: text of the new ``activations.csv``; the layers of a subject in the network's order
    :raises WriteError: the old one has other columns
    """
    rows = merged(read_rows(os.path.join(path, ACTIVATIONS)), new, gone)
    return activations_text(
        in_network_order(path, rows, lambda row: (str(row['subject']), str(row['layer'])))
    )


def write_layers(folder: OutputFolder, layers: Iterable[Mapping[str, object]]) -> None:
    """
    Write a folder's ``layers.csv``.

    :param folder: an open OutputFolder
    :param layers: as for ``layers_text``
    """
    text = layers_text(layers)
    if not folder.shared or _text_of(os.path.join(folder.path, LAYERS)) != text:
        folder.publish_text(text, LAYERS)


def _text_of(path: str) -> str:
    try:
        with open(path, encoding='utf-8', newline='') as stream:
            return stream.read()
    except FileNotFoundError:
        return ''


def _identity(row: Row) -> Tuple[Cell, Cell, Cell]:
    return row['subject'], row['layer'], row['file']


def _cell(value: object) -> object:
    """
    :param value: a number, text, list, True, False or None
    :return: the same as it is written in a table
    """
    if value is None:
        return ''
    if isinstance(value, bool):
        return 'true' if value else 'false'
    if isinstance(value, (list, tuple)):
        return json.dumps(value)
    return value


def _csv_text(lines: Iterable[Sequence[object]]) -> str:
    stream = io.StringIO()
    csv.writer(stream, lineterminator='\n').writerows(lines)
    return stream.getvalue()
