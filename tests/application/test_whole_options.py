# -*- coding: utf-8 -*-
"""
``activation_pass = whole`` beside what else a run can do: forward hooks, operations of the graph,
tables and the report, volumes of any size; values against a pass by hand.
"""

import pytest

pytestmark = pytest.mark.slow
pytest.importorskip('niftynet')

import numpy as np  # noqa: E402
import pandas as pd  # noqa: E402
from inference_runs import maps, read_voxels, run_activations  # noqa: E402
from padded_pass import padded_pass, tf  # noqa: E402
from toy_runs import LAYER, make_toy  # noqa: E402

from niftynet_activations import register_forward_hook  # noqa: E402

SHAPES = {'a': (17, 19, 23), 'b': (21, 18, 25)}
PADDING = 2
NAMES = 'mean', 'std'  # of features
OPERATION = 'conv_input_bn_relu/bn_/batch_norm/mul_1'  # the output of no layer
WHOLE = ('--whitening', 'False', '--activation_pass', 'whole')


@pytest.fixture(scope='module')
def toy(tmp_path_factory):
    folder = tmp_path_factory.mktemp('whole_options') / 'toy'
    return folder, make_toy(folder, SHAPES)


@pytest.fixture(scope='module')
def by_hand(toy):
    """(subject, layer) -> values of a pass over the padded image, the padding taken away."""
    folder, config = toy
    found = {}
    endings = {LAYER: LAYER + '/relu_acti_/acti', 'op': '/' + OPERATION}
    for subject in SHAPES:
        values = padded_pass(folder, config, subject, PADDING, endings)
        inside = (0,) + (slice(PADDING, -PADDING),) * 3
        found.update({(subject, name): each[inside] for name, each in values.items()})
    return found


@pytest.fixture(scope='module')
def run(toy, tmp_path_factory):
    """A run with a hook, an operation, tables and the report: its folder."""
    folder = tmp_path_factory.mktemp('whole_options_out')
    chosen = '{},op:{}'.format(LAYER, OPERATION)
    words = ['--activation_layers', chosen, '--activation_report', 'True']
    words += ['--activation_tables', 'segmentation', '--activation_features', ','.join(NAMES)]
    # over the channels and over a neighbourhood: its windows need more than the layer's own
    with register_forward_hook(LAYER, neighbours):
        run_activations(toy[1], folder, *WHOLE, *words)
    return folder


def neighbours(layer, inputs, output):
    """The mean of 3 x 3 x 3 samples, in all of space, less twice the layer's image."""
    return tf.nn.avg_pool3d(output, [1, 3, 3, 3, 1], [1] * 5, 'SAME') - 2 * inputs[0]


def means_of_neighbours(values):
    """Inside: samples that have all their neighbours."""
    total = 0
    for x in range(3):
        for y in range(3):
            for z in range(3):
                n = [size - 2 for size in values.shape[:3]]
                total = total + values[x : x + n[0], y : y + n[1], z : z + n[2]]
    return total / 27


def test_hooks_and_operations(toy, by_hand, run):
    found = maps(run)
    names = sorted({layer for _, layer in found})
    assert len(found) == 4 and names[0] == LAYER and names[1].endswith(OPERATION)
    for (subject, layer), (image, info) in found.items():
        values = np.asanyarray(image.dataobj)
        assert info['exact'] is True and info['pass'] == 'whole' and info['missing'] == 0
        if layer == LAYER:
            path = toy[0] / 'data' / (subject + '_T1.nii.gz')
            inner = read_voxels(path)[1:-1, 1:-1, 1:-1, np.newaxis]
            expected = means_of_neighbours(by_hand[subject, LAYER]) - 2 * inner
            values = values[1:-1, 1:-1, 1:-1]
        else:
            expected = by_hand[subject, 'op']
        np.testing.assert_allclose(values, expected, rtol=1e-4, atol=1e-4)


def test_the_segmentation_is_the_network_s_own(by_hand, run):
    for subject in SHAPES:
        labels = np.squeeze(read_voxels(run / 'window_seg_{}_x.nii.gz'.format(subject)))
        np.testing.assert_array_equal(labels, by_hand[subject, 'logits'].argmax(-1))


def test_tables_features_and_the_report(by_hand, run):
    table = pd.read_csv(str(run / 'activation_table_x.csv'))
    features = pd.read_csv(str(run / 'activation_features_x.csv'))
    features = features.set_index('subject')
    operation = next(name for name in table['layer'].unique() if name != LAYER)
    for subject in SHAPES:
        values = by_hand[subject, 'op']
        labels = by_hand[subject, 'logits'].argmax(-1)
        rows = table[(table['subject'] == subject) & (table['layer'] == operation)]
        assert len(rows) == len(np.unique(labels)) * values.shape[-1]
        for _, row in rows.iterrows():
            inside = values[labels == row['label']][:, row['channel']]
            assert row['voxels'] == len(inside)
            np.testing.assert_allclose(row['mean'], inside.mean(dtype=np.float64), rtol=1e-4)
        for channel, name in enumerate(NAMES):
            found = features.loc[subject, '{}|{}|{}'.format(operation, channel, name)]
            expected = getattr(values[..., channel].astype(np.float64), name)()
            np.testing.assert_allclose(found, expected, rtol=1e-3)
    with open(str(run / 'report.html'), encoding='utf-8') as page:
        text = page.read()
    assert operation in text and LAYER in text and 'activation_table_x' in text


@pytest.mark.parametrize('options', [(), ('--activation_segmentation', 'none')])
def test_a_volume_smaller_than_a_window(toy, by_hand, tmp_path, options):
    words = ['--activation_layers', LAYER, '--spatial_window_size', '40,22,64']
    run_activations(toy[1], tmp_path, *WHOLE, *words, *options)
    found = maps(tmp_path)
    assert len(found) == len(SHAPES)
    for (subject, _), (image, info) in found.items():
        np.testing.assert_allclose(image.dataobj, by_hand[subject, LAYER], rtol=1e-5, atol=1e-6)
        assert info['exact'] is True
        if not options:
            labels = np.squeeze(read_voxels(tmp_path / 'window_seg_{}_x.nii.gz'.format(subject)))
            np.testing.assert_array_equal(labels, by_hand[subject, 'logits'].argmax(-1))
