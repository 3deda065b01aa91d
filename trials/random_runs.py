# -*- coding: utf-8 -*-
"""
Random combinations of network, window, border, volume, padding, grid and stitching, run through the
application, and every map compared with one pass of the network over its reference volume.

The pass is made here without the package: the volume is padded by numpy, and the layer's tensor is
found by its name in a graph that is built for the whole volume.

- *case*: the drawn settings, a dictionary that JSON can hold;
- *outcome*: of one map: ``exact`` as the sidecar says, ``difference`` from the pass divided by the
  map's range (None where there is no sample to compare), ``because`` (reason if not exact).
"""

import io
import os
import random
from contextlib import redirect_stdout

import nibabel as nib
import numpy as np
import random_checkpoint
import random_network
from configs import write_config
from inference_runs import maps, run_activations

from niftynet_activations.errors import ActivationError

tf = random_checkpoint.tf
REAL = {
    # network: windows that it accepts, layers to save
    'toynet': ((8, 10, 13, 16), 'all'),
    'highres3dnet_small': ((16, 24, 32), 'conv_0_bn_relu,res_1_0,res_2_0,deconv_bn_relu'),
    'vnet': ((16, 32), 'L1.0,L1.1,L2.0,R1'),
    'deepmedic': ((57,), 'normal_conv_bn_*_7,downsample_conv_bn_*_7,penultimate'),
}


