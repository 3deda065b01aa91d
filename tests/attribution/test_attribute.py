# -*- coding: utf-8 -*-
"""
``net_activations attribute`` beside the same formulas in one pass: plain ``tf.gradients`` on a
network that is built anew on the whole volume.
"""

import os

import nibabel as nib
import numpy as np
import pytest

pytestmark = pytest.mark.slow
pytest.importorskip('niftynet')

import random_checkpoint  # noqa: E402
from application_runs import make_application, ours  # noqa: E402
from random_checkpoint import tf  # noqa: E402
from toy_runs import AFFINE, LAYER, change_config, image_path, make_toy  # noqa: E402

import niftynet_activations as na  # noqa: E402
from niftynet_activations.command_line import main  # noqa: E402
from niftynet_activations.errors import InputError, OptionError  # noqa: E402

RAW = {'NETWORK': {'volume_padding_size': 0, 'whitening': False}}
LABEL = 1
LOGITS = 'conv_output_bn'
SMALL = {'a': (24, 22, 28), 'b': (20, 26, 24)}  # multiples of the network's period of 2


class Direct(object):
    """One pass of a config's network over a whole volume."""

    def __init__(self, config, folder, volume):
        self.graph = tf.Graph()
        parsed = random_checkpoint.read_config(config)
        with self.graph.as_default(), tf.name_scope('worker_0'):
            self.image = tf.placeholder(tf.float32, (1,) + volume.shape + (1,))
            self.logits = random_checkpoint.build_network(parsed, self.image)
        self.feed = {self.image: volume[np.newaxis, ..., np.newaxis]}
        self.checkpoint = '{}/model/models/model.ckpt-1'.format(folder)

    def of(self, tensor, mask=None):
        """
        :return: values of a tensor, None standing for the input, and the gradient of the score
        """
        with self.graph.as_default(), tf.Session(
            config=random_checkpoint._session_options()
        ) as run:
            tf.train.Saver().restore(run, self.checkpoint)
            logits = run.run(self.logits, self.feed)
            target = logits.argmax(-1) == LABEL if mask is None else mask[np.newaxis]
            assert 20 < target.sum() < target.size
            of = self.image if tensor is None else self.graph.get_tensor_by_name(tensor)
            score = tf.reduce_sum(self.logits[..., LABEL] * target.astype(np.float32))
            self.score, self.voxels = run.run(score, self.feed), target.sum()
            return run.run([of, tf.gradients(score, of)[0]], self.feed)


def in_space(values):
    """Undo a dilated block of 2, whose voxels lie in the batch axis."""
    if len(values) == 1:
        return values[0]
    parts = values.reshape((2, 2, 2, 1) + values.shape[1:])
    x, y, z, channels = values.shape[1:]
    return parts.transpose(4, 0, 5, 1, 6, 2, 7, 3).reshape(2 * x, 2 * y, 2 * z, channels)


def expected(method, values, gradient):
    """
    :return: the map, and the range of what it is cut out of
    """
    values, gradient = in_space(values), in_space(gradient)
    if method == 'saliency':
        return np.abs(gradient), np.ptp(gradient)
    if method == 'hirescam':
        found = (values * gradient).sum(-1, keepdims=True)
        return found, np.ptp(found)
    found = (values * gradient.mean(axis=(0, 1, 2))).sum(-1, keepdims=True)
    return np.maximum(found, 0), np.ptp(found)


def check(one, method, values, gradient):
    right, extent = expected(method, values, gradient)
    assert extent > 0
    given = np.asarray(one.data)
    assert given.shape == right.shape
    assert np.abs(given - right).max() <= 1e-4 * extent


def read(folder, subject):
    return np.asarray(nib.load(image_path(folder, subject)).dataobj)


@pytest.fixture(scope='module')
def toy(tmp_path_factory):
    folder = tmp_path_factory.mktemp('toy')
    config = make_toy(folder, {'a': (20, 23, 25), 'b': (17, 30, 21)})
    os.makedirs(str(folder / 'lesions'))
    for subject in 'ab':
        shape = read(folder, subject).shape
        lesion = np.zeros(shape, np.uint8)
        lesion[3:11, 8:20, 5:18] = 2
        path = str(folder / 'lesions' / '{}_lesion.nii.gz'.format(subject))
        nib.save(nib.Nifti1Image(lesion, AFFINE), path)
    section = {
        'path_to_search': folder / 'lesions',
        'filename_contains': 'lesion',
        'filename_removefromid': '_lesion',
    }
    return folder, change_config(config, dict(RAW, lesion=section))


