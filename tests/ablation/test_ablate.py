# -*- coding: utf-8 -*-
"""
The effect of channels on real NiftyNet, beside a plain TensorFlow session that is fed with the
layer's output, changed by numpy.
"""

import os

import nibabel as nib
import numpy as np
import pytest

pytestmark = pytest.mark.slow
pytest.importorskip('niftynet')

import random_checkpoint  # noqa: E402
from inference_runs import read_voxels  # noqa: E402
from toy_runs import LAYER, change_config, image_path, make_toy  # noqa: E402

from niftynet_activations import command_line  # noqa: E402
from niftynet_activations.ablation.ablate import Asked, ablate_config  # noqa: E402
from niftynet_activations.errors import InputError, OptionError, SelectionError  # noqa: E402

tf = random_checkpoint.tf
SHAPES = {'a': (17, 19, 23), 'b': (21, 18, 25)}
PADDING, CLASSES = 2, 3
CHANNELS = [1, 4]
THIN = {'INFERENCE': {'spatial_window_size': '(12, 14, 1)', 'border': '(2, 2, 0)'}}


def negative(layer, output):
    return -output


def flat(layer, output):
    return output[..., 0]


def prepared(folder, changes=None):
    """A config without whitening, its labels beside the images, and its checkpoint."""
    config = make_toy(folder / 'toy', SHAPES)
    change_config(config, {'NETWORK': {'whitening': 'False'}})
    if changes:
        change_config(config, changes)
        random_checkpoint.write_checkpoint(config, str(folder / 'toy' / 'model'))
    random = np.random.RandomState(5)
    os.makedirs(str(folder / 'labels'))
    for subject, shape in SHAPES.items():
        labels = random.randint(0, CLASSES + 1, shape).astype(np.uint8)
        image = nib.load(image_path(folder / 'toy', subject))
        path = str(folder / 'labels' / (subject + '.nii.gz'))
        nib.save(nib.Nifti1Image(labels, image.affine), path)
    return config


@pytest.fixture(scope='module')
def cases(tmp_path_factory):
    folders = [tmp_path_factory.mktemp('ablate') for _ in range(2)]
    return {
        'volumes': (folders[0], prepared(folders[0])),
        'slices': (folders[1], prepared(folders[1], THIN)),
    }


def inside(values):
    """Of a padded volume (z last, or first where it is the batch), the image."""
    return values[(slice(PADDING, -PADDING),) * 3]


class ByHand(object):
    """One subject's network in a session; space comes first, whatever the network sees."""

    def __init__(self, folder, config, subject, thin):
        volume = read_voxels(image_path(folder / 'toy', subject)).astype(np.float32)
        volume = np.pad(volume, PADDING, 'minimum')
        # slices along z are the batch
        self._volume = np.moveaxis(volume, 2, 0)[..., None] if thin else volume[None, ..., None]
        self._thin = thin
        graph = tf.Graph()
        with graph.as_default(), tf.name_scope('worker_0'):
            self._image = tf.placeholder(tf.float32, self._volume.shape)
            parsed = random_checkpoint.read_config(config)
            self._logits = random_checkpoint.build_network(parsed, self._image)
            self._session = tf.Session()
            tf.train.Saver().restore(
                self._session, str(folder / 'toy' / 'model' / 'models' / 'model.ckpt-1')
            )
        ending = LAYER + '/relu_acti_/acti'
        (layer,) = [each for each in graph.get_operations() if each.name.endswith(ending)]
        self._layer = layer.outputs[0]
        self.values = self._session.run(self._layer, {self._image: self._volume})

    def image(self, values):
        return inside(np.moveaxis(values, 0, 2) if self._thin else values[0])

    def classes(self, values):
        feed = {self._image: self._volume, self._layer: values}
        return self.image(self._session.run(self._logits, feed)).argmax(axis=-1)


def changed_by(by, hand, channel):
    values = hand.values.copy()
    one = values[..., channel]
    if by == 'mean':
        one[...] = hand.image(hand.values)[..., channel].mean(dtype=np.float64)
    elif by.endswith('negative'):
        one *= -1
    else:
        one *= 0 if by == 'zero' else float(by)
    return values


def dice(one, other):
    return 2 * (one & other).sum() / (one.sum() + other.sum())


def expected_rows(by, hand, truth):
    before = hand.classes(hand.values)
    for channel in CHANNELS:
        after = hand.classes(changed_by(by, hand, channel))
        for label in range(CLASSES):
            one, other, known = before == label, after == label, truth == label
            yield [channel, str(label), one.sum(), other.sum(), (one ^ other).sum()] + [
                dice(one, other),
                dice(known, one),
                dice(known, other),
            ]
        yield [channel, 'all', before.size, before.size, (before != after).sum()] + [np.nan] * 3


