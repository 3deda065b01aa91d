# -*- coding: utf-8 -*-
"""
The lists of a cohort, made from its records: ``activations.csv``, ``inferred.csv`` and the tables.

They are made anew from all records each time, by one process at a time, and appear only when they
are whole. So no row is lost or written twice, whichever process makes them last. Subjects are in
sorted order. Tables are put together from one file for each subject.
"""

import csv
import itertools
import os
import time
from typing import Dict, List, Sequence, Set, TextIO, Tuple

from niftynet_activations.cohort.reading import Result, read_subjects, results_of
from niftynet_activations.cohort.records import DONE, MISSING, RECORDS, Subject, cohort_facts
from niftynet_activations.store import files, tables
from niftynet_activations.store.layer_order import NetworkOrder
from niftynet_activations.store.locks import FileLock

INFERRED = 'inferred.csv'  # NiftyNet's
TABLES = 'tables'
SECONDS_BETWEEN_LISTS = 60.0
LISTS_SHARE = 20  # making lists may take one part in so many of the time
OTHERS = (Subject('', MISSING), Result((), None))  # subjects that are not of the cohort


class ListsNowAndThen(object):
    """
    Makes the lists now and then, so that maps can be opened while a cohort runs; at a bounded share
    of its time.

    :param folder: of the maps of a cohort
    """

    def __init__(self, folder: str) -> None:
        self._folder = folder
        self._made, self._took = time.monotonic(), 0.0

    def make(self) -> None:
        """
        Make the lists if they were made long ago.

        :raises WriteError: if a list cannot be written
        """
        begun = time.monotonic()
        if begun - self._made > max(SECONDS_BETWEEN_LISTS, LISTS_SHARE * self._took):
            make_lists(self._folder)
            self._made = time.monotonic()
            self._took = self._made - begun


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
            results = _write_activations(folder, subjects)
            known = {each.name for each in subjects}
            _write_inferred(cohort_facts(folder).get('segmentations') or folder, known, results)
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


def _write_activations(folder: str, subjects: Sequence[Subject]) -> Dict[str, str]:
    """Write ``activations.csv`` subject by subject; subject -> path of its segmentation."""
    path = os.path.join(folder, tables.ACTIVATIONS)
    kept = _kept_rows(path, {each.name: each for each in subjects})
    done = any(each.state == DONE for each in subjects)
    results: Dict[str, str] = {}
    if not kept and not done:
        return results
    order = NetworkOrder(folder)
    with files.replacing(path) as temporary:
        with open(temporary, 'w', encoding='utf-8', newline='') as stream:
            stream.write(tables.activations_text([]))
            for each, result in itertools.chain([OTHERS], results_of(subjects)):
                rows: List[tables.Row] = list(kept.get(each.name, []))
                rows += [dict(zip(tables.COLUMNS, row)) for row in result.rows]
                rows = order.sort(rows, lambda row: (str(row['subject']), str(row['layer'])))
                stream.write(tables.activations_lines(rows))
                if result.path:
                    results[each.name] = result.path
    return results


def _kept_rows(path: str, subjects: Dict[str, Subject]) -> Dict[str, List[tables.Row]]:
    """
    Subject -> rows of a list that are not in the records and are kept, such as those of component
    maps; rows of subjects outside the cohort are under an empty name.
    """
    kept: Dict[str, List[tables.Row]] = {}
    for name, rows in itertools.groupby(tables.rows_in(path), lambda row: row['subject']):
        if name not in subjects:
            kept.setdefault(OTHERS[0].name, []).extend(rows)
            continue
        (result,) = [each[1] for each in results_of([subjects[name]])]
        new = {row[tables.COLUMNS.index('layer')] for row in result.rows}
        old = [row for row in rows if row['layer'] not in new]
        if old:
            kept.setdefault(name, []).extend(old)
    return kept


def _write_inferred(folder: str, known: Set[str], made: Dict[str, str]) -> None:
    results: Dict[str, str] = {}
    path = os.path.join(folder, INFERRED)
    if os.path.isfile(path):
        with open(path, encoding='utf-8') as stream:
            pairs = [line.rstrip('\n').partition(',')[::2] for line in stream]
        # lines of runs of other subjects into the same folder are kept
        results = {name: file for name, file in pairs if name not in known}
    results.update(made)
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
    """Write the rows of all subjects, with all columns that any of them has."""
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
