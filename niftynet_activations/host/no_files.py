# -*- coding: utf-8 -*-
"""
Why an input section finds no files. NiftyNet ends with an empty error where no section finds any,
and with another error where the sections of the network's image find none.
"""

import os
from typing import List, Mapping, Sequence, Union

from niftynet.io.image_sets_partitioner import ImageSetsPartitioner

from niftynet_activations.errors import InputError
from niftynet_activations.hints import Partitioner, Sections

Words = Union[None, str, Sequence[str]]  # of a section: a text, or several


def explain_missing_files() -> None:
    """Have NiftyNet say what each section looked for, where no section finds a file."""
    partitioner = type(ImageSetsPartitioner())
    load = partitioner.load_data_sections_by_subject

    def load_data_sections_by_subject(self: Partitioner) -> None:
        try:
            load(self)
        except (IOError, ValueError) as error:
            found = reasons(self.data_param or {}, list(self.data_param or {}))
            if not found:
                raise
            raise InputError('no input image: {}'.format('; '.join(found))) from error

    partitioner.load_data_sections_by_subject = load_data_sections_by_subject


def check_has_files(sections: Sections, names: Sequence[str]) -> None:
    """
    :param sections: NiftyNet's input sections
    :param names: names of the sections that make up the network's image
    :raises InputError: if one of them has no file
    """
    found = reasons(sections, names)
    if found:
        raise InputError('no input image: {}'.format('; '.join(found)))


def reasons(sections: Sections, names: Sequence[str]) -> List[str]:
    """
    :param sections: NiftyNet's input sections
    :param names: names of the sections to check
    :return: a sentence for each of them that finds no file
    """
    found = []
    for name in names:
        section = sections[name]
        reason = _reason(section if isinstance(section, dict) else vars(section))
        if reason:
            found.append('[{}] {}'.format(name, reason))
    return found


def _reason(section: Mapping[str, Words]) -> str:
    listed = section.get('csv_file')
    searched = section.get('path_to_search') or ''
    if section.get('csv_data_file') or (
        not searched and isinstance(listed, str) and os.path.isfile(listed)
    ):
        return ''
    if not searched:
        return 'has neither path_to_search nor a csv_file that exists'
    paths = searched.split(',') if isinstance(searched, str) else list(searched)
    missing = [path.strip() for path in paths if not _folder(path.strip())]
    if missing:
        return "path_to_search = '{}': there is no folder '{}'".format(
            searched, os.path.abspath(os.path.expanduser(missing[0]))
        )
    return _reason_of_words(section, [_folder(path.strip()) for path in paths])


def _folder(path: str) -> str:
    """
    The folder as NiftyNet looks for it: from the current folder, then from its home; empty where it
    is not there.
    """
    home = type(ImageSetsPartitioner()).default_image_file_location
    for place in (os.path.expanduser(path), os.path.join(home, path)):
        if os.path.isdir(place):
            return os.path.abspath(place)
    return ''


def _reason_of_words(section: Mapping[str, Words], folders: Sequence[str]) -> str:
    wanted = _words(section.get('filename_contains'))
    unwanted = _words(section.get('filename_not_contains'))
    names = [name for folder in folders for name in sorted(os.listdir(folder))]
    if any(
        all(word in name for word in wanted) and not any(word in name for word in unwanted)
        for name in names
    ):
        return ''
    return "filename_contains = '{}'{}: no such file among the {} of '{}'{}".format(
        ','.join(wanted),
        ", filename_not_contains = '{}'".format(','.join(unwanted)) if unwanted else '',
        len(names),
        ', '.join(folders),
        ' ({})'.format(', '.join(names[:3] + ['...'] * (len(names) > 3))) if names else '',
    )


def _words(value: Words) -> List[str]:
    return [value] if isinstance(value, str) and value else list(value or ())
