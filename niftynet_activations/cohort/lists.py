# -*- coding: utf-8 -*-
"""
The lists of a cohort, made from its records: ``activations.csv``, ``inferred.csv`` and the tables.

They are made anew from all records each time, one process at a time, and appear whole: whoever
makes them last, no row is lost and none is there twice. Subjects are in sorted order. Tables are
put together from one file for each subject, one after the other.
"""

import csv
import os
import time
from typing import Dict, List, Sequence, Set, TextIO, Tuple

from niftynet_activations.cohort.records import (
    DONE,
    RECORDS,
    Subject,
    cohort_facts,
    read_subjects,
)
from niftynet_activations.store import files, tables
from niftynet_activations.store.layer_order import in_network_order
from niftynet_activations.store.locks import FileLock

INFERRED = 'inferred.csv'  # NiftyNet's
TABLES = 'tables'


def make_lists(folder: str) -> None:
    """
    :param folder: of the maps of a cohort
    :raises WriteError: if a list cannot be written
    """
    lock = FileLock(os.path.join(folder, RECORDS, 'lists'))
    while not lock.take():
        time.sleep(0.05)
    try:
        with files.disk_errors('writing the lists of {}'.format(folder)):
            subjects = read_subjects(folder)
            _write_activations(folder, subjects)
            _write_inferred(cohort_facts(folder).get('segmentations') or folder, subjects)
            _write_tables(folder, [each.name for each in subjects])
    finally:
        lock.release()


def table_part(folder: str, table: str, subject: str) -> str:
    """
    :param folder: of the maps
    :param table: file name of a table
    :param subject: name of a subject
    :return: path of the file that holds the subject's rows
    """
    return os.path.join(folder, RECORDS, TABLES, table, subject + '.csv')


def _write_activations(folder: str, subjects: Sequence[Subject]) -> None:
    done = [each for each in subjects if each.state == DONE]
    names = [each.name for each in subjects]
    new = [dict(zip(tables.COLUMNS, row)) for each in done for row in each.rows]
    replaced = {(row['subject'], row['layer']) for row in new}
    old = tables.read_rows(os.path.join(folder, tables.ACTIVATIONS))
    rows: List[tables.Row] = [row for row in old if (row['subject'], row['layer']) not in replaced]
    rows += new
    places = {name: place for place, name in enumerate(names)}
    rows.sort(key=lambda row: places.get(str(row['subject']), -1))
    rows = in_network_order(folder, rows, lambda row: (str(row['subject']), str(row['layer'])))
    if rows:
        _replace(os.path.join(folder, tables.ACTIVATIONS), tables.activations_text(rows))


def _write_inferred(folder: str, subjects: Sequence[Subject]) -> None:
    results: Dict[str, str] = {}
    path = os.path.join(folder, INFERRED)
    known = {each.name for each in subjects}
    if os.path.isfile(path):
        with open(path, encoding='utf-8') as stream:
            pairs = [line.rstrip('\n').partition(',')[::2] for line in stream]
        # of runs of other subjects into the same folder
        results = {name: file for name, file in pairs if name not in known}
    for each in subjects:
        if each.state == DONE and each.result:
            results[each.name] = each.result
    if results:
        _replace(path, ''.join('{},{}\n'.format(*each) for each in results.items()))


def _write_tables(folder: str, names: Sequence[str]) -> None:
    parts = os.path.join(folder, RECORDS, TABLES)
    for table in sorted(os.listdir(parts)) if os.path.isdir(parts) else []:
        there = set(os.listdir(os.path.join(parts, table)))
        with files.replacing(os.path.join(folder, table)) as path:
            with open(path, 'w', encoding='utf-8', newline='') as target:
                _put_together(folder, table, names, there, target)


def _put_together(
    folder: str, table: str, names: Sequence[str], there: Set[str], target: TextIO
) -> None:
    """Rows of subjects one below the other, in the columns of all of them."""
    paths = [table_part(folder, table, name) for name in names if name + '.csv' in there]
    headers: Dict[Tuple[str, ...], None] = {}
    for path in paths:
        with open(path, encoding='utf-8', newline='') as part:
            headers[tuple(next(csv.reader(part), []))] = None
    columns = list(dict.fromkeys(name for header in headers for name in header))
    rows = csv.writer(target, lineterminator='\n')
    rows.writerow(columns)
    for path in paths:
        with open(path, encoding='utf-8', newline='') as part:
            if len(headers) == 1:
                part.readline()
                target.writelines(part)
                continue
            for row in csv.DictReader(part):
                rows.writerow([row.get(name, '') for name in columns])


def _replace(path: str, text: str) -> None:
    with files.replacing(path) as temporary:
        files.write_text(text, temporary)
