# -*- coding: utf-8 -*-
"""
Tables as files: CSV or Parquet, by the file's ending. A file has its name only when it is whole.
"""

import csv
import os
import tempfile
from typing import Dict, Iterable, Optional

import pandas as pd

from niftynet_activations.errors import OptionError, WriteError
from niftynet_activations.looking.arguments import check_path
from niftynet_activations.store.files import replacing

SUFFIXES = ('.csv', '.parquet')


def check_table_path(path: str) -> None:
    """
    Refuse a wrong file name before the table is computed, which may take hours.

    :param path: the file to be written
    :raises OptionError: if its ending is not known, its folder is not there, or Parquet cannot be
        written
    """
    check_path(path, SUFFIXES)
    if path.lower().endswith('.parquet'):
        check_parquet("'{}'".format(path))


def check_parquet(asked: str) -> None:
    """
    :param asked: the option or file name that asks for Parquet, for the message
    :raises OptionError: if Parquet cannot be written
    """
    try:
        import pyarrow  # noqa: F401
    except ImportError as error:
        raise OptionError(
            '{}: Parquet needs the package pyarrow: pip install pyarrow'.format(asked)
        ) from error


def for_parquet(table: pd.DataFrame) -> pd.DataFrame:
    """
    :param table: rows of subjects, or of subjects and regions
    :return: the same with names of subjects and regions as text, because a column of Parquet has
        one type, and regions are numbers or words
    """
    names = [name for name in ('subject', 'region') if name in table]
    return table.assign(**{name: table[name].astype(str) for name in names})


def write_table_file(table: pd.DataFrame, path: str) -> None:
    """
    :param table: without an index of its own
    :param path: of the file; its ending says which kind
    :raises OptionError: as :func:`check_table_path`
    :raises WriteError: if the file cannot be written
    """
    write_tables([table], path)


def write_tables(tables: Iterable[pd.DataFrame], path: str) -> None:
    """
    Write tables one below the other into one file. For CSV each table is written as soon as it is
    made, so that one is in memory at a time.

    :param tables: with the same columns, without an index of their own
    :param path: of the file; its ending says which kind
    :raises OptionError: as :func:`check_table_path`
    :raises WriteError: if the file cannot be written
    """
    check_table_path(path)
    try:
        with replacing(path) as whole:
            if path.lower().endswith('.csv'):
                _write_csv(tables, whole)
            else:
                pd.concat(list(tables), ignore_index=True).to_parquet(whole, index=False)
    except OSError as error:
        raise WriteError('the table {} cannot be written: {}'.format(path, error)) from error


def _write_csv(tables: Iterable[pd.DataFrame], path: str) -> None:
    """Write tables whose columns may differ; the file gets the columns of all of them."""
    columns: Dict[str, None] = {}
    folder = os.path.dirname(os.path.abspath(path))
    with tempfile.TemporaryFile('w+', encoding='utf-8', newline='', dir=folder) as rows:
        for table in tables:
            columns.update(dict.fromkeys(table))
            table.reindex(columns=list(columns)).to_csv(rows, index=False, header=False)
        rows.seek(0)
        with open(path, 'w', encoding='utf-8', newline='') as stream:
            writer = csv.writer(stream, lineterminator='\n')
            writer.writerow(columns)
            for row in csv.reader(rows):
                # columns that first occur in a later table stand at the end
                writer.writerow(row + [''] * (len(columns) - len(row)))


def table_text(table: pd.DataFrame, path: Optional[str] = None) -> str:
    """
    :param table: the table
    :param path: of the file to write; None to get the table as text
    :return: the path of the file, or the table as CSV, with a line end
    :raises OptionError: as :func:`check_table_path`
    :raises WriteError: if the file cannot be written
    """
    if path is None:
        return table.to_csv(index=False)
    write_table_file(table, path)
    return path + '\n'
