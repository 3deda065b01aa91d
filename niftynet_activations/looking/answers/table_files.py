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
from niftynet_activations.store.files import replacing

SUFFIXES = ('.csv', '.parquet')


def check_table_path(path: str) -> None:
    """
    Find a wrong name before hours of work go into the table.

    :param path: the file to be written
    :raises OptionError: if its ending is not known, its folder is not there, or Parquet cannot be
        written
    """
    folder = os.path.dirname(os.path.abspath(path))
    if not path.endswith(SUFFIXES):
        raise OptionError(
            "'{}': expected a name that ends in {}".format(path, ' or '.join(SUFFIXES))
        )
    if not os.path.isdir(folder):
        raise OptionError("'{}': the folder {} is not there; make it first".format(path, folder))
    if path.endswith('.parquet'):
        try:
            import pyarrow  # noqa: F401
        except ImportError as error:
            raise OptionError(
                "'{}': Parquet needs the package pyarrow: pip install pyarrow".format(path)
            ) from error


def write_table_file(table: pd.DataFrame, path: str) -> None:
    """
    :param table: without an index of its own
    :param path: of the file; its ending says which kind
    :raises OptionError: as :func:`check_table_path`
    :raises WriteError: if the file cannot be written
    """
    check_table_path(path)
    try:
        with replacing(path) as whole:
            if path.endswith('.csv'):
                table.to_csv(whole, index=False)
            else:
                table.to_parquet(whole, index=False)
    except OSError as error:
        raise WriteError('the table {} cannot be written: {}'.format(path, error)) from error


def write_csv_parts(tables: Iterable[pd.DataFrame], path: str) -> None:
    """
    Write tables one below the other, in the columns of all of them, as one table that appears when
    it is whole; memory holds one of them.

    :param tables: without an index of their own; each is made when the one before it is written
    :param path: of a CSV file
    :raises OptionError: as :func:`check_table_path`
    :raises WriteError: if the file cannot be written
    """
    check_table_path(path)
    columns: Dict[str, None] = {}
    try:
        with replacing(path) as whole, tempfile.TemporaryFile(
            'w+', encoding='utf-8', newline='', dir=os.path.dirname(os.path.abspath(path))
        ) as rows:
            for table in tables:
                if not table.empty:
                    columns.update(dict.fromkeys(table))
                    table.reindex(columns=list(columns)).to_csv(rows, index=False, header=False)
            rows.seek(0)
            with open(whole, 'w', encoding='utf-8', newline='') as stream:
                writer = csv.writer(stream, lineterminator='\n')
                writer.writerow(columns)
                for row in csv.reader(rows):
                    # columns that came with later tables stand at the end
                    writer.writerow(row + [''] * (len(columns) - len(row)))
    except OSError as error:
        raise WriteError('the table {} cannot be written: {}'.format(path, error)) from error


def table_text(table: pd.DataFrame, path: Optional[str] = None) -> str:
    """
    :param table: to be told
    :param path: of the file to write; its text is returned where not given
    :return: the path, or the table as CSV, with a line end
    :raises OptionError: as :func:`check_table_path`
    :raises WriteError: if the file cannot be written
    """
    if path is None:
        return table.to_csv(index=False)
    write_table_file(table, path)
    return path + '\n'
