# -*- coding: utf-8 -*-
"""
A ``model_dir`` for each process of a cohort, so that no two processes write the same file: NiftyNet
writes its settings, its log and its lists of files there.

The checkpoints are not copied: ``models`` is a symbolic link to the user's folder.
"""

import os
import shutil
from typing import TYPE_CHECKING, List

from niftynet_activations.cohort.records import left_by_the_dead
from niftynet_activations.errors import OptionError, WriteError
from niftynet_activations.store import files

if TYPE_CHECKING:
    from niftynet_activations.host.config import Config

LOG = 'inference_niftynet_log'  # NiftyNet's name
SPLIT = 'dataset_split.csv'


def make_private_folder(path: str, config: 'Config') -> List[str]:
    """
    :param path: of the folder, which is made here
    :param config: the Config, with absolute folders
    :return: words of NiftyNet's command line that make it write there
    :raises OptionError: if results would depend on which subjects are run together
    :raises WriteError: if the folder cannot be made
    """
    system, network = config.system['SYSTEM'], config.system['NETWORK']
    _check_subjects_are_apart(config)
    words = ['--model_dir=' + path]
    with files.disk_errors('preparing the folder {}'.format(path)):
        os.makedirs(path)
        try:
            os.symlink(os.path.join(system.model_dir, 'models'), os.path.join(path, 'models'))
        except OSError as error:
            raise WriteError(
                "the file system of '{}' takes no links ({}), which a cohort needs: set "
                'activation_dir to a folder on another one'.format(path, error.strerror)
            ) from error
        words.append('--dataset_split_file=' + copy_of_split(config, path))
    if network.histogram_ref_file:
        histogram = from_model_dir(network.histogram_ref_file, system.model_dir)
        words.append('--histogram_ref_file=' + histogram)
        _check_histogram(histogram, config)
    return words


def copy_of_split(config: 'Config', folder: str) -> str:
    """
    :param config: the Config, with absolute folders
    :param folder: where NiftyNet may write its lists of files, which it puts beside this one
    :return: path of a copy, in that folder, of the user's split file (which phase each subject is
        in); a path without a file where the user has none
    """
    system, path = config.system['SYSTEM'], os.path.join(folder, SPLIT)
    users = from_model_dir(system.dataset_split_file or SPLIT, system.model_dir)
    if os.path.isfile(users):
        shutil.copyfile(users, path)
    return path


def from_model_dir(path: str, model_dir: str) -> str:
    """
    :param path: as it stands in a config
    :param model_dir: absolute path
    :return: absolute path, relative ones starting from ``model_dir`` as in NiftyNet
    """
    return os.path.abspath(os.path.join(model_dir, os.path.expanduser(path)))


def remove_private_folder(path: str, keep_log: bool) -> None:
    """
    :param path: of the folder
    :param keep_log: whether to leave NiftyNet's log there
    """
    for name in os.listdir(path) if os.path.isdir(path) else []:
        if name != LOG or not keep_log:
            files.remove(os.path.join(path, name))
    if not keep_log:
        files.remove(path)


def remove_left_by_the_dead(folder: str) -> None:
    """
    Remove the private folders of killed processes, except their logs.

    :param folder: of the maps of a cohort
    """
    for path in left_by_the_dead(folder):
        remove_private_folder(path, keep_log=True)


def _check_subjects_are_apart(config: 'Config') -> None:
    network = config.system['NETWORK']
    if network.batch_size < 2:
        return
    if network.window_sampling == 'resize':
        raise OptionError(
            'window_sampling = resize with batch_size = {}: subjects share batches, so that what '
            'is computed may depend on which are done together; set batch_size = 1 for a '
            'cohort'.format(network.batch_size)
        )
    if network.smaller_final_batch_mode.lower() == 'drop':
        raise OptionError(
            'smaller_final_batch_mode = drop with batch_size = {}: NiftyNet leaves the last '
            'subject of each part without a segmentation; set it to pad for a cohort'.format(
                network.batch_size
            )
        )


def _check_histogram(path: str, config: 'Config') -> None:
    from niftynet.utilities.histogram_standardisation import read_mapping_file

    from niftynet_activations.host.config import image_sections

    known = read_mapping_file(path) if os.path.isfile(path) else {}
    missing = [name for name in image_sections(config) if name not in (known or {})]
    if missing and config.system['NETWORK'].normalisation:
        raise OptionError(
            "histogram_ref_file = '{}' holds no landmarks for [{}]: NiftyNet would learn them from "
            'the subjects of each part, and parts would differ; give the file that the network was '
            'trained with'.format(path, '], ['.join(missing))
        )
