# -*- coding: utf-8 -*-
"""
Tables of many subjects as a dataset: a folder with a Parquet file for each subject.

Pandas, pyarrow and Dask read such a folder as one table. The subject's name is a column, as text:
in folders named ``subject=007`` these programs would take it for the number 7. Files are written
one by one, so that a table of any number of subjects takes the memory of one.
"""

import os
from typing import Iterable, Tuple

import pandas as pd

from niftynet_activations.errors import OptionError, WriteError
from niftynet_activations.looking.answers.table_files import for_parquet, write_table_file

ENDING = '.parquet'


def is_dataset(path: str) -> bool:
    """
    :param path: what a person named for a table
    :return: whether it is a folder: it ends in ``/``, or there is one of that name
    """
    return path.endswith('/') or os.path.isdir(path)


def check_dataset(path: str) -> None:
    """
    :param path: of a dataset's folder, which is made
    :raises OptionError: if it holds other files, which programs would take for parts of the table
    :raises WriteError: if it cannot be made
    """
    try:
        os.makedirs(path, exist_ok=True)
    except OSError as error:
        raise WriteError("'{}' cannot be made: {}".format(path, error.strerror)) from error
    others = [name for name in os.listdir(path) if not name.endswith(ENDING)]
    if others:
        raise OptionError(
            "'{}' holds '{}': a dataset needs a folder of its own".format(path, sorted(others)[0])
        )


def write_dataset(path: str, tables: Iterable[Tuple[str, pd.DataFrame]]) -> int:
    """
    :param path: of the folder
    :param tables: of each subject, which are made one after the other
    :return: how many there were with a row
    :raises OptionError: as :func:`check_dataset`
    :raises WriteError: if a file cannot be written
    """
    check_dataset(path)
    count = 0
    for subject, table in tables:
        if not table.empty:
            write_table_file(for_parquet(table), os.path.join(path, subject + ENDING))
            count += 1
    return count
