# -*- coding: utf-8 -*-
"""
A cohort of any number of subjects, made from one subject that is really run: its files are linked
under other names, and records are written as processes of a few subjects each would write them.
"""

import json
import os
import shutil

import inference_runs  # noqa: F401  imports NiftyNet
from toy_runs import LAYER, image_path, make_toy

from niftynet_activations.cohort.lists import make_lists
from niftynet_activations.cohort.reading import read_subjects, results_of
from niftynet_activations.cohort.records import Journal, write_subjects
from niftynet_activations.command_line import main
from niftynet_activations.store import tables

SHAPE = (12, 14, 16)
FIRST = 's00000'
SUBJECTS_OF_PROCESS = 16  # subjects in each journal (the record file of one process)


def name_of(number):
    return 's{:05d}'.format(number)


def make_images(folder, count):
    """
    :param folder: a ``pathlib.Path`` that is made
    :param count: how many subjects; all have the same image under different names
    :return: path of the config
    """
    config = make_toy(folder, {FIRST: SHAPE}, ending='.nii')
    for number in range(1, count):
        os.link(image_path(folder, FIRST, '.nii'), image_path(folder, name_of(number), '.nii'))
    return config


def run_words(config, out):
    """
    :param config: path that :func:`make_images` returned
    :param out: folder for the maps
    :return: words of the command line of a cohort with one small map for each subject
    """
    words = ['cohort', '-c', config, '--save_seg_dir', str(out), '--activation_layers', LAYER]
    words += ['--activation_channels', '0:2', '--activation_format', 'nii']
    return words + ['--volume_padding_size', '0', '--border', '0,0,0']


def make_cohort(folder, count):
    """
    :param folder: a ``pathlib.Path`` that is made
    :param count: how many subjects
    :return: path of the config, and of the folder of the maps
    """
    config = make_images(folder / 'toy', 1)
    out = folder / 'out'
    assert main(run_words(config, out)) == 0
    ((_, result),) = results_of(read_subjects(str(out)))
    write_subjects(str(out), [name_of(number) for number in range(count)], segmentations=str(out))
    files = [os.path.join(str(out), str(row[2])) for row in result.rows] + [result.path]
    journal = None
    for number in range(1, count):
        if journal is None or number % SUBJECTS_OF_PROCESS == 0:
            if journal is not None:
                journal.close()
            journal = Journal(str(out))
        name = name_of(number)
        for path in files:
            os.link(path, path.replace(FIRST, name))
        for path in files[:-1]:
            _copy_sidecar(os.path.splitext(path)[0] + '.json', name)
        rows = [
            [cell.replace(FIRST, name) if isinstance(cell, str) else cell for cell in row]
            for row in result.rows
        ]
        journal.add(name, 'running')
        journal.add(name, 'done', rows=rows, result=result.path.replace(FIRST, name))
    if journal is not None:
        journal.close()
    make_lists(str(out))
    assert sum(1 for _ in tables.rows_in(str(out / tables.ACTIVATIONS))) == count
    return config, out


def _copy_sidecar(path, name):
    with open(path) as stream:
        told = json.load(stream)
    told['subject'] = name
    with open(path.replace(FIRST, name), 'w') as stream:
        json.dump(told, stream)


def remove(folder):
    """
    :param folder: folder that was given to :func:`make_cohort`
    """
    shutil.rmtree(str(folder))
