# -*- coding: utf-8 -*-
"""
Regression, classification, autoencoder and GAN: what NiftyNet writes is the plain class's, byte for
byte, and the maps lie where the images lie.
"""

import numpy as np
import pandas as pd
import pytest

pytestmark = pytest.mark.slow
pytest.importorskip('niftynet')

import niftynet_activations as na  # noqa: E402

na.app  # noqa: B018  registers the options

from application_runs import AFFINE, CASES, files, ours, run  # noqa: E402

from niftynet_activations.command_line import main  # noqa: E402
from niftynet_activations.errors import OptionError  # noqa: E402
from niftynet_activations.verification.verify import verify_config  # noqa: E402


@pytest.mark.parametrize('kind', sorted(CASES))
def test_the_own_output_is_that_of_the_plain_application(kind, runs):
    _, plain, folder = runs(kind)
    before, after = files(plain), files(folder)
    assert len(before) == 3  # one for each of two subjects, and the list
    assert {name: after.get(name) for name in before} == before
    added = set(after) - set(before)
    assert added and all(name.startswith(('activation', 'layers.csv')) for name in added)


@pytest.mark.parametrize('kind', sorted(CASES))
def test_maps_lie_on_the_image(kind, runs):
    """The first and last voxel of a resized window are those of the image."""
    _, _, folder = runs(kind)
    network, window, shape, _ = CASES[kind]
    maps = na.open_activations(str(folder))
    full = {
        'classification': 'first_bn_relu',
        'autoencoder': 'ConvDecoder_means',
        'gan': 'generator',
    }
    one = maps['a', full.get(kind, 'conv_input_bn_relu')]
    size = np.array(shape if kind == 'regression' else window)
    assert one.data.shape[:3] == tuple(size)
    ends = [one.affine @ [0, 0, 0, 1], one.affine @ np.append(size - 1, 1)]
    image = [AFFINE @ [0, 0, 0, 1], AFFINE @ np.append(np.array(shape) - 1, 1)]
    np.testing.assert_allclose(ends, image, atol=1e-4)


@pytest.mark.parametrize('kind', ['regression', 'classification'])
def test_verify_compares_with_one_pass(kind, runs):
    config, _, _ = runs(kind)
    options = ['--activation_layers', 'all', '--volume_padding_size', '0']
    if kind == 'regression':
        options += ['--activation_grid', 'aligned', '--border', '4']
    found = verify_config(config, options, ours(kind))
    compared = [layer for layer in found.layers if layer.samples]
    assert len(compared) >= 2
    for layer in compared:
        assert layer.exact and layer.share < 1e-5, layer


@pytest.mark.parametrize('kind', sorted(CASES))
def test_the_layers_are_listed(kind, runs, capfd):
    config, _, _ = runs(kind)
    assert main(['layers', '-c', config, '-a', ours(kind), '--depth', '1']) == 0
    listed = capfd.readouterr().out
    assert na.layers(config, application=ours(kind))
    results = {'autoencoder': 'logits:data_logvars', 'gan': 'generator'}
    assert results.get(kind, '') in listed and len(listed.splitlines()) > 2


@pytest.mark.parametrize('output', ['True', 'False'])  # probabilities, or the class
def test_the_class_of_a_whole_pass(runs, tmp_path, output):
    config, _, _ = runs('classification')
    words = ['--activation_layers', 'logits', '--output_prob', output, '--activation_pass']
    run(ours('classification'), config, tmp_path / 'windows', *words, 'windows')
    run(ours('classification'), config, tmp_path / 'whole', *words, 'whole')
    for subject in 'ab':
        found, expected = [
            pd.read_csv(str(tmp_path / way / 'csv_{}_x.csv'.format(subject)))
            for way in ('whole', 'windows')
        ]
        assert list(found) == list(expected) and found.shape == (1, 4 if output == 'True' else 2)
        np.testing.assert_allclose(found, expected, atol=1e-5)


def test_a_result_that_a_whole_pass_does_not_make(runs, tmp_path):
    config, _, _ = runs('autoencoder')
    words = ['--activation_pass', 'whole', '--activation_layers', 'logits']
    with pytest.raises(OptionError, match='WindowAsImageAggregator puts together: use .* windows'):
        run(ours('autoencoder'), config, tmp_path, *words)