@pytest.fixture(scope='module')
def small(tmp_path_factory):
    folder = tmp_path_factory.mktemp('small')
    config = make_toy(folder, SMALL)
    window = '16, 18, 20'
    change_config(
        config,
        {
            'T1': {'spatial_window_size': window},
            'INFERENCE': {'spatial_window_size': window, 'border': '6, 6, 6'},
            'NETWORK': dict(RAW['NETWORK'], name='small_networks.SmallSegmenter'),
        },
    )
    random_checkpoint.write_checkpoint(config, str(folder / 'model'), (16, 18, 20))
    return folder, config


@pytest.mark.parametrize('method', ['gradcam', 'hirescam', 'saliency'])
def test_several_windows(toy, tmp_path, method):
    folder, config = toy
    layers = None if method == 'saliency' else [LAYER]
    maps = na.attribute(config, layers, LABEL, method, dir=str(tmp_path))
    assert maps.subjects == ['a', 'b']
    name = '{}/{}_label_1'.format('image' if layers is None else LAYER, method)
    for subject in maps.subjects:
        one = maps[subject, name]
        assert one.info['exact'] is True and one.info['windows'] > 8
        direct = Direct(config, folder, read(folder, subject))
        check(one, method, *direct.of(None if layers is None else one.info['tensor']))
        told = one.info['attribution']
        assert told['voxels'] == direct.voxels
        assert told['score'] == pytest.approx(direct.score, rel=1e-5)
        np.testing.assert_allclose(one.affine, AFFINE, atol=1e-5)


@pytest.mark.parametrize('method', ['gradcam', 'hirescam', 'saliency'])
def test_layers_of_other_lattices(small, tmp_path, method):
    folder, config = small
    layers = (
        None if method == 'saliency' else 'first_bn_relu, dilated_bn_relu, deep_bn_relu, logits'
    )
    options = {'grid': 'aligned', 'dir': str(tmp_path)}
    maps = na.attribute(config, layers, LABEL, method, **options)
    assert len(maps) == len(SMALL) * (1 if layers is None else 4)
    direct = {name: Direct(config, folder, read(folder, name)) for name in SMALL}
    for (subject, _), one in maps.items():
        assert one.info['exact'] is True, one.info['inexact_because']
        tensor = None if layers is None else one.info['tensor']
        check(one, method, *direct[subject].of(tensor))


def test_a_mask_and_batches(toy, tmp_path):
    folder, config = toy
    given = dict(label=LABEL, method='hirescam', dir=str(tmp_path))
    by_section = na.attribute(config, [LAYER], mask='lesion', batch_size=2, **given)
    name = LAYER + '/hirescam_label_1_masked'
    for subject in 'ab':
        one = by_section[subject, name]
        mask = np.zeros(one.data.shape[:3], bool)
        mask[3:11, 8:20, 5:18] = True
        direct = Direct(config, folder, read(folder, subject))
        check(one, 'hirescam', *direct.of(one.info['tensor'], mask))
        assert one.info['attribution']['target'] == 'lesion'
    expected_values = np.asarray(by_section['a', name].data)
    by_folder = na.attribute(config, [LAYER], mask=str(folder / 'lesions'), **given)
    np.testing.assert_allclose(np.asarray(by_folder['a', name].data), expected_values, atol=1e-5)


def test_windows_without_target_are_not_computed_again(toy, tmp_path, monkeypatch):
    from niftynet_activations.running.run import ActivationRun

    folder, config = toy
    came = []
    add = ActivationRun.add_window

    def counted(run, image_id, start, windows):
        came.append(start)
        add(run, image_id, start, windows)

    monkeypatch.setattr(ActivationRun, 'add_window', counted)
    maps = na.attribute(config, [LAYER], 1, 'hirescam', 'lesion', dir=str(tmp_path))
    windows = sum(one.info['windows'] for one in maps.values())
    assert 0 < len(set(came)) < windows
    assert not np.isnan(np.asarray(maps['a', LAYER + '/hirescam_label_1_masked'].data)).any()


