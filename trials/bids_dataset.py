# -*- coding: utf-8 -*-
"""
A small BIDS dataset of random images, and a config of NiftyNet's toynet with two input images.
A *unit* is a subject, or one session of a subject; its *entities* are the parts of its name.
"""

import json
import os

import nibabel as nib
import numpy as np
from toy_runs import AFFINE, make_toy

# entities of a unit -> (x, y, z) voxels
SHAPES = {
    'sub-01': (12, 15, 17),
    'sub-02_ses-a': (13, 14, 16),
    'sub-02_ses-b': (12, 16, 19),
}
SUFFIXES = ('T1w', 'FLAIR')
LAYER = 'conv_input_bn_relu'


def image_path(root, unit, suffix, extra=''):
    """
    :param root: folder of the dataset
    :param unit: entities of the unit, such as ``sub-02_ses-a``
    :param suffix: suffix of the file name, such as ``T1w``
    :param extra: further entities, such as ``_run-2``
    :return: path of the image
    """
    folders = unit.split('_') + ['anat']
    return os.path.join(str(root), *(folders + ['{}{}_{}.nii.gz'.format(unit, extra, suffix)]))


def add_image(root, unit, suffix, extra='', shape=None, seed=0):
    """
    Write a random image.

    :param root: folder of the dataset
    :param unit: entities of the unit
    :param suffix: suffix of the file name
    :param extra: further entities
    :param shape: (x, y, z) voxels; those of the unit in :data:`SHAPES` where not given
    :param seed: of the random values
    :return: its path
    """
    path = image_path(root, unit, suffix, extra)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    values = np.random.RandomState(seed).uniform(0, 9, shape or SHAPES[unit]).astype(np.float32)
    image = nib.Nifti1Image(values, AFFINE)
    image.header.set_xyzt_units('mm', 'sec')
    nib.save(image, path)
    return path


def make_dataset(root, units=tuple(SHAPES), suffixes=SUFFIXES):
    """
    :param root: folder of the dataset, which is made
    :param units: entities of each unit
    :param suffixes: suffixes of the images that each unit has
    :return: the path, a string
    """
    for number, unit in enumerate(units):
        for place, suffix in enumerate(suffixes):
            add_image(root, unit, suffix, seed=10 * number + place)
    describe(root)
    with open(os.path.join(str(root), 'README.md'), 'w') as stream:
        stream.write('# Random images\n')
    return str(root)


def describe(root, **facts):
    """Write ``dataset_description.json``."""
    os.makedirs(str(root), exist_ok=True)
    content = dict({'Name': 'Random', 'BIDSVersion': '1.8.0', 'DatasetType': 'raw'}, **facts)
    with open(os.path.join(str(root), 'dataset_description.json'), 'w') as stream:
        json.dump(content, stream)


def make_model(folder, sections=('T1', 'FLAIR'), **options):
    """
    :param folder: a ``pathlib.Path`` that is made, for a config and a checkpoint of random weights
    :param sections: input sections of the network's image
    :param options: further options of [INFERENCE]
    :return: path of the config; its sections search in a folder that does not exist
    """
    from small_configs import read

    path = make_toy(folder, {}, channels=len(sections))
    config = read(path)
    pattern = dict(config['T1'])
    config.remove_section('T1')
    for section in sections:
        config[section] = dict(pattern, path_to_search='nowhere', filename_contains=section)
    config['SEGMENTATION']['image'] = ', '.join(sections)
    config['INFERENCE'].update(activation_layers=LAYER, **options)
    with open(path, 'w') as target:
        config.write(target)
    return path
