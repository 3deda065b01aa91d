# -*- coding: utf-8 -*-
"""
The files of one subject that a Python caller gives, instead of those that a config's input sections
would find.
"""

import copy
import os
from typing import List, Mapping, Optional

import pandas
from niftynet.io.image_loader import SUPPORTED_LOADERS, register_image_loader

from niftynet_activations.hints import Sections, Table
from niftynet_activations.host.file_table import SUBJECT_COLUMN
from niftynet_activations.store.nameless import is_nameless, load_nameless

LOADER = 'niftynet_activations'  # NiftyNet's ``loader`` for files without a name


class GivenFiles(object):
    """
    Replaces NiftyNet's partitioner; its table of files has one row.

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
        :param phase: as NiftyNet's method has it; ignored
        :param action: as NiftyNet's method has it; ignored
        :return: the table
        """
        return [self.all_files]


def load_files_without_a_name() -> None:
    """Give NiftyNet a loader for files without a name, which :func:`sections_of` sets."""
    if LOADER not in SUPPORTED_LOADERS:
        register_image_loader(LOADER, requires='nibabel', auto_discover=False)(load_nameless)


def sections_of(inputs: Sections, files: Mapping[str, str]) -> Sections:
    """
    :param inputs: NiftyNet's input sections
    :param files: input section -> path
    :return: the sections for which a file is given, changed so that NiftyNet looks in its folder
    """
    found = {name: copy.copy(inputs[name]) for name in files}
    for name, path in files.items():
        section = found[name]
        section.csv_file = ''
        section.filename_contains = section.filename_not_contains = ()
        section.path_to_search = os.path.dirname(os.path.abspath(path))
        if is_nameless(path):
            section.loader = LOADER
    return found
