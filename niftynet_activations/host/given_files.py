# -*- coding: utf-8 -*-
"""
The files of one subject that a caller names, in the place of those that a config's sections find.
"""

import os
from typing import List, Mapping, Optional

import pandas

from niftynet_activations.hints import Sections, Table
from niftynet_activations.host.file_list import SUBJECT_COLUMN


class GivenFiles(object):
    """
    Stands in the place of NiftyNet's partitioner: its table of files has one row.

    :ivar all_files: the table, a ``pandas.DataFrame``
    """

    has_validation = False
    data_split_file = ''

    def __init__(self, subject: str, files: Mapping[str, str]) -> None:
        """
        :param subject: its name
        :param files: input section -> path
        """
        row = dict({SUBJECT_COLUMN: subject}, **files)
        self.all_files = pandas.DataFrame([row], columns=list(row))

    def reset(self) -> None:
        """NiftyNet forgets its table here; this one stays."""

    def initialise(self, **_: object) -> 'GivenFiles':
        """
        :return: itself; NiftyNet would look for files here
        """
        return self

    def get_file_lists_by(self, phase: Optional[str] = None, action: str = 'train') -> List[Table]:
        """
        :param phase: NiftyNet's, which is for the files of a config
        :param action: NiftyNet's
        :return: the table
        """
        return [self.all_files]


def sections_of(inputs: Sections, files: Mapping[str, str]) -> Sections:
    """
    :param inputs: NiftyNet's input sections, changed here: those with a file are said to find it
    :param files: input section -> path
    :return: the sections of which there is a file
    """
    for name, path in files.items():
        inputs[name].csv_file = ''
        inputs[name].filename_contains = inputs[name].filename_not_contains = ()
        inputs[name].path_to_search = os.path.dirname(os.path.abspath(path))
    return {name: inputs[name] for name in files}
