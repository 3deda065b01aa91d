# -*- coding: utf-8 -*-
"""The segmentation is plain NiftyNet's, byte for byte, whatever the settings; and the errors."""

import os

import nibabel as nib
import numpy as np
import pytest

pytestmark = pytest.mark.slow
niftynet = pytest.importorskip('niftynet')

import random_checkpoint  # noqa: E402
from configs import write_config  # noqa: E402
from inference_runs import (  # noqa: E402
    maps,
    read_voxels,
    run_activations,
    run_plain,
    segmentations,
)

from niftynet_activations.errors import ActivationError  # noqa: E402

LABELS = (0, 40, 215)  # which label normalisation puts in the place of 0, 1, 2
WINDOW = (12, 14, 16)
CASES = {
    'labels': {},
    'probabilities': {'segmentation': dict(output_prob=True)},
    'one modality': {'segmentation': dict(image='T1')},
    'batches': {'network': dict(batch_size=3, whitening=True)},
    'border and padding': {
        'network': dict(volume_padding_size=3, whitening=True),
        'inference': dict(border=(3, 3, 3)),
    },
    'border alone': {'inference': dict(border=(2, 1, 3))},
    'orientation and resampling': {
        'reading': dict(axcodes='(P, I, R)', pixdim=(1.0, 1.4, 1.2)),
        'inference': dict(output_interp_order=1),
    },
    'label normalisation': {
        'network': dict(histogram_ref_file='{folder}/labels.txt'),
        'segmentation': dict(label='truth', label_normalisation=True),
    },
    'resize': {'network': dict(window_sampling='resize', batch_size=2)},
}


def write_case(folder, reading=(), network=(), inference=(), segmentation=()):
    random = np.random.RandomState(1)
    affine = np.diag([-1.1, 0.9, 1.3, 1.0])
    affine[0, 1] = affine[1, 0] = 0.2
    os.makedirs(str(folder / 'data'))
    for subject, shape in (('a', (20, 23, 25)), ('b', (17, 30, 21))):
        for modality in ('T1', 'T2'):
            image = nib.Nifti1Image(random.uniform(0, 9, shape).astype(np.float32), affine)
            nib.save(image, str(folder / 'data' / '{}_{}.nii.gz'.format(subject, modality)))
        truth = nib.Nifti1Image(random.choice(LABELS, shape).astype(np.int16), affine)
        nib.save(truth, str(folder / 'data' / '{}_truth.nii.gz'.format(subject)))
    (folder / 'labels.txt').write_text(
        'label_truth-from {} {} {}\nlabel_truth-to 0 1 2\n'.format(*LABELS)
    )
    config = folder / 'config.ini'
    reference = dict(network).get('histogram_ref_file', '').format(folder=folder) or None
    changes = {
        'NETWORK': dict(dict(queue_length=8), **dict(network, histogram_ref_file=reference)),
        'INFERENCE': dict(inference, save_seg_dir=str(folder / 'out')),
        'SEGMENTATION': dict(
            dict(image='T1,T2', num_classes=3, output_prob=False), **dict(segmentation)
        ),
    }
    images = {name: dict(reading) for name in ('T1', 'T2')}
    images['truth'] = dict(reading, interp_order=0)
    write_config(config, images, WINDOW, changes)
    random_checkpoint.write_checkpoint(str(config), str(folder / 'model'))
    return config


@pytest.mark.parametrize('case', sorted(CASES))
def test_segmentation_and_its_list_are_the_same(case, tmp_path):
    config = write_case(tmp_path, **CASES[case])
    run_plain(config, tmp_path / 'plain')
    run_activations(config, tmp_path / 'ours', '--activation_layers', 'all')
    plain = segmentations(tmp_path / 'plain')
    assert len(plain) == 2
    if case == 'label normalisation':
        for path in (tmp_path / 'plain').glob('window_seg_*'):
            assert set(np.unique(read_voxels(path))) <= set(LABELS)
    assert segmentations(tmp_path / 'ours') == plain
    listed = (tmp_path / 'plain' / 'inferred.csv').read_text()
    ours = (tmp_path / 'ours' / 'inferred.csv').read_text()
    assert ours == listed.replace(str(tmp_path / 'plain'), str(tmp_path / 'ours'))
    # layers that return one tensor share a map
    found = maps(tmp_path / 'ours').values()
    assert sum(1 + len(info['also']) for _, info in found) == 14
    assert all(info['missing'] == 0 for _, info in maps(tmp_path / 'ours').values())


@pytest.fixture(scope='module')
def case(tmp_path_factory):
    folder = tmp_path_factory.mktemp('errors')
    return write_case(folder), folder


@pytest.mark.parametrize(
    'options, message',
    [
        (['--activation_layers', 'conv_inptu*'], 'matches nothing; nearest: conv_input_bn_relu'),
        (['--activation_channels', '10'], r'has 10 channels \(0 to 9\)'),
        (['--activation_format', 'mgz'], 'expected one of nii.gz, nii, zarr'),
        (['--activation_reduce', 'no.such'], 'expected module.function'),
        (['--inference_iter', '7'], 'no checkpoint of iteration 7'),
        (['--model_dir', '/nowhere/at/all'], 'no checkpoint'),
        (['--spatial_window_size', '(40, 14, 16)'], 'larger than the volume'),
    ],
)
def test_bad_input_is_one_line_before_any_window(case, options, message):
    config, folder = case
    with pytest.raises(ActivationError, match=message) as caught:
        run_activations(config, folder / 'never', *options)
    assert '\n' not in str(caught.value)
    assert not maps(folder / 'never')


def test_an_option_in_another_section_is_refused(case):
    config, folder = case
    moved = folder / 'moved.ini'
    text = config.read_text()
    moved.write_text(text.replace('[NETWORK]', '[NETWORK]\nactivation_layers = all'))
    with pytest.raises(ActivationError, match=r'stands in section \[NETWORK\]: move it to'):
        run_activations(moved, folder / 'never')


def test_a_folder_that_is_a_file_is_refused(case):
    config, folder = case
    with pytest.raises(ActivationError, match='cannot be written'):
        run_activations(config, folder / 'never', '--activation_dir', str(config))
