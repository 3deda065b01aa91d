# -*- coding: utf-8 -*-
"""
Training with our classification is NiftyNet's own: the same weights to the bit after a step.

Segmentation has a test of its own; the windows of regression are drawn at random places.
"""

import configparser
import os
import shutil
from functools import partial
from unittest import mock

import nibabel as nib
import numpy as np
import pytest

pytestmark = pytest.mark.slow
pytest.importorskip('niftynet')

import niftynet_activations as na  # noqa: E402

na.app  # noqa: B018  registers the options

from application_runs import PLAIN, ours  # noqa: E402
from random_checkpoint import ITERATION, tf  # noqa: E402

from niftynet_activations.host.in_process import run_niftynet  # noqa: E402

LOSSES = {
    'regression': 'L2Loss',
    'classification': 'CrossEntropy',
    'autoencoder': 'VariationalLowerBound',
    'gan': 'CrossEntropy',
}
AFTER = ITERATION + 1


def training_config(kind, config_file, folder):
    """A step from the random weights on, with the images of one subject."""
    config = configparser.ConfigParser()
    config.read(config_file)
    for section in ('T1', 'T2'):
        config[section]['filename_contains'] = section + ', a_'
        config[section]['filename_removefromid'] = '_' + section
    if kind == 'classification':
        nib.save(nib.Nifti1Image(np.ones((1, 1, 1), np.uint8), np.eye(4)), str(folder / 'a_k.nii'))
        config['kind'] = dict(
            config['T1'],
            path_to_search=str(folder),
            filename_contains='_k',
            filename_removefromid='_k',
            spatial_window_size='(1, 1, 1)',
            interp_order='0',
        )
        config['CLASSIFICATION']['label'] = 'kind'
    config['NETWORK']['reg_type'] = 'L2'
    config['TRAINING'].update(
        starting_iter=str(ITERATION),
        max_iter=str(AFTER),
        save_every_n='1',
        sample_per_volume='1',
        lr='0.01',
        optimiser='gradientdescent',  # without variables of its own
        loss_type=LOSSES[kind],
    )
    return config


def weights(folder, iteration):
    path = str(folder / 'models' / 'model.ckpt-{}'.format(iteration))
    reader = tf.train.load_checkpoint(path)
    return {name: reader.get_tensor(name) for name in reader.get_variable_to_shape_map()}


@pytest.mark.parametrize('kind', ['classification'])
def test_a_step_of_training(kind, runs, tmp_path):
    config_file, _, _ = runs(kind)
    config = training_config(kind, config_file, tmp_path)
    ends = []
    for application in (PLAIN[kind], ours(kind)):
        folder = tmp_path / application
        shutil.copytree(os.path.join(os.path.dirname(config_file), 'model'), str(folder))
        config['SYSTEM']['model_dir'] = str(folder)
        path = str(tmp_path / (application + '.ini'))
        with open(path, 'w') as target:
            config.write(target)
        np.random.seed(4)
        with mock.patch.object(tf, 'random_normal', partial(tf.random_normal, seed=3)):
            run_niftynet(['net_run', 'train', '-a', application, '-c', path])
        ends.append(weights(folder, AFTER))
    before = weights(tmp_path / PLAIN[kind], ITERATION)
    plain, with_maps = ends
    assert set(plain) == set(with_maps) and len(set(plain) & set(before)) > 4
    for name, value in plain.items():
        np.testing.assert_array_equal(with_maps[name], value, err_msg=name)
    assert any((plain[name] != before[name]).any() for name in set(plain) & set(before))
