# -*- coding: utf-8 -*-
"""
Runs with ``activation_pass = whole`` of networks that take few sizes of volume: the volume is made
as large as is needed, or the refusal says which step refuses which size. Values by hand.
"""

import glob
import os

import pytest

pytestmark = pytest.mark.slow
pytest.importorskip('niftynet')

import nibabel as nib  # noqa: E402
import numpy as np  # noqa: E402
import random_checkpoint  # noqa: E402
from configs import write_config  # noqa: E402
from inference_runs import maps, run_activations  # noqa: E402

from niftynet_activations.errors import GeometryError, RefusedWindowError  # noqa: E402

WINDOW = (12, 14, 16)
PLACE = 'Doubling/place'


def make(folder, network, shape, window=WINDOW):
    """:return: a config of one subject, and the subject's values"""
    os.makedirs(str(folder / 'data'))
    image = np.random.RandomState(3).uniform(0, 9, shape).astype(np.float32)
    nib.save(nib.Nifti1Image(image, np.diag([1, 2, 3, 1])), str(folder / 'data' / 'a_T1.nii.gz'))
    changes = {
        'NETWORK': dict(name='choosy_networks.' + network, whitening=False),
        'INFERENCE': dict(border=(0, 0, 0), activation_pass='whole', activation_layers='doubled'),
        'SEGMENTATION': dict(num_classes=2, output_prob=False),
    }
    config = write_config(folder / 'config.ini', ['T1'], window, changes)
    random_checkpoint.write_checkpoint(config, str(folder / 'model'))
    return config, image


def weights(folder):
    (index,) = glob.glob(str(folder / 'model' / 'models' / '*.index'))
    return random_checkpoint.tf.train.load_checkpoint(index[: -len('.index')]).get_tensor(PLACE)


@pytest.mark.parametrize(
    'network, shape, window, taken',
    [
        ('Placed', (9, 13, 15), WINDOW, WINDOW),
        ('OneSize', (11, 14, 10), WINDOW, WINDOW),
        ('Cube', (11, 19, 15), (12, 12, 12), (19, 19, 19)),
        ('Mirrored', (7, 21, 25), WINDOW, (12, 21, 25)),
    ],
)
def test_the_volume_is_made_as_large_as_is_needed(tmp_path, network, shape, window, taken):
    config, image = make(tmp_path, network, shape, window)
    run_activations(config, tmp_path / 'out')
    ((found, info),) = maps(tmp_path / 'out').values()
    expected = 2 * image
    if network == 'Placed':
        expected = expected + weights(tmp_path)[tuple(slice(n) for n in shape) + (0,)]
    np.testing.assert_allclose(np.squeeze(found.dataobj), expected, rtol=1e-6)
    assert info['exact'] is True and info['missing'] == 0
    assert tuple(info['reference_shape']) == taken


def test_a_window_that_the_network_refuses(tmp_path):
    config, _ = make(tmp_path, 'Cube', (11, 19, 15), (12, 12, 12))
    with pytest.raises(RefusedWindowError, match='on a window of 12 x 13 x 12: cubes alone; set'):
        run_activations(config, tmp_path / 'out', '--spatial_window_size', '12,13,12')


@pytest.mark.parametrize(
    'network, shape, told',
    [
        (
            'Placed',
            (13, 14, 16),
            "its weights 'Doubling/place' would be 13 x 14 x 16 x 1 and are 12",
        ),
        ('OneSize', (12, 14, 20), r'Cannot reshape a tensor with 3360 .*Reshape. of the network\)'),
    ],
)
def test_a_refusal_says_why_and_what_is_taken(tmp_path, network, shape, told):
    config, _ = make(tmp_path, network, shape)
    with pytest.raises(GeometryError, match=told) as caught:
        run_activations(config, tmp_path / 'out')
    assert '\n' not in str(caught.value) and 'it takes 12 x 14 x 16' in str(caught.value)
    assert not glob.glob(str(tmp_path / 'out' / 'activation_*'))