def draw_case(seed, real=0.15):
    """
    :param seed: whole number
    :param real: share of cases with one of NiftyNet's networks
    :return: the case
    """
    rng = random.Random(seed)
    case = dict(seed=seed, network='random_network.RandomNet', layers='all', recipe=None)
    sizes = rng.choice(((12, 24), (12, 24), (12, 16, 18, 20, 24), (8, 10, 13, 15, 17)))
    if rng.random() < real:
        case['network'] = rng.choice(['toynet'] * 3 + ['highres3dnet_small'] * 3 + ['vnet'])
        if rng.random() < 0.08:
            case['network'] = 'deepmedic'
        sizes, case['layers'] = REAL[case['network']]
    else:
        case['recipe'] = random_network.draw_recipe(rng)
    window = [rng.choice(sizes) for _ in range(3)]
    thin = case['recipe'] is not None and rng.random() < 0.2
    if thin:
        window[2] = 1
    case['window'] = window
    case['border'] = [rng.choice((0, n // 4, rng.randint(0, max(n // 2 - 1, 0)))) for n in window]
    case['padding'] = [rng.choice((0, rng.randint(0, 6), b)) for b in case['border']]
    if case['network'] == 'deepmedic':
        # its output is that much smaller than its window, which NiftyNet expects as the border
        case['border'] = case['padding'] = [24, 24, 24]
    long_axis = rng.randrange(2 if thin else 3)
    longer = [rng.randint(0, 4) for _ in window]
    longer[long_axis] = rng.randint(window[long_axis] // 2, 2 * window[long_axis])
    if case['network'] == 'deepmedic':
        longer = [min(n, 9) if n > 4 else 0 for n in longer]
    if thin:
        longer[2], case['padding'][2], case['border'][2] = rng.randint(1, 2), 0, 0
    # windows are cut from the padded image, so the image is smaller, but not empty
    case['volume'] = [max(n + a - 2 * p, 2) for n, a, p in zip(window, longer, case['padding'])]
    case['mode'] = rng.choice(('minimum', 'edge', 'reflect', 'constant'))
    if any(p >= n for p, n in zip(case['padding'], case['volume'])):
        case['mode'] = 'edge'
    case['batch'] = rng.choice((1, 1, 2, 3))
    case['grid'] = rng.choice(('aligned', 'aligned', 'niftynet'))
    case['stitch'] = rng.choice(('crop',) * 6 + ('average', 'gaussian'))
    case['reduce'] = rng.choice(('none',) * 5 + ('mean', 'l2', 'max'))
    return case


def write_case_config(path, case):
    """
    :param path: of the config
    :param case: a dictionary with window, border, padding, mode, network and batch
    """
    padding = dict(
        volume_padding_size=','.join(str(n) for n in case['padding']),
        volume_padding_mode=case['mode'],
    )
    border = ','.join(str(n) for n in case['border'])
    changes = {
        'NETWORK': dict(padding, name=case['network'], batch_size=case['batch'], queue_length=8),
        'INFERENCE': dict(border=border, save_seg_dir=os.path.join(os.path.dirname(path), 'out')),
        'SEGMENTATION': dict(num_classes=2, output_prob=True),
    }
    changes['INFERENCE']['output_postfix'] = None
    images = {'image': dict(filename_removefromid=None, interp_order=None)}
    write_config(path, images, ','.join(str(n) for n in case['window']), changes)


def run_case(case, folder):
    """
    :param case: a drawn case
    :param folder: an empty folder, :class:`pathlib.Path`
    :return: list of outcomes, and why the run was refused (None if it was not)
    """
    random_network.RandomNet.recipe = case['recipe'] or ()
    (folder / 'data').mkdir()
    values = np.random.RandomState(case['seed']).normal(0, 1, case['volume']).astype(np.float32)
    nib.save(nib.Nifti1Image(values, np.eye(4)), str(folder / 'data' / 'subject_image.nii.gz'))
    config = str(folder / 'config.ini')
    write_case_config(config, case)
    try:
        with redirect_stdout(io.StringIO()):
            random_checkpoint.write_checkpoint(config, str(folder / 'model'))
    except (ValueError, AssertionError, tf.errors.InvalidArgumentError) as error:
        return [], 'the network takes no such window: {}'.format(str(error).splitlines()[0])
    try:
        run_activations(
            config, folder / 'out',
            '--activation_layers', case['layers'], '--activation_grid', case['grid'],
            '--activation_stitch', case['stitch'], '--activation_reduce', case['reduce'],
        )  # fmt: skip
    except ActivationError as error:
        return [], str(error)
    return compare(case, config, folder, values), None


def compare(case, config, folder, values):
    """
    :param case: a drawn case
    :param config: path of the config
    :param folder: folder with the checkpoint and the run's output
    :param values: voxels of the image, (x, y, z)
    :return: list of outcomes
    """
    found = maps(folder / 'out')
    by_shape = {}
    for image, info in found.values():
        by_shape.setdefault(tuple(info['reference_shape']), []).append((image, info))
    outcomes = []
    for shape, group in sorted(by_shape.items(), key=str):
        if None in shape:
            outcomes += [_outcome(info, None) for _, info in group]
            continue
        wholes = whole_pass(case, config, folder, values, shape, [info for _, info in group])
        for (image, info), whole in zip(group, wholes):
            outcomes.append(_outcome(info, _difference(case, image, info, whole)))
    return outcomes


def _outcome(info, difference):
    return dict(
        layer=info['layer'],
        exact=info['exact'],
        because=info['inexact_because'],
        difference=difference,
    )


def whole_pass(case, config, folder, values, shape, infos):
    """
    :param shape: shape of the reference volume, the padded and extended image
    :param infos: sidecars of the maps
    :return: for each map the expected values, (x, y, z, channel), over the reference volume
    """
    pads = [(p, p) for p in case['padding']]
    volume = np.pad(values, pads, case['mode'])
    volume = np.pad(volume, [(0, n - m) for n, m in zip(shape, volume.shape)], 'edge')
    # a network of two dimensions sees slices
    thin = case['window'][2] == 1
    volume = np.moveaxis(volume, 2, 0)[..., np.newaxis] if thin else volume[np.newaxis, ..., None]
    with tf.Graph().as_default() as graph, tf.Session() as session:
        with tf.name_scope('worker_0'):
            image = tf.placeholder(tf.float32, (1,) + volume.shape[1:])
            random_checkpoint.build_network(random_checkpoint.read_config(config), image)
        tf.train.Saver().restore(session, str(folder / 'model' / 'models' / 'model.ckpt-1'))
        tensors = [graph.get_tensor_by_name(info['tensor']) for info in infos]
        tensors = [in_ordinary_space(each) for each in tensors]
        parts = [session.run(tensors, {image: part[np.newaxis]}) for part in volume]
    found = []
    for values_of_layer, info in zip(zip(*parts), infos):
        whole = (
            np.stack([each[0] for each in values_of_layer], 2) if thin else parts[0][len(found)][0]
        )
        whole = whole[..., info['channels']] if info['reduce'] == 'none' else whole
        found.append(REDUCE[info['reduce']](whole.astype(np.float64)))
    return found


REDUCE = {
    'none': lambda x: x,
    'mean': lambda x: x.mean(-1, keepdims=True),
    'max': lambda x: x.max(-1, keepdims=True),
    'l2': lambda x: np.sqrt((x**2).sum(-1, keepdims=True)),
}


def in_ordinary_space(tensor):
    """Undo space-to-batch of dilated blocks, whose factor is always 2 in these networks."""
    batch = tensor.shape.as_list()[0]
    rank = tensor.shape.ndims - 2
    block = int(round(batch ** (1.0 / rank)))
    while block > 1:
        step = 2
        tensor = tf.batch_to_space_nd(tensor, [step] * rank, [[0, 0]] * rank)
        block //= step
    return tensor


def _difference(case, image, info, whole):
    values = np.asanyarray(image.dataobj).astype(np.float64)
    values = values.reshape(values.shape[:3] + (-1,))
    expected = at_samples(whole, info, case)
    assert expected.shape == values.shape, (info['layer'], expected.shape, values.shape)
    there = np.isfinite(expected) & np.isfinite(values)
    if not there.any():
        return None
    return float(np.abs(values - expected)[there].max() / max(np.ptp(whole), 1e-20))


def at_samples(whole, info, case):
    """Cut out the samples whose centres lie inside the image; NaN where the pass has none."""
    index, there = [], []
    for axis in range(3):
        numbers = np.arange(-300, 600)
        centres = info['offset'][axis] + info['stride'][axis] * numbers
        low = case['padding'][axis] - 0.5
        inside = (centres >= low - 1e-6) & (centres < low + case['volume'][axis] - 1e-6)
        samples = numbers[inside]
        there.append((samples >= 0) & (samples < whole.shape[axis]))
        index.append(np.clip(samples, 0, whole.shape[axis] - 1))
    if not whole.size:  # crops have removed all samples
        return np.full([len(each) for each in index] + [whole.shape[3]], np.nan)
    found = whole[np.ix_(*index)].copy()
    found[~np.einsum('i,j,k->ijk', *there)] = np.nan
    return found
