# -*- coding: utf-8 -*-
"""
NiftyNet's table of files: a ``pandas.DataFrame`` with a row a subject, a column of their names, and
a column for each input section.

A subject that has no file in a section has NaN, or an empty text, in that column.
"""

from typing import Sequence

from niftynet_activations.hints import Row

SUBJECT_COLUMN = 'subject_id'  # NiftyNet's


def lacks(row: Row, section: str) -> bool:
    """
    :param row: of the table
    :param section: of the config
    :return: whether the subject has no file in the section
    """
    value = row.get(section)
    return not (isinstance(value, str) and value)


def is_complete(row: Row, sections: Sequence[str]) -> bool:
    """
    :param row: of the table
    :param sections: of the config
    :return: whether the subject has a file in each of the sections
    """
    return not any(lacks(row, section) for section in sections)
