# -*- coding: utf-8 -*-
"""
Means of channels over labels, from the region tables of a folder.

The table of a large cohort is long. The positions of each subject's lines are therefore found once,
and the lines are read when that subject is shown.
"""

import csv
import glob
import io
import os
from typing import Dict, List, NamedTuple, Tuple

import pandas as pd

from niftynet_activations.errors import ReadError
from niftynet_activations.hints import JsonObject

TABLE_PATTERN = 'activation_table_*.csv'
COLUMNS = ['subject', 'layer', 'channel', 'label', 'mean', 'table']
Stretch = Tuple[int, int]  # a part of a file: where it begins and ends, in bytes


class _Table(NamedTuple):
    path: str
    header: bytes
    stretches: Dict[str, List[Stretch]]  # subject -> its lines


class RegionTables(object):
    """
    Finds and reads the region tables of a folder.

    :param folder: the folder of the tables
    :raises ReadError: if a table has no column of subjects
    """

    def __init__(self, folder: str) -> None:
        paths = sorted(glob.glob(os.path.join(glob.escape(folder), TABLE_PATTERN)))
        self._tables = [_find_lines(path) for path in paths]

    def of(self, subject: str) -> pd.DataFrame:
        """
        :param subject: its name
        :return: its rows of all tables, with a column ``table`` that names the file
        """
        frames = []
        for table in self._tables:
            if subject not in table.stretches:
                continue
            with open(table.path, 'rb') as stream:
                parts = [table.header]
                for start, end in table.stretches[subject]:
                    stream.seek(start)
                    parts.append(stream.read(end - start))
            text = io.StringIO(b''.join(parts).decode('utf-8'))
            frame = pd.read_csv(text, dtype={'subject': str, 'layer': str, 'label': str})
            frames.append(frame.assign(table=os.path.basename(table.path)))
        return pd.concat(frames) if frames else pd.DataFrame(columns=COLUMNS)


def label_means(table: pd.DataFrame, subject: str, layer: str) -> List[JsonObject]:
    """
    Give the mean of each channel over each label, one entry for each table.

    :param table: rows that :meth:`RegionTables.of` returned
    :param subject: the subject's name
    :param layer: the layer's name
    :return: dictionaries of ``table`` (file name), ``channels`` (their numbers as text), and
        ``rows``, each with ``label`` and ``means`` (one text for each channel)
    """
    found = table[(table['subject'] == subject) & (table['layer'] == layer)]
    made = []
    for name, part in found.groupby('table', sort=True):
        wide = part.pivot_table(index='label', columns='channel', values='mean', sort=False)
        wide = wide.reindex(columns=sorted(wide.columns))
        rows = [
            {'label': label, 'means': ['{:.4g}'.format(value) for value in values]}
            for label, values in zip(wide.index, wide.to_numpy())
        ]
        made.append({'table': name, 'channels': [str(c) for c in wide.columns], 'rows': rows})
    return made


def _find_lines(path: str) -> _Table:
    stretches: Dict[str, List[Stretch]] = {}
    with open(path, 'rb') as stream:
        header = stream.readline()
        names = _cells(header)
        if 'subject' not in names:
            raise ReadError("{} has no column 'subject'; it is no region table".format(path))
        column, start = names.index('subject'), len(header)
        for line in stream:
            subject, end = _cells(line)[column], start + len(line)
            own = stretches.setdefault(subject, [])
            if own and own[-1][1] == start:
                own[-1] = (own[-1][0], end)
            else:
                own.append((start, end))
            start = end
    return _Table(path, header, stretches)


def _cells(line: bytes) -> List[str]:
    text = line.decode('utf-8', 'replace').rstrip('\r\n')
    return next(csv.reader([text]), []) if '"' in text else text.split(',')
