# -*- coding: utf-8 -*-
"""
The config that the cohort runs with: the user's config, in which each input section names a list of
files instead of folders to search.

Lists and config lie in a folder whose name is a hash of their content: processes that ask for the
same units share it, and no process changes what another one reads.
"""

import configparser
import csv
import hashlib
import io
import os
from typing import Dict, List, Sequence

from niftynet_activations.bids_app.derivatives import write_whole
from niftynet_activations.bids_app.units import Unit
from niftynet_activations.errors import OptionError
from niftynet_activations.host.config import Config, image_sections
from niftynet_activations.host.config_errors import model_folder
from niftynet_activations.options import parse_options
from niftynet_activations.store import files

SEARCH = 'path_to_search filename_contains filename_not_contains filename_removefromid'.split()
LIST = 'csv_file'
ROWS = 'csv_data_file'  # option of a section that holds numbers, not images
SEGMENTATION = 'segmentation'  # a value of options that is no input section
NAME = 'config.ini'
FOLDERS = ('activation_dir', 'save_seg_dir')


def needed_sections(config: Config) -> List[str]:
    """
    :param config: as read
    :return: input sections that inference needs: those of the network's image, and those that
        options name
    """
    fields = tuple(config.application.activation_joined)
    names = image_sections(config)
    for field in fields:
        names += list(getattr(config.system['CUSTOM'], field, ()) or ())
    inference = config.system['INFERENCE']
    for option in ('activation_mask', 'activation_tables', 'activation_regions'):
        text = getattr(inference, option, '') or ''
        names += [name.strip() for name in text.split(',')]
    known = set(file_sections(config)) - {SEGMENTATION}
    return [name for name in dict.fromkeys(names) if name in known]


def file_sections(config: Config) -> List[str]:
    """
    :param config: as read
    :return: input sections that take a file of each subject
    """
    return [name for name, values in config.inputs.items() if not getattr(values, ROWS, None)]


def check_options(config: Config) -> None:
    """
    :param config: as read
    :raises OptionError: if an option is not possible with BIDS names
    """
    values = vars(config.system['INFERENCE'])
    options = {name: value for name, value in values.items() if name.startswith('activation_')}
    if parse_options(options).layout == 'split':
        raise OptionError(
            'activation_layout = split: the BIDS App writes one file a map; set it to 4d or 5d'
        )


def write_inputs(folder: str, path: str, config: Config, units: Sequence[Unit]) -> str:
    """
    :param folder: for the lists and the config, in a folder of their own
    :param path: of the user's config
    :param config: the same as read
    :param units: the units to be done
    :return: path of the config to run with
    :raises WriteError: if the folder cannot be written
    """
    lists = {name: _list_of(name, units) for name in file_sections(config)}
    # sections without a file are left out; inference does not need them
    lists = {name: text for name, text in lists.items() if text}
    parsed = configparser.RawConfigParser()
    parsed.read(path, encoding='utf-8')
    for name in file_sections(config):
        if name not in lists:
            parsed.remove_section(name)
            continue
        for option in SEARCH:
            parsed.remove_option(name, option)
    # absolute, since a relative model_dir would start from another folder
    _set(parsed, 'SYSTEM', 'model_dir', model_folder(config.system['SYSTEM'].model_dir))
    for option in FOLDERS:
        parsed.remove_option(_section(parsed, 'INFERENCE'), option)
    digest = hashlib.sha256(repr((_text_of(parsed), sorted(lists.items()))).encode('utf-8'))
    own = os.path.join(folder, digest.hexdigest()[:16])
    with files.disk_errors('writing the lists of inputs to {}'.format(own)):
        os.makedirs(own, exist_ok=True)
        for name, text in lists.items():
            place = os.path.join(own, name + '.csv')
            _set(parsed, name, LIST, place)
            write_whole(text, place)
        write_whole(_text_of(parsed), os.path.join(own, NAME))
    return os.path.join(own, NAME)


def _list_of(section: str, units: Sequence[Unit]) -> str:
    """NiftyNet's list of a section: a subject and its file in each row."""
    stream = io.StringIO()
    rows = csv.writer(stream, lineterminator='\n')
    rows.writerows([each.name, each.files[section]] for each in units if section in each.files)
    return stream.getvalue()


def _set(parsed: configparser.RawConfigParser, section: str, option: str, value: str) -> None:
    # NiftyNet reads % as the sign of a reference
    parsed.set(_section(parsed, section), option, value.replace('%', '%%'))


def _section(parsed: configparser.RawConfigParser, name: str) -> str:
    """A section's name as the config writes it; NiftyNet ignores upper and lower case."""
    by_name: Dict[str, str] = {each.upper(): each for each in parsed.sections()}
    return name if parsed.has_section(name) else by_name[name.upper()]


def _text_of(parsed: configparser.RawConfigParser) -> str:
    stream = io.StringIO()
    parsed.write(stream)
    return stream.getvalue()
