# -*- coding: utf-8 -*-
"""
NiftyNet's twelve segmentation networks: the segmentation is plain NiftyNet's to the bit, and each
map is what the network gives for the same windows when it is run by hand.
"""

import itertools
import os

import numpy as np
import pytest

pytestmark = pytest.mark.slow
niftynet = pytest.importorskip('niftynet')

import random_checkpoint  # noqa: E402
from inference_runs import (  # noqa: E402
    maps,
    read_voxels,
    run_activations,
    run_plain,
    segmentations,
)
from niftynet.engine.sampler_grid_v2 import grid_spatial_coordinates  # noqa: E402
from small_configs import DEFAULT, NETWORKS, SMALL, small_config  # noqa: E402

tf = random_checkpoint.tf
INNER_LAYERS = {
    'highres3dnet': ',res_2_1/conv_0,res_3_0/*',
    'highres3dnet_small': ',res_3_0/bn_1',
    'highres3dnet_large': ',res_2_0/*',
    'scalenet': ',HighRes3DNet/res_2_0,**/res_3_1/*',
    'holisticnet': ',res_4_0/conv_1',
    'dense_vnet': ',dense_feature_stack_block_1/**',
}


# the config's own sampler takes the whole image; here windows of the grid are wanted
ROOMY = {'dense_vnet': ((50, 51, 60), (48, 48, 48), (4, 4, 4))}


@pytest.mark.parametrize('network', NETWORKS)
def test_maps_are_what_the_network_gives(network, tmp_path):
    shape, window, border = ROOMY.get(network) or SMALL.get(network, DEFAULT)
    config_file = small_config(network, tmp_path, shape, window, border)
    random_checkpoint.write_checkpoint(config_file, str(tmp_path / 'model'), window)
    layers = 'top,penultimate,probabilities' + INNER_LAYERS.get(network, '')
    options = '--whitening', 'False', '--window_sampling', 'uniform'
    run_plain(config_file, tmp_path / 'plain', *options)
    run_activations(
        config_file, tmp_path / 'ours', *options, '--activation_layers', layers,
        '--activation_channels', '-1',
    )  # fmt: skip
    assert segmentations(tmp_path / 'ours') == segmentations(tmp_path / 'plain')
    found = maps(tmp_path / 'ours')
    assert len(found) >= 3
    volume = _padded_volume(tmp_path, border)
    starts = _starts(volume.shape[:3], window, border)
    expected = _run_by_hand(
        config_file,
        tmp_path / 'model',
        [info for _, info in found.values()],
        volume,
        window,
        starts,
    )
    for (_, layer), (image, info) in found.items():
        by_hand = _place(expected[info['tensor']], starts, window, shape, border, info)
        found_map = np.asanyarray(image.dataobj).reshape(by_hand.shape)
        np.testing.assert_allclose(found_map, by_hand, rtol=1e-6, atol=1e-6, err_msg=layer)


def _padded_volume(folder, border):
    data = folder / 'data'
    files = sorted(os.listdir(str(data)))
    volume = np.stack([read_voxels(data / name) for name in files], -1)
    return np.pad(volume, [(b, b) for b in border] + [(0, 0)], 'minimum')


def _starts(shape, window, border):
    found = grid_spatial_coordinates(0, {'image': shape}, {'image': window}, border)['image']
    return [tuple(row) for row in found[:, 1:4]]


def _run_by_hand(config_file, model_dir, infos, volume, window, starts):
    """
    :return: tensor name -> one array (x, y, z, channel) a window
    """
    config = random_checkpoint.read_config(config_file)
    found = {info['tensor']: [] for info in infos}
    spatial = [n for n in window if n > 1]
    with tf.Graph().as_default(), tf.Session() as session:
        with tf.name_scope('worker_0'):
            images = tf.placeholder(tf.float32, [1] + spatial + [volume.shape[-1]])
            logits = random_checkpoint.build_network(config, images)
        tf.train.Saver().restore(session, str(model_dir / 'models' / 'model.ckpt-1'))
        graph = tf.get_default_graph()
        fetched = {
            name: tf.nn.softmax(logits)
            if 'activation_probabilities' in name
            else graph.get_tensor_by_name(name)
            for name in found
        }
        for x, y, z in starts:
            cut = volume[x : x + window[0], y : y + window[1], z : z + window[2]]
            values = session.run(fetched, {images: cut.reshape(images.shape.as_list())})
            for name, value in values.items():
                value = _ordinary_space(value, len(spatial))
                found[name].append(value.reshape(value.shape[:2] + (-1,) + value.shape[-1:]))
    return found


def _ordinary_space(value, rank):
    """From (d**rank, x / d, ..., channel) to (x, ..., channel)."""
    factor = int(round(value.shape[0] ** (1.0 / rank)))
    value = value.reshape((factor,) * rank + value.shape[1:])
    order = [axis for k in range(rank) for axis in (rank + k, k)] + [2 * rank]
    value = value.transpose(order)
    return value.reshape([n * factor for n in value.shape[0 : 2 * rank : 2]] + [value.shape[-1]])


def _place(windows, starts, window, shape, border, info):
    """Voxel by voxel along each axis: the window that sees the sample farthest from its faces."""
    channels = info['channels']
    index = []
    for axis in range(3):
        stride, offset = info['stride'][axis], info['offset'][axis]
        centres = [
            c
            for c in offset + stride * np.arange(-200, 400)
            if border[axis] - 0.5 <= c < border[axis] + shape[axis] - 0.5
        ]
        index.append(
            [_best(axis, c, starts, windows, window, shape, border, info) for c in centres]
        )
    result = np.full([len(axis) for axis in index] + [len(channels)], np.nan, np.float32)
    by_start = {start: values[..., channels] for start, values in zip(starts, windows)}
    for place in itertools.product(*(range(len(axis)) for axis in index)):
        along = [axis[position] for axis, position in zip(index, place)]
        if all(along):
            values = by_start[tuple(start for start, _ in along)]
            result[place] = _at(values, [sample for _, sample in along])
    return result


def _at(values, samples):
    """Linear between neighbours, one axis after the other."""
    for sample in samples:
        lower = int(sample)
        weight = np.float32(sample - lower)
        here = values[lower]
        values = here if weight == 0 else here * (1 - weight) + values[lower + 1] * weight
    return values


def _best(axis, centre, starts, windows, window, shape, border, info):
    """
    :return: (start, the place among its samples), or None where no window has the sample
    """
    total = shape[axis] + 2 * border[axis]
    candidates = []
    for start in sorted({each[axis] for each in starts}):
        sample = (centre - start - info['offset'][axis]) / info['stride'][axis]
        if not 0 <= sample <= windows[0].shape[axis] - 1:
            continue
        low = centre - start + 0.5 if start > 0 else np.inf
        high = start + window[axis] - 0.5 - centre if start + window[axis] < total else np.inf
        candidates.append((-min(low, high) if window[axis] > 1 else -np.inf, start, sample))
    return min(candidates)[1:] if candidates else None