def test_a_border_that_is_too_narrow_is_said(toy, tmp_path):
    _, config = toy
    maps = na.attribute(config, [LAYER], 1, 'hirescam', border='0, 0, 0', dir=str(tmp_path))
    info = maps['b', LAYER + '/hirescam_label_1'].info
    assert info['exact'] is False
    assert "the network's result is not exact: along y samples" in info['inexact_because']


def test_other_commands_take_the_maps(toy, tmp_path, capsys):
    folder, config = toy
    words = ['attribute', '-c', config, '--layers', LAYER, '--label', '1']
    assert main(words + ['--activation_dir', str(tmp_path)]) == 0
    told = capsys.readouterr().out.splitlines()
    assert told[-1] == '2 maps in {}'.format(tmp_path)
    assert told[0].startswith(
        "subject 'a', '{}/gradcam_label_1': score of label 1 over".format(LAYER)
    )
    maps = na.open_activations(str(tmp_path))
    weights = maps['a', LAYER + '/gradcam_label_1'].info['attribution']['weights']
    assert len(weights) == 10 and np.isfinite(weights).all()
    assert main(['report', str(tmp_path)]) == 0
    assert LAYER + '/gradcam_label_1' in (tmp_path / 'report.html').read_text(encoding='utf-8')


def test_classification(tmp_path):
    """The decision is linear in the mean over space: the weights are those of its layer."""
    config = make_application(tmp_path, 'classification', subjects=('a',))
    application = ours('classification')
    given = dict(dir=str(tmp_path / 'maps'), application=application)
    plain = na.extract(config, ['second_bn_relu'], **given)['a', 'second_bn_relu']
    maps = na.attribute(config, 'second_bn_relu', 2, 'gradcam', **given)
    one = maps['a', 'second_bn_relu/gradcam_label_2']
    reader = tf.train.load_checkpoint(str(tmp_path / 'model' / 'models' / 'model.ckpt-1'))
    weights = reader.get_tensor('SmallClassifier/decide/fc_/w')[:, 2]
    values = np.asarray(plain.data)
    found = (values * weights).sum(-1, keepdims=True) / values[..., 0].size
    np.testing.assert_allclose(one.data, np.maximum(found, 0), atol=1e-4 * np.ptp(found))
    assert one.info['attribution']['voxels'] is None


@pytest.mark.parametrize(
    'words, told',
    [
        ('--label 3 --layers ' + LAYER, 'label 3: the network has 3 classes, the labels 0, 1, 2'),
        ('--label one', "--label 'one': expected a whole number"),
        ('--label 1 --layers probabilities', 'has no gradient with respect to it: it lies behind'),
        ('--label 1 --layers nothing', "the selector 'nothing' matches nothing"),
        ('--label 1 --method cam', "method 'cam': expected one of gradcam, hirescam, saliency"),
        ('--label 1 --method saliency --layers all', 'asks the input, and not layers'),
        (
            '--label 1 --mask nowhere',
            'an input section of the config is possible too, and it has T1',
        ),
    ],
)
def test_bad_input(toy, tmp_path, capsys, words, told):
    _, config = toy
    command = ['attribute', '-c', config, '--activation_dir', str(tmp_path / 'maps')]
    assert main(command + words.split()) == 2
    said = capsys.readouterr()
    assert told in said.err and said.err.count('\n') == 1 and not said.out
    assert not (tmp_path / 'maps').exists() or not os.listdir(str(tmp_path / 'maps'))


def test_a_label_that_a_subject_does_not_have(tmp_path):
    config = make_toy(tmp_path, {'a': (12, 14, 16), 'flat': (12, 15, 16)})
    change_config(config, RAW)
    path = image_path(tmp_path, 'flat')
    nib.save(nib.Nifti1Image(np.zeros((12, 15, 16), np.float32), AFFINE), path)
    found = na.extract(config, LOGITS, dir=str(tmp_path / 'logits'), border=(0, 0, 0))
    own = set(np.argmax(found['flat', LOGITS].data, -1).ravel().tolist())
    label = min({0, 1, 2} - own)
    options = dict(dir=str(tmp_path / 'maps'), border=(0, 0, 0))
    with pytest.raises(
        InputError, match="'flat': the network gives the label {} to no".format(label)
    ):
        na.attribute(config, LAYER, label, **options)
    assert na.open_activations(str(tmp_path / 'maps')).subjects == ['a']
    os.remove(image_path(tmp_path, 'a'))
    with pytest.raises(OptionError, match='no subject could be done'):
        na.attribute(config, LAYER, label, **options)
