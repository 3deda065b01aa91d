# -*- coding: utf-8 -*-
"""A config's values as NiftyNet's driver gets them, with nothing written on the way."""

import os

import pytest

pytestmark = pytest.mark.slow
pytest.importorskip('niftynet')

from toy_runs import change_config, make_toy  # noqa: E402

import niftynet_activations  # noqa: E402
from niftynet_activations.errors import OptionError  # noqa: E402
from niftynet_activations.host.parameters import copies, read_parameters  # noqa: E402

niftynet_activations.app  # noqa: B018  registers the options


@pytest.fixture(scope='module')
def toy(tmp_path_factory):
    return make_toy(tmp_path_factory.mktemp('parameters') / 'toy')


def test_paths_start_from_the_model(toy, monkeypatch):
    model = os.path.join(os.path.dirname(toy), 'model')
    before = sorted(os.listdir(model))
    words = ['--histogram_ref_file', 'landmarks.txt', '--save_seg_dir', 'out']
    config = read_parameters(toy, words)
    assert config.system['SYSTEM'].model_dir == model
    assert config.system['NETWORK'].histogram_ref_file == os.path.join(model, 'landmarks.txt')
    assert config.system['INFERENCE'].save_seg_dir == os.path.join(model, 'out')
    assert sorted(os.listdir(model)) == before


def test_copies_are_their_own(toy):
    config = read_parameters(toy)
    system, inputs = copies(config)
    system['NETWORK'].name = inputs['T1'].csv_file = 'other'
    assert config.system['NETWORK'].name == 'toynet'
    assert config.inputs['T1'].csv_file != 'other'


def test_what_is_lacking(tmp_path):
    config = change_config(make_toy(tmp_path / 'toy'), {})
    with open(config) as stream:
        text = stream.read()
    with open(config, 'w') as stream:
        stream.write(text.replace('num_classes = 3\n', 'num_classes =\n'))
    with pytest.raises(OptionError, match='config') as caught:
        read_parameters(config)
    assert '\n' not in str(caught.value)
