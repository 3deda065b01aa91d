# -*- coding: utf-8 -*-
"""
Small configs, images and random checkpoints for NiftyNet's other applications, and their runs.
"""

import os
from functools import partial
from unittest import mock

import nibabel as nib
import numpy as np
from configs import write_config

AFFINE = np.array([[-1.1, 0.2, 0, 4], [0.2, 0.9, 0, -7], [0, 0, 1.3, 5], [0, 0, 0, 1]])
PLAIN = {
    'regression': 'net_regress',
    'classification': 'net_classify',
    'autoencoder': 'net_autoencoder',
    'gan': 'net_gan',
}
# network, (x, y, z) of the window, of the images, and the options of the application's section
CASES = {
    'regression': ('toynet', (12, 14, 16), (17, 21, 19), {'image': 'T1', 'output': 'T2'}),
    'classification': (
        'small_networks.SmallClassifier',
        (16, 12, 20),
        (17, 21, 19),
        {'image': 'T1', 'num_classes': '3', 'output_prob': 'True'},
    ),
    'autoencoder': (
        'vae',
        (16, 8, 24),
        (17, 21, 19),
        {'image': 'T1', 'inference_type': 'encode', 'noise_stddev': '1.0'},
    ),
    'gan': (
        'simulator_gan',
        (32, 48, 1),
        (35, 41, 1),
        {'image': 'T1', 'conditioning': 'T2', 'noise_size': '10', 'n_interpolations': '1'},
    ),
}

# small networks in place of NiftyNet's own, which take long to build, and their layers
SMALL = {
    'autoencoder': ('small_generative.SmallVAE', 'logits, first*'),
    'gan': ('small_generative.SmallGAN', 'logits, generator/*'),
}
LAYERS = {
    'regression': 'conv_input_bn_relu, penultimate, logits',
    'classification': 'first_*, second_*, logits',
    'autoencoder': 'logits, ConvEncoder/**',
    'gan': 'penultimate, logits',
}


def run(application, config, folder, *options):
    """
    Run inference with the same random numbers each time, in the graph and in NiftyNet's samplers.

    :param application: its name
    :param config: path of a config
    :param folder: output folder
    :param options: further words of the command line
    """
    from random_checkpoint import tf

    from niftynet_activations.host.in_process import run_niftynet

    np.random.seed(11)
    words = ['net_run', 'inference', '-a', application, '-c', config, '--save_seg_dir', str(folder)]
    with mock.patch.object(tf, 'random_normal', partial(tf.random_normal, seed=3)):
        run_niftynet(words + list(options))


def files(folder):
    """
    :param folder: output folder of a run
    :return: name -> bytes of each file, without the folder's path, so that runs can be compared
    """
    found = {}
    for name in sorted(os.listdir(str(folder))):
        with open(os.path.join(str(folder), name), 'rb') as stream:
            found[name] = stream.read().replace(str(folder).encode(), b'')
    return found


def ours(kind):
    """
    :param kind: a key of :data:`CASES`
    :return: the name of this package's application
    """
    return 'niftynet_activations.{}_app'.format(kind)


def make_application(folder, kind, subjects=('a', 'b'), shape=None, application=None, **changes):
    """
    Write images, a config without options of this package, and a checkpoint of random weights.

    :param folder: a ``pathlib.Path`` that is made
    :param kind: a key of :data:`CASES`
    :param subjects: their names
    :param shape: (x, y, z) voxels of the images; the case's own where not given
    :param application: name of the application that makes the network; this package's if not given
    :param changes: section -> option -> value
    :return: path of the config, a string
    """
    network, window, usual, options = CASES[kind]
    random = np.random.RandomState(5)
    os.makedirs(os.path.join(str(folder), 'data'))
    for section in ('T1', 'T2'):
        for subject in subjects:
            values = random.uniform(0, 9, shape or usual).astype(np.float32)
            name = '{}_{}.nii.gz'.format(subject, section)
            nib.save(nib.Nifti1Image(values, AFFINE), os.path.join(str(folder), 'data', name))
    sampling = 'resize' if kind in ('classification', 'gan') else 'uniform'
    postfix = 'x' if kind in ('regression', 'classification') else None
    settings = {
        'NETWORK': dict(name=network, window_sampling=sampling),
        'INFERENCE': dict(border=(0, 0, 0), output_postfix=postfix),
        kind.upper(): dict(options),
    }
    for section, values in changes.items():
        settings.setdefault(section, {}).update(values)
    path = os.path.join(str(folder), 'config.ini')
    write_config(path, ('T1', 'T2'), window, settings, kind.upper())
    write_weights(path, application or ours(kind))
    return path


def write_weights(config_file, application, seed=7):
    """
    Build the network as in inference, and save random weights where NiftyNet looks for them.

    :param config_file: path of a config
    :param application: name of an application with maps
    :param seed: of numpy's generator
    """
    from random_checkpoint import ITERATION, _assign, _random_value, tf

    from niftynet_activations.capturing.building import build_network
    from niftynet_activations.host.config import read_config

    config = read_config(config_file, (), application)
    graph = build_network(config, config.application).image.graph
    random = np.random.RandomState(seed)
    folder = os.path.join(config.system['SYSTEM'].model_dir, 'models')
    os.makedirs(folder)
    with graph.as_default(), tf.Session() as session:
        for variable in tf.global_variables():
            _assign(session, variable, _random_value(variable, random))
        saver = tf.train.Saver(save_relative_paths=True)
        saver.save(session, os.path.join(folder, 'model.ckpt'), global_step=ITERATION)
