# -*- coding: utf-8 -*-
"""The configs of ``config/`` reduced to small volumes and windows, and ``net_run`` on them."""

import ast
import configparser
import os
import subprocess
import sys

import nibabel as nib
import numpy as np

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir)
NETWORKS = (
    'toynet highres3dnet highres3dnet_small highres3dnet_large unet nonewnet vnet dense_vnet '
    'deepmedic scalenet holisticnet unet_2d'
).split()

# Volume, window and border for a short run; those of the configs are for images of whole heads.
DEFAULT = (18, 21, 26), (24, 24, 24), (4, 4, 4)
SMALL = {
    'unet': ((8, 16, 24), (96, 104, 112), (44, 44, 44)),
    'nonewnet': ((18, 21, 26), (32, 32, 32), (8, 8, 8)),
    'vnet': ((18, 21, 26), (32, 32, 32), (8, 8, 8)),
    'dense_vnet': ((18, 21, 26), (48, 48, 48), (0, 0, 0)),
    'deepmedic': ((18, 21, 26), (57, 57, 57), (24, 24, 24)),
    'unet_2d': ((52, 60, 2), (236, 236, 1), (92, 92, 0)),
}


def path_of(network):
    return os.path.join(ROOT, 'config', network + '.ini')


def read(path):
    """Read a config without NiftyNet."""
    config = configparser.ConfigParser()
    with open(path) as lines:
        config.read_file(lines)
    return config


def sizes(text):
    """The three numbers of an option such as ``(24, 24, 1)`` or ``16``."""
    value = ast.literal_eval(text)
    return value if isinstance(value, tuple) else (value,) * 3


def small_config(network, folder, shape, window, border):
    """
    Write a random volume for each modality, and the network's config with sizes that fit it.

    :param network: name of a config in ``config/``
    :param folder: a ``pathlib.Path``, an existing folder
    :param shape: of the volume, (x, y, z) voxels
    :param window: of the windows, (x, y, z) voxels
    :param border: of the windows, (x, y, z) voxels
    :return: path of the new config
    """
    config = read(path_of(network))
    data = folder / 'data'
    data.mkdir()
    random = np.random.RandomState(3)
    for section in (name.strip() for name in config['SEGMENTATION']['image'].split(',')):
        volume = random.normal(100, 20, size=shape).astype(np.float32)
        name = 'subject_{}.nii.gz'.format(config[section]['filename_contains'])
        nib.save(nib.Nifti1Image(volume, np.diag([1, 1.5, 2, 1])), str(data / name))
        config[section]['path_to_search'] = str(data)
        config[section]['spatial_window_size'] = str(window)
    config['SYSTEM']['model_dir'] = str(folder / 'model')
    config['SYSTEM']['num_threads'] = '1'
    config['NETWORK']['volume_padding_size'] = str(border)
    config['INFERENCE']['save_seg_dir'] = str(folder / 'output')
    config['INFERENCE']['spatial_window_size'] = str(window)
    config['INFERENCE']['border'] = str(border)
    path = str(folder / 'small.ini')
    with open(path, 'w') as target:
        config.write(target)
    return path


def run_net_run(home, *arguments):
    """Run ``net_run`` with a NiftyNet home of its own; if it fails, the error shows its output."""
    (home / 'config.ini').write_text('[global]\nhome = {}\n'.format(home))
    environment = dict(os.environ, niftynet_config_home=str(home), HOME=str(home))
    command = [os.path.join(os.path.dirname(sys.executable), 'net_run')] + list(arguments)
    done = subprocess.run(
        command,
        cwd=str(home),
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=600,
    )
    assert done.returncode == 0, done.stdout.decode(errors='replace')[-3000:]