@pytest.mark.parametrize(
    'kind, by',
    [
        ('volumes', 'zero'),
        ('volumes', 'mean'),
        ('volumes', '0.5'),
        ('volumes', __name__ + '.negative'),
        ('slices', 'zero'),
        ('slices', 'mean'),
    ],
)
def test_each_row_is_that_of_a_plain_session(cases, kind, by):
    folder, config = cases[kind]
    labels = str(folder / 'labels')
    found, left_out = ablate_config(config, Asked(LAYER, '1,4', by, labels))
    assert not left_out and list(found['subject'].unique()) == ['a', 'b']
    assert set(found['by']) == {by} and set(found['layer']) == {LAYER}
    columns = 'channel label voxels voxels_after changed dice dice_before dice_after'.split()
    for subject, rows in found.groupby('subject'):
        hand = ByHand(folder, config, subject, kind == 'slices')
        truth = read_voxels(folder / 'labels' / (subject + '.nii.gz'))
        expected = list(expected_rows(by, hand, truth))
        assert len(rows) == len(expected) == len(CHANNELS) * (CLASSES + 1)
        for row, other in zip(rows[columns].values.tolist(), expected):
            assert [row[0], str(row[1])] == other[:2]
            # a class may turn at a voxel where two logits are equal but for rounding
            np.testing.assert_allclose(row[2:5], np.array(other[2:5], float), atol=3)
            np.testing.assert_allclose(row[5:], other[5:], atol=2e-3)
        change = rows['dice_after'] - rows['dice_before']
        np.testing.assert_allclose(rows['dice_change'], change, atol=1e-12)
    assert found['changed'].max() > 50


def test_several_layers_and_the_result_itself(cases):
    _, config = cases['volumes']
    found, _ = ablate_config(config, Asked(LAYER + ',logits', LAYER + '=3;logits=:'))
    groups = found.groupby(['layer', 'channel']).size()
    assert list(groups.index) == [(LAYER, 3)] + [('conv_output_bn', each) for each in range(3)]
    # a class whose logit is 0 everywhere, beside those that stay
    rows = found[(found['layer'] == 'conv_output_bn') & (found['label'] == 'all')]
    assert (rows['changed'] > 0).all()
    assert 'dice_before' not in found.columns


def test_the_command_writes_a_table_and_leaves_nothing_else(cases, tmp_path, capsys):
    _, config = cases['volumes']
    before = sorted(os.listdir(os.path.dirname(config)))
    words = ['ablate', '-c', config, '--layers', LAYER, '--channels', '2']
    assert command_line.main(words + ['-o', str(tmp_path / 'x.csv')]) == 0
    assert capsys.readouterr().out == str(tmp_path / 'x.csv') + '\n'
    lines = (tmp_path / 'x.csv').read_text().splitlines()
    assert lines[0] == 'subject,layer,channel,by,label,voxels,voxels_after,changed,dice'
    assert len(lines) == 1 + 2 * (CLASSES + 1) and os.listdir(str(tmp_path)) == ['x.csv']
    assert sorted(os.listdir(os.path.dirname(config))) == before


@pytest.mark.parametrize(
    'asked, error, message',
    [
        (Asked('conv_imput*'), SelectionError, '--layers.*matches nothing; nearest: conv'),
        (Asked(LAYER, '3,10'), SelectionError, "--channels '3,10' reaches beyond layer"),
        (Asked(LAYER, 'other=3'), SelectionError, '--channels'),
        (Asked('probabilities'), SelectionError, 'lies behind what the network returns'),
        (Asked('none'), OptionError, 'choose at least one layer'),
        (Asked(LAYER, by='half'), OptionError, "--by 'half'"),
        (
            Asked(LAYER, '0', __name__ + '.flat'),
            SelectionError,
            'expected a tensor like its output',
        ),
        (Asked(LAYER, labels='nowhere'), OptionError, 'nowhere'),
    ],
)
def test_bad_input_gets_one_line(cases, asked, error, message):
    with pytest.raises(error, match=message) as found:
        ablate_config(cases['volumes'][1], asked)
    assert '\n' not in str(found.value)


def test_a_network_without_classes_is_refused(tmp_path):
    from application_runs import make_application, ours

    config = make_application(tmp_path, 'regression')
    with pytest.raises(OptionError, match='at least two classes'):
        ablate_config(config, Asked('penultimate'), application=ours('regression'))


def test_a_subject_that_cannot_be_read_does_not_stop_the_others(tmp_path, capsys):
    config = prepared(tmp_path)
    with open(image_path(tmp_path / 'toy', 'a'), 'r+b') as stream:
        stream.truncate(9000)
    words = ['ablate', '-c', config, '--layers', LAYER, '--channels', '2']
    assert command_line.main(words) == 2
    told = capsys.readouterr()
    assert "'a'" in told.err and told.out.count('\nb,') == CLASSES + 1
    os.remove(image_path(tmp_path / 'toy', 'b'))
    with pytest.raises(InputError, match="'a'"):
        ablate_config(config, Asked(LAYER, '2'))
