# -*- coding: utf-8 -*-
"""
Maps that call themselves exact equal one pass of the network over the whole reference volume.

The pass is made here by hand: the volume is read by nibabel, padded by numpy, and the layer's
tensor is found by its name in a graph built on the whole volume.
"""

import os

import numpy as np
import pytest

pytestmark = pytest.mark.slow
niftynet = pytest.importorskip('niftynet')

import random_checkpoint  # noqa: E402
from inference_runs import maps, read_voxels, run_activations  # noqa: E402
from small_configs import small_config  # noqa: E402

tf = random_checkpoint.tf
CASES = [
    # network, volume, window, border, padding, layers, maps that are exact when aligned
    ('toynet', (25, 31, 29), (16, 18, 20), (3, 3, 3), (3, 3, 3), 'all', 5),
    # one stride-2 convolution over axes longer than the window, 49 voxels among them
    (
        'highres3dnet_small',
        (33, 41, 49),
        (32, 40, 48),
        (8, 8, 8),
        (0, 0, 0),
        'conv_0_bn_relu,res_1_0,deconv_bn_relu',
        2,
    ),
    ('dense_vnet', (71, 60, 83), (48, 48, 48), (8, 8, 8), (8, 0, 8), 'conv_bn,avg_pooling', 2),
    ('vnet', (33, 47, 41), (48, 32, 32), (8, 8, 8), (8, 8, 8), 'L1.0,L1.1', 2),
    (
        'deepmedic',
        (20, 31, 25),
        (57, 57, 57),
        (24, 24, 24),
        (24, 24, 24),
        'normal_conv_bn_prelu_7,downsample_conv_bn_prelu_7,penultimate',
        3,
    ),
]


@pytest.mark.parametrize(
    'case, grid',
    [(case, 'aligned') for case in CASES] + [(case, 'niftynet') for case in CASES[:2]],
    ids=lambda value: value if isinstance(value, str) else value[0],
)
def test_exact_maps_equal_the_whole_pass(case, grid, tmp_path):
    network, shape, window, border, padding, layers, exact_when_aligned = case
    config_file = small_config(network, tmp_path, shape, window, border)
    random_checkpoint.write_checkpoint(config_file, str(tmp_path / 'model'), window)
    run_activations(
        config_file, tmp_path / 'ours', '--whitening', 'False', '--window_sampling', 'uniform',
        '--volume_padding_size', str(padding).replace(' ', ''), '--activation_layers', layers,
        '--activation_channels', '-1', '--activation_grid', grid,
    )  # fmt: skip
    exact = 0
    for image, info in maps(tmp_path / 'ours').values():
        assert info['exact'] in (True, False)
        assert bool(info['inexact_because']) is not info['exact']
        if info['exact']:
            exact += 1
            values = np.asanyarray(image.dataobj)
            whole = whole_pass(config_file, tmp_path, info, padding)
            expected = at_samples(whole[..., info['channels']], info, padding, shape)
            inside = np.isfinite(expected).reshape(values.shape)
            difference = np.abs(values - expected.reshape(values.shape))[inside].max()
            assert difference <= 1e-4 * np.ptp(whole), info['layer']
    if grid == 'aligned':
        assert exact == exact_when_aligned


def whole_pass(config_file, folder, info, padding):
    """
    :return: (x, y, z, channel), the layer over the reference volume
    """
    data = folder / 'data'
    volume = np.stack([read_voxels(data / name) for name in sorted(os.listdir(str(data)))], -1)
    volume = np.pad(volume, [(p, p) for p in padding] + [(0, 0)], 'minimum')
    added = [(0, n - m) for n, m in zip(info['reference_shape'], volume.shape)] + [(0, 0)]
    volume = np.pad(volume, added, 'edge')
    with tf.Graph().as_default(), tf.Session() as session:
        with tf.name_scope('worker_0'):
            image = tf.placeholder(tf.float32, (1,) + volume.shape)
            random_checkpoint.build_network(random_checkpoint.read_config(config_file), image)
        tf.train.Saver().restore(session, str(folder / 'model' / 'models' / 'model.ckpt-1'))
        tensor = tf.get_default_graph().get_tensor_by_name(info['tensor'])
        return session.run(tensor, {image: volume[np.newaxis]})[0]


def at_samples(whole, info, padding, shape):
    """The samples whose centres lie inside the image; NaN for those that the pass does not have."""
    index, there = [], []
    for axis in range(3):
        centres = info['offset'][axis] + info['stride'][axis] * np.arange(-100, 400)
        low, high = padding[axis] - 0.5, padding[axis] + shape[axis] - 0.5
        samples = np.arange(-100, 400)[(centres >= low) & (centres < high)]
        there.append((samples >= 0) & (samples < whole.shape[axis]))
        index.append(np.clip(samples, 0, whole.shape[axis] - 1))
    found = whole[np.ix_(*index)]
    found[~np.einsum('i,j,k->ijk', *there)] = np.nan
    return found
