# -*- coding: utf-8 -*-
"""
A config of NiftyNet's toynet on small random subjects, and runs of it in processes of their own.
"""

import os
import subprocess
import sys
import time

import nibabel as nib
import numpy as np
from configs import write_config

LAYER = 'conv_input_bn_relu'
SHAPES = {'a': (20, 23, 25), 'b': (17, 30, 21), 'c': (19, 22, 24)}
AFFINE = np.array([[-1.1, 0.2, 0, 4], [0.2, 0.9, 0, -7], [0, 0, 1.3, 5], [0, 0, 0, 1]])


def image_path(folder, subject, ending='.nii.gz'):
    return os.path.join(str(folder), 'data', subject + '_T1' + ending)


def write_toy_config(path, sampling='uniform', batch=1):
    """
    :param path: of the config
    :param sampling: NiftyNet's ``window_sampling``
    :param batch: NiftyNet's ``batch_size``
    :return: the path
    """
    network = dict(volume_padding_size=2, window_sampling=sampling, batch_size=batch)
    changes = {
        'NETWORK': dict(network, whitening=True),
        'INFERENCE': dict(border=(2, 2, 2)),
        'SEGMENTATION': dict(num_classes=3, output_prob=False),
    }
    return write_config(path, ['T1'], (12, 14, 16), changes)


def make_toy(folder, shapes=None, ending='.nii.gz', sampling='uniform', batch=1, channels=None):
    """
    Write images, a config without options of this package, and a checkpoint.

    :param folder: a ``pathlib.Path`` that is made
    :param shapes: subject -> (x, y, z) voxels, and lengths of further axes
    :param ending: of the images' files
    :param sampling: NiftyNet's ``window_sampling``
    :param batch: NiftyNet's ``batch_size``
    :param channels: number of channels of the network's input, 1 where not given
    :return: path of the config, a string
    """
    import random_checkpoint

    os.makedirs(os.path.join(str(folder), 'data'))
    random = np.random.RandomState(3)
    for subject, shape in sorted((shapes or SHAPES).items()):
        values = random.uniform(0, 9, shape).astype(np.float32)
        nib.save(nib.Nifti1Image(values, AFFINE), image_path(folder, subject, ending))
    config = os.path.join(str(folder), 'config.ini')
    write_toy_config(config, sampling, batch)
    random_checkpoint.write_checkpoint(
        config, os.path.join(str(folder), 'model'), channels=channels
    )
    return config


def change_config(config, changes):
    """
    :param config: path of a config, which is overwritten
    :param changes: section -> option -> value; a missing section is added
    :return: the path
    """
    import random_checkpoint

    parsed = random_checkpoint.read_config(config)
    for section, options in changes.items():
        if not parsed.has_section(section):
            parsed.add_section(section)
        for option, value in options.items():
            parsed.set(section, option, str(value))
    with open(config, 'w') as target:
        parsed.write(target)
    return config


def start_ours(config, folder, *options):
    """
    Start ``net_run`` with this package's application, as a user does.

    :param config: path of a config
    :param folder: folder for the segmentation and the maps
    :param options: further words of the command line
    :return: a :class:`subprocess.Popen` whose standard output has all output
    """
    home = os.path.join(os.path.dirname(config), 'home')
    os.makedirs(home, exist_ok=True)
    with open(os.path.join(home, 'config.ini'), 'w') as target:
        target.write('[global]\nhome = {}\n'.format(home))
    words = [os.path.join(os.path.dirname(sys.executable), 'net_run'), 'inference']
    words += ['-a', 'niftynet_activations.app', '-c', config, '--save_seg_dir', str(folder)]
    return subprocess.Popen(
        words + ['--activation_layers', LAYER] + list(options),
        env=dict(os.environ, niftynet_config_home=home, PYTHONPATH=os.pathsep.join(sys.path)),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )


def wait_for(process, *paths):
    """
    Wait until a process has written some files.

    :param process: a :class:`subprocess.Popen`
    :param paths: paths of the files
    :raises AssertionError: if the process ends before, or takes longer than 120 seconds
    """
    deadline = time.time() + 120
    while not all(os.path.exists(str(path)) for path in paths):
        if process.poll() is not None or time.time() > deadline:
            process.kill()
            raise AssertionError(process.communicate()[0].decode())
        time.sleep(0.01)
