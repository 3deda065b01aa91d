# -*- coding: utf-8 -*-
"""
NiftyNet's other applications, trained for two iterations and used: under both stacks alike.

What they compute is compared elsewhere, operation by operation; here they have to run to their
end and write what they are asked for, with finite values.
"""

import configparser
import glob
import os

import nibabel as nib
import numpy as np
import pytest

pytestmark = pytest.mark.slow
TRIALS = os.path.join(os.path.dirname(os.path.dirname(os.path.dirname(__file__))), 'trials')
RUN = """
import sys
import niftynet
sys.path.append({trials!r})
from niftynet_activations.host.in_process import run_niftynet
for action in {actions!r}:
    run_niftynet(['net_run', action, '-a', '{command}', '-c', '{config}'])
"""
CASES = {
    'net_segment': ('toynet', (16, 16, 16), {'image': 'T1', 'label': 'label', 'num_classes': '2'}),
    'net_regress': ('toynet', (16, 16, 16), {'image': 'T1', 'output': 'T2'}),
    'net_classify': (
        'small_networks.ShallowResNet',
        (16, 16, 16),
        {'image': 'T1', 'label': 'kind', 'num_classes': '2'},
    ),
    'net_autoencoder': (
        'vae',
        (16, 16, 16),
        {'image': 'T1', 'inference_type': 'encode-decode', 'noise_stddev': '1.0'},
    ),
    'net_gan': (
        'simulator_gan',
        (32, 32, 1),
        {'image': 'T1', 'conditioning': 'T2', 'noise_size': '10', 'n_interpolations': '2'},
    ),
}
SECTIONS = {
    'net_segment': 'SEGMENTATION',
    'net_regress': 'REGRESSION',
    'net_classify': 'CLASSIFICATION',
    'net_autoencoder': 'AUTOENCODER',
    'net_gan': 'GAN',
}


@pytest.mark.parametrize('command', sorted(CASES))
def test_it_trains_and_infers(command, tmp_path, python):
    pytest.importorskip('niftynet')
    network, window, options = CASES[command]
    config = _config(tmp_path, command, network, window, options)
    actions = ['train', 'inference']
    done = python(RUN.format(trials=TRIALS, actions=actions, command=command, config=config))
    assert done.returncode == 0, (done.stdout + done.stderr)[-3000:]
    checkpoints = glob.glob(str(tmp_path / 'model' / 'models' / 'model.ckpt-2.index'))
    assert len(checkpoints) == 1, (done.stdout + done.stderr)[-3000:]
    outputs = glob.glob(str(tmp_path / 'output' / '*_niftynet_*'))
    assert outputs, (done.stdout + done.stderr)[-3000:]
    for path in outputs:
        if not path.endswith('.csv'):
            assert np.isfinite(np.asanyarray(nib.load(path).dataobj)).all()


def _config(folder, command, network, window, options):
    config = configparser.ConfigParser()
    sections = {
        options[key] for key in ('image', 'label', 'output', 'conditioning') if key in options
    }
    for name in sorted(sections):
        config[name] = {
            'path_to_search': str(folder / 'data'),
            'filename_contains': name,
            'filename_removefromid': '_' + name,
            'spatial_window_size': str((1, 1, 1) if name == 'kind' else window),
            'interp_order': '0' if name in ('label', 'kind') else '1',
        }
    _write_volumes(folder / 'data', sections, (32, 32, 1) if window[2] == 1 else (18, 21, 26))
    config['SYSTEM'] = {
        'model_dir': str(folder / 'model'),
        'num_threads': '1',
        'num_gpus': '1',
        'cuda_devices': '""',
    }
    config['NETWORK'] = {
        'name': network,
        'activation_function': 'relu',
        'batch_size': '2',
        'window_sampling': 'resize' if command in ('net_classify', 'net_gan') else 'uniform',
        'queue_length': '4',
        'whitening': str(command != 'net_gan'),  # which whitens what inference does not read
        'reg_type': 'L2',
        'decay': '0.001',
    }
    config['TRAINING'] = {
        'sample_per_volume': '2',
        'lr': '0.0001',
        'max_iter': '2',
        'save_every_n': '2',
        'tensorboard_every_n': '1',
        'loss_type': LOSSES.get(command, 'CrossEntropy'),
    }
    config['INFERENCE'] = {
        'save_seg_dir': str(folder / 'output'),
        'spatial_window_size': str(window),
        'border': '(0, 0, 0)',
        'inference_iter': '2',
    }
    config[SECTIONS[command]] = options
    with open(str(folder / 'config_run.ini'), 'w') as target:
        config.write(target)
    return str(folder / 'config_run.ini')


LOSSES = {'net_regress': 'L2Loss', 'net_autoencoder': 'VariationalLowerBound'}


def _write_volumes(folder, sections, shape):
    folder.mkdir()
    random = np.random.RandomState(6)
    for subject in range(2):
        for name in sorted(sections):
            size = (1, 1, 1) if name == 'kind' else shape
            values = random.uniform(0, 100, size=size)
            if name == 'kind':
                values = np.full(size, subject)
            elif name == 'label':
                values = values > 50
            image = nib.Nifti1Image(values.astype(np.float32), np.eye(4))
            nib.save(image, str(folder / 'subject{}_{}.nii.gz'.format(subject, name)))
