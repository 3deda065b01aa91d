# -*- coding: utf-8 -*-
"""
A training that either TensorFlow can start or go on with, the same to its last number.

Nothing in it is drawn at random, save the weights it starts from: one volume, one window that
covers it, no augmentation. So a training that 1.15 has started has one right end.
"""

import configparser
import os
import subprocess
import sys

import numpy as np

SHAPE = (10, 12, 14)
STARTED, ENDED = 2, 5
RUN = """
import sys
sys.argv = ['net_run', 'train', '-a', {application!r}, '-c', {config!r}]
sys.argv += ['--starting_iter', '{start}', '--max_iter', '{end}']
import niftynet
sys.exit(niftynet.main())
"""


def folder_of(tf):
    """
    :param tf: the module ``tensorflow``
    :return: name of the folder of fixtures for checkpoints that it trained
    """
    return 'training_{}'.format(tf.__version__.split('.')[0])


def write(folder):
    """
    Write volume, label and config.

    :param folder: an empty folder
    :return: path of the config; checkpoints lie in ``folder/model/models``
    """
    import nibabel as nib

    random = np.random.RandomState(5)
    values = random.normal(size=SHAPE).astype(np.float32)
    volumes = {'T1': values, 'label': (values > 0.3).astype(np.float32)}
    config = configparser.ConfigParser()
    os.makedirs(os.path.join(folder, 'data'))
    for name, volume in volumes.items():
        image = nib.Nifti1Image(volume, np.eye(4))
        nib.save(image, os.path.join(folder, 'data', 'subject_{}.nii'.format(name)))
        config[name] = {
            'path_to_search': os.path.join(folder, 'data'),
            'filename_contains': name,
            'spatial_window_size': str(SHAPE),
            'interp_order': '0',
        }
    config['SYSTEM'] = {'model_dir': os.path.join(folder, 'model'), 'num_threads': '1'}
    config['NETWORK'] = {
        'name': 'toynet',
        'activation_function': 'prelu',
        'batch_size': '1',
        'queue_length': '1',
        'window_sampling': 'uniform',
        'reg_type': 'L2',
        'decay': '0.01',
    }
    config['TRAINING'] = {
        'sample_per_volume': '1',
        'lr': '0.01',
        'optimiser': 'adam',
        'loss_type': 'DicePlusXEnt',
        'save_every_n': '0',
        'tensorboard_every_n': '0',
    }
    config['INFERENCE'] = {'save_seg_dir': os.path.join(folder, 'output')}
    config['SEGMENTATION'] = {'image': 'T1', 'label': 'label', 'num_classes': '2'}
    path = os.path.join(folder, 'training.ini')
    with open(path, 'w') as target:
        config.write(target)
    return path


def train(config, start, end, application='net_segment'):
    """
    Train in a process of its own, with this Python.

    :param config: what :func:`write` returned
    :param start: iteration of the checkpoint to go on from, 0 for none
    :param end: last iteration, whose checkpoint is written
    :param application: what ``net_run -a`` takes
    :return: prefix of that checkpoint
    :raises RuntimeError: with what the training said, if it wrote none
    """
    folder = os.path.dirname(config)
    with open(os.path.join(folder, 'config.ini'), 'w') as target:
        target.write('[global]\nhome = {}\n'.format(folder))
    words = dict(config=config, start=start, end=end, application=application)
    done = subprocess.run(
        [sys.executable, '-c', RUN.format(**words)],
        env=dict(os.environ, niftynet_config_home=folder, HOME=folder),
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        universal_newlines=True,
    )
    prefix = os.path.join(folder, 'model', 'models', 'model.ckpt-{}'.format(end))
    if done.returncode or not os.path.exists(prefix + '.index'):
        raise RuntimeError(done.stdout[-3000:])
    return prefix


def variables(tf, prefix):
    """
    :param tf: the module ``tensorflow``
    :param prefix: of a checkpoint
    :return: name -> array, the optimiser's among them
    """
    names = [name for name, _ in tf.train.list_variables(prefix)]
    return {name: tf.train.load_variable(prefix, name) for name in names}
