# -*- coding: utf-8 -*-
"""
Training with our applications is NiftyNet's own: the same weights to the bit after two steps.

What is drawn at random is drawn alike: by numpy from one seed in the one thread that reads, in the
graph from seeds of its operations. Segmentation has a test of its own beside this one.
"""

import configparser
import glob
import os
import re
import shutil
from unittest import mock

import nibabel as nib
import numpy as np
import pytest

pytestmark = pytest.mark.slow
pytest.importorskip('niftynet')

import niftynet_activations as na  # noqa: E402

na.app  # noqa: B018  registers the options

from application_runs import PLAIN, SMALL, make_application, ours  # noqa: E402
from niftynet.engine import application_driver  # noqa: E402
from random_checkpoint import ITERATION, tf  # noqa: E402
from tensorflow.python.framework import random_seed  # noqa: E402

from niftynet_activations.host.in_process import run_niftynet  # noqa: E402

LOSSES = {
    'regression': 'L2Loss',
    'classification': 'CrossEntropy',
    'autoencoder': 'VariationalLowerBound',
    'gan': 'CrossEntropy',
}
AFTER = ITERATION + 2


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


def one_thread():
    """
    A GAN's two updates run side by side, each on weights that the other changes; NiftyNet's own
    training differs from one time to the next, unless operations run one after the other.
    """
    return tf.ConfigProto(
        inter_op_parallelism_threads=1,
        intra_op_parallelism_threads=1,
        use_per_session_threads=True,
        allow_soft_placement=True,
    )


def losses(folder):
    """What NiftyNet has logged of each step, without the time that it took."""
    found = []
    for path in glob.glob(str(folder / '*niftynet_log')):
        with open(path) as lines:
            found += [
                re.findall(r'\S+=\S+', line)
                for line in lines
                if 'data_loss' in line or 'total_loss' in line
            ]
    return found


@pytest.mark.parametrize('kind', sorted(LOSSES))
def test_two_steps_of_training(kind, tmp_path):
    network = {'NETWORK': {'name': SMALL[kind][0]}} if kind in SMALL else {}
    config_file = make_application(tmp_path / 'run', kind, **network)
    config = training_config(kind, config_file, tmp_path)
    ends = {}
    for application in (PLAIN[kind], ours(kind)):
        folder = tmp_path / application
        shutil.copytree(os.path.join(os.path.dirname(config_file), 'model'), str(folder))
        config['SYSTEM']['model_dir'] = str(folder)
        path = str(tmp_path / (application + '.ini'))
        with open(path, 'w') as target:
            config.write(target)
        np.random.seed(4)
        seeds = mock.patch.object(random_seed, 'get_seed', lambda _: (3, 5))
        with seeds, mock.patch.object(application_driver, 'tf_config', one_thread):
            run_niftynet(['net_run', 'train', '-a', application, '-c', path])
        ends[application] = weights(folder, AFTER), losses(folder)
    before = weights(tmp_path / PLAIN[kind], ITERATION)
    (plain, told), (with_maps, told_with_maps) = ends[PLAIN[kind]], ends[ours(kind)]
    assert set(plain) == set(with_maps) and len(set(plain) & set(before)) > 4
    for name, value in plain.items():
        np.testing.assert_array_equal(with_maps[name], value, err_msg=name)
    assert any((plain[name] != before[name]).any() for name in set(plain) & set(before))
    assert told_with_maps == told and len(told) == AFTER - ITERATION
