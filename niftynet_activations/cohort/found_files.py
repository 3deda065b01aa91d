# -*- coding: utf-8 -*-
"""
The image files of a cohort, searched once for all of its processes.

NiftyNet searches the folders of a config at the start of each run, and compares every file name
with every other one. Here they are searched once, in a time that grows linearly with their number,
and each run gets a list with the files of its own subjects.

- *list* of an input section: the files of each subject. A search finds one file for a subject; a
  list that a person wrote may have several.
"""

import argparse
import collections
import configparser
import csv
import os
from typing import Dict, List, NamedTuple, Sequence, Tuple

import pandas
from niftynet.io.image_sets_partitioner import ImageSetsPartitioner
from niftynet.utilities.filename_matching import KeywordsMatching
from niftynet.utilities.user_parameters_helper import standardise_string

from niftynet_activations.hints import Parameters, Sections, Table
from niftynet_activations.host.config import Config
from niftynet_activations.host.file_table import SUBJECT_COLUMN
from niftynet_activations.store import files

Pair = Tuple[str, str]  # a subject, and a file
Lists = Dict[str, Dict[str, List[str]]]  # section -> subject -> its files


class FoundFiles(NamedTuple):
    """The files found for the input sections of a config."""

    lists: Lists

    @property
    def subjects(self) -> List[str]:
        """All subjects that have a file in at least one section."""
        return list(dict.fromkeys(name for found in self.lists.values() for name in found))

    def of(self, subjects: Sequence[str]) -> 'FoundFiles':
        """
        :param subjects: names of some subjects
        :return: only their files
        """
        return FoundFiles(
            {
                section: {name: found[name] for name in subjects if name in found}
                for section, found in self.lists.items()
            }
        )

    def write(self, folder: str, subjects: Sequence[str]) -> None:
        """
        Write the lists of some subjects. Each list has a row for every subject, since NiftyNet
        raises an error for a list without rows; an empty file name stands for no file.

        :param folder: where a file ``<section>.csv`` is made for each section
        :param subjects: their names, at least one
        """
        for section, found in self.lists.items():
            rows = [(name, file) for name in subjects for file in found.get(name, [''])]
            with open(list_path(folder, section), 'w', encoding='utf-8', newline='') as stream:
                csv.writer(stream).writerows(rows)


def list_path(folder: str, section: str) -> str:
    """
    :param folder: of lists
    :param section: name of an input section
    :return: path of its list
    """
    return os.path.join(folder, section + '.csv')


def find_files(config: Config) -> FoundFiles:
    """
    :param config: as read
    :return: the lists of all sections that name files; the list of a section where nothing is found
        is empty
    """
    default = ImageSetsPartitioner().default_image_file_location
    lists: Lists = {}
    for name, section in config.inputs.items():
        if not getattr(section, 'csv_data_file', None):
            lists[name] = {}
            for subject, file in _section_pairs(vars(section), default):
                lists[name].setdefault(subject, []).append(file)
    return FoundFiles(lists)


def listed_inputs(config: Config, folder: str) -> Sections:
    """
    :param config: as read
    :param folder: where :meth:`FoundFiles.write` has written
    :return: the input sections, changed so that they name these lists instead of folders
    """
    inputs: Dict[str, Parameters] = {}
    for name, section in config.inputs.items():
        values = dict(vars(section))
        if os.path.exists(list_path(folder, name)):
            values.update(csv_file=list_path(folder, name), path_to_search='')
        inputs[name] = argparse.Namespace(**values)
    return inputs


def write_config(path: str, config: Config) -> None:
    """
    Write a copy of a config whose input sections name the lists in the copy's folder.

    :param path: of the copy
    :param config: as read
    :raises OSError: if it cannot be written
    """
    # a raw parser, so that % is not interpreted
    parsed = configparser.RawConfigParser()
    parsed.read(config.system['CONFIG_FILE'].path)
    for section in parsed.sections():
        name = standardise_string(section)
        if name in config.inputs and not getattr(config.inputs[name], 'csv_data_file', None):
            listed = list_path(os.path.dirname(path), name)
            parsed.set(section, 'csv_file', listed.replace('%', '%%'))
    with files.replacing(path) as temporary, open(temporary, 'w') as stream:
        parsed.write(stream)


def matched(names: Sequence[Sequence[str]], paths: Sequence[str]) -> List[Pair]:
    """
    Find the subject of each file, as NiftyNet's own search does for one section.

    :param names: for each file the names that its subject may have, best first
    :param paths: of the files
    :return: for each file the first of its names that no other file has; files without such a name
        are left out
    """
    counts = collections.Counter(name for each in names for name in each)
    own = [[name for name in each if counts[name] == 1] for each in names]
    return [(each[0], path) for each, path in zip(own, paths) if each]


def _section_pairs(values: Parameters, default_folder: str) -> List[Pair]:
    listed = os.path.expanduser(values.get('csv_file') or '')
    if values.get('path_to_search'):
        try:
            matcher = KeywordsMatching.from_dict(values, default_folder)
            paths, names = matcher.matching_subjects_and_filenames()
        except (IOError, ValueError):
            return []  # NiftyNet ignores such a section
        return matched(names, paths)
    return _read_list(listed) if os.path.isfile(listed) else []


def _read_list(path: str) -> List[Pair]:
    """Read a list as NiftyNet reads it."""
    table: Table = pandas.read_csv(
        path, header=None, dtype=str, names=[SUBJECT_COLUMN, 'file'], skipinitialspace=True
    )
    pairs = zip(table[SUBJECT_COLUMN], table['file'].fillna(''))
    return [(str(subject), str(file)) for subject, file in pairs]
