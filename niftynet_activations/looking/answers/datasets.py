# -*- coding: utf-8 -*-
"""
Tables of many subjects as a dataset: a folder with a Parquet file for each subject.

Pandas, pyarrow and Dask read such a folder as one table. The subject's name is a column of text:
from folders named ``subject=007`` these programs would read the number 7. Files are written one by
one, so that memory holds the rows of one subject at a time.
"""

import os
from typing import Iterable, Tuple

import pandas as pd

from niftynet_activations.errors import OptionError, WriteError
from niftynet_activations.looking.answers.table_files import for_parquet, write_table_file

ENDING = '.parquet'


def is_dataset(path: str) -> bool:
    """
    :param path: the output path that the user gave
    :return: whether it means a folder: it ends in ``/``, or a folder of that name exists
    """
    return path.endswith('/') or os.path.isdir(path)


def check_dataset(path: str) -> None:
    """
    :param path: of a dataset's folder, which is made if it does not exist
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
    :param tables: subject and table of each, made one after the other
    :return: how many tables had a row and were written
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
