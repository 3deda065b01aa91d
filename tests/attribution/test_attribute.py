# -*- coding: utf-8 -*-
"""
``na.attribute`` beside the same formulas in one pass, and bad input.
"""

import os

import nibabel as nib
import numpy as np
import pytest

pytestmark = pytest.mark.slow
pytest.importorskip('niftynet')

import random_checkpoint  # noqa: E402
from direct_attribution import LABEL, RAW, Direct, check, read  # noqa: E402
from toy_runs import AFFINE, LAYER, change_config, image_path, make_toy  # noqa: E402

import niftynet_activations as na  # noqa: E402
from niftynet_activations.command_line import main  # noqa: E402
from niftynet_activations.errors import InputError, OptionError  # noqa: E402

LOGITS = 'conv_output_bn'
SMALL = {'a': (24, 22, 28)}  # multiples of the network's period of 2


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
