# -*- coding: utf-8 -*-
"""
The setting of a cohort: its config, the folders that it names, and its subjects.
"""

import configparser
import os
import tempfile
from typing import List, NamedTuple, Sequence, Tuple

from niftynet.io.image_sets_partitioner import ImageSetsPartitioner

from niftynet_activations.cohort.found_files import FoundFiles, listed_inputs
from niftynet_activations.cohort.private_folder import copy_of_split, from_model_dir
from niftynet_activations.cohort.records import write_subjects
from niftynet_activations.errors import InputError, OptionError
from niftynet_activations.host.config import Config, image_sections, read_config, window_of
from niftynet_activations.host.config_errors import model_folder
from niftynet_activations.host.file_table import SUBJECT_COLUMN
from niftynet_activations.host.folders import check_writable
from niftynet_activations.host.no_files import check_has_files
from niftynet_activations.options import parse_options

EXISTING = 'activation_existing'
DIR = 'activation_dir'
REPORT = 'activation_report'


class Setting(NamedTuple):
    """The setting that all processes of a cohort share."""

    config_path: str
    application: str
    overrides: Sequence[str]  # words of NiftyNet's command line
    config: Config  # with absolute folders
    folder: str  # of the maps
    segmentations: str  # NiftyNet's save_seg_dir


def read_setting(path: str, application: str, overrides: Sequence[str]) -> Setting:
    """
    :param path: of the config
    :param application: its name, as behind ``net_run -a``
    :param overrides: words of NiftyNet's command line
    :return: the setting
    :raises OptionError: if the config cannot be read, or a cohort cannot be run with it
    """
    words = list(overrides)
    if not _names(words, EXISTING) and not _is_in_config(path, EXISTING):
        words.append('--{}=skip'.format(EXISTING))
    config = read_config(path, words, application)
    if not config.application.activation_tells_results:
        raise OptionError(
            '-a {}: a cohort cannot be run with it, since NiftyNet does not tell there which '
            'subjects are done; run net_run inference over all of them'.format(application)
        )
    system, inference = config.system['SYSTEM'], config.system['INFERENCE']
    system.model_dir = model_folder(system.model_dir)
    segmentations = from_model_dir(inference.save_seg_dir, system.model_dir)
    given = getattr(inference, DIR, '')
    folder = from_model_dir(given, system.model_dir) if given else segmentations
    if getattr(inference, 'activation_layers', '').strip() == 'none':
        raise OptionError(
            'activation_layers = none: a cohort tells by its maps which subjects are done; choose '
            "a layer, such as 'penultimate' with activation_reduce = mean"
        )
    words += ['--save_seg_dir=' + segmentations, '--{}={}'.format(DIR, folder)]
    # the path that NiftyNet found, which may be in its home
    found = os.path.abspath(config.system['CONFIG_FILE'].path)
    return Setting(found, application, words, config, folder, segmentations)


def subjects_of(setting: Setting, found: FoundFiles) -> List[str]:
    """
    :param setting: of the cohort
    :param found: the files of all its input sections
    :return: names of all subjects that have a file in an input section of the image
    :raises InputError: if there is none
    """
    config, sections = setting.config, image_sections(setting.config)
    check_has_files(config.inputs, sections)
    names = _names_in_phase(config, found, sections) if found.subjects else []
    if not names:
        raise InputError(
            'no subject has a file in [{}]: check path_to_search and filename_contains'.format(
                '], ['.join(sections)
            )
        )
    return names


def _names_in_phase(config: Config, found: FoundFiles, sections: Sequence[str]) -> List[str]:
    with tempfile.TemporaryDirectory() as folder:
        found.write(folder, found.subjects)
        partitioner = ImageSetsPartitioner()
        partitioner.reset()
        partitioner.initialise(
            listed_inputs(config, folder),
            new_partition=False,
            data_split_file=copy_of_split(config, folder),
        )
        phase = getattr(config.system['INFERENCE'], 'dataset_to_infer', None)
        (table,) = partitioner.get_file_lists_by(phase=phase, action='inference')
    if table is None:
        table = partitioner.all_files
    with_file = table[sections].notna().any(axis=1)
    return [str(name) for name in table[SUBJECT_COLUMN][with_file]]


def write_down(setting: Setting, names: Sequence[str]) -> None:
    """
    Write the subjects of a cohort, and where its results are, into its records.

    :param setting: of the cohort
    :param names: of all its subjects
    :raises WriteError: if the folder cannot be written
    """
    check_writable(setting.folder, 'activation_dir')
    write_subjects(
        setting.folder, names, config=setting.config_path, segmentations=setting.segmentations
    )


def chosen(names: Sequence[str], wanted: Sequence[str]) -> List[str]:
    """
    :param names: all subjects
    :param wanted: names in the user's list
    :return: these names, each once, in sorted order
    :raises OptionError: if a name is no subject of the config
    """
    unknown = sorted(set(wanted) - set(names))
    if unknown:
        raise OptionError(
            "--subjects: the config has no subject '{}'{}; it has {}, the first is '{}'".format(
                unknown[0],
                ' (and {} others of the list)'.format(len(unknown) - 1) if unknown[1:] else '',
                len(names),
                min(names),
            )
        )
    return sorted(set(wanted))


def part_of(names: Sequence[str], part: Tuple[int, int]) -> List[str]:
    """
    :param names: of subjects
    :param part: K and N, from 1 to N
    :return: the K-th of N parts of them, in sorted order; the sizes of parts differ by 1 at most
    """
    number, count = part
    ordered = sorted(names)
    first, end = ((number + at) * len(ordered) // count for at in (-1, 0))
    return ordered[first:end]


def whole_axis(config: Config) -> bool:
    """
    :param config: as read
    :return: whether the window takes a whole axis of the first subject of each run, so that
        subjects have to be run one by one
    """
    return any(size <= 0 for size in window_of(config))


def asks_for_report(setting: Setting) -> bool:
    """
    :param setting: of the cohort
    :return: whether its config asks for the report
    """
    inference = setting.config.system['INFERENCE']
    return parse_options({REPORT: getattr(inference, REPORT, False)}).report


def _names(words: Sequence[str], option: str) -> bool:
    return any(word.partition('=')[0] == '--' + option for word in words)


def _is_in_config(path: str, option: str) -> bool:
    parsed = configparser.RawConfigParser(strict=False)
    try:
        parsed.read(path, encoding='utf-8')
    except configparser.Error:
        return False  # NiftyNet will report what is wrong with the config
    return any(
        parsed.has_option(name, option) for name in parsed.sections() if name.upper() == 'INFERENCE'
    )
