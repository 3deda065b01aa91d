# -*- coding: utf-8 -*-
"""Configs and command lines that lack something, told in one line that says what to do."""

import os
import subprocess
import sys

import pytest

pytestmark = pytest.mark.slow
pytest.importorskip('niftynet')

from broken_example import copy_of, told  # noqa: E402
from example_run import ROOT, make_example  # noqa: E402

import niftynet_activations as na  # noqa: E402
from niftynet_activations.errors import CheckpointError, OptionError  # noqa: E402
from niftynet_activations.host import config_errors  # noqa: E402


@pytest.fixture(scope='module')
def example(tmp_path_factory):
    return make_example(tmp_path_factory.mktemp('example'))


def rename(old, new):
    def change(config):
        config[new] = config[old]
        config.remove_section(old)
        if new == 'REGRESSION':
            for option in ('num_classes', 'output_prob', 'label_normalisation', 'label'):
                config.remove_option(new, option)

    return change


def drop(section):
    return lambda config: config.remove_section(section)


CASES = [
    (drop('INFERENCE'), 'has no [INFERENCE] section: add one with spatial_window_size'),
    (drop('NETWORK'), 'has no [NETWORK] section: add one with name'),
    (drop('SYSTEM'), 'has no [SYSTEM] section: add one with model_dir'),
    (rename('NETWORK', 'NETWROK'), 'has no [NETWORK] section (is [NETWROK] meant to be it?)'),
    (rename('INFERENCE', 'inference'), 'has no [INFERENCE] section (is [inference] meant'),
    (
        rename('SEGMENTATION', 'REGRESSION'),
        'it has a [REGRESSION] section and niftynet_activations.app is for [SEGMENTATION]: '
        'run it with -a niftynet_activations.regression_app',
    ),
    (rename('SEGMENTATION', 'GAN'), 'run it with -a niftynet_activations.gan_app'),
    (rename('SEGMENTATION', 'REGISTRATION'), 'label_driven_registration.RegApp inference -c'),
    (
        rename('SEGMENTATION', 'MYTASK'),
        'it has no [SEGMENTATION] section, which niftynet_activations.app needs; its sections are '
        'T1, label, SYSTEM,',
    ),
]


@pytest.mark.parametrize('change, message', CASES)
def test_a_section_that_is_missing(tmp_path, capfd, example, change, message):
    config = copy_of(example, tmp_path / 'copy', change)
    for words in (['layers'], ['verify', '--activation_layers', 'all']):
        status, said = told(capfd, words[0], '-c', config, *words[1:])
        assert status == 2 and message in said and "config '{}'".format(config) in said
    with pytest.raises(OptionError) as caught:
        na.layers(config)
    assert message in str(caught.value)


def test_an_application_derived_from_ours(tmp_path, example, monkeypatch):
    from niftynet.utilities import user_parameters_parser

    text = 'import niftynet_activations as na\n\n\nclass App(na.app):\n    pass\n'
    (tmp_path / 'derived_application.py').write_text(text)
    monkeypatch.syspath_prepend(str(tmp_path))
    config = copy_of(example, tmp_path / 'copy', drop('NETWORK'))
    words = ['net_run', 'inference', '-a', 'derived_application.App', '-c', config]
    monkeypatch.setattr(sys, 'argv', words)
    with pytest.raises(OptionError, match=r'has no \[NETWORK\] section'):
        user_parameters_parser.run()


def test_niftynet_s_own_applications_are_left_alone(tmp_path, example, monkeypatch):
    from niftynet.utilities import user_parameters_parser

    config = copy_of(example, tmp_path / 'copy', rename('SEGMENTATION', 'REGRESSION'))
    monkeypatch.setattr(sys, 'argv', ['net_segment', 'inference', '-c', config])
    with pytest.raises(ValueError, match='requires .SEGMENTATION. section') as caught:
        user_parameters_parser.run()
    assert not isinstance(caught.value, OptionError)


def test_training_needs_no_section_of_inference(tmp_path, example, monkeypatch):
    from niftynet.utilities import user_parameters_parser

    config = copy_of(example, tmp_path / 'copy', drop('INFERENCE'))
    words = ['net_run', 'train', '-a', 'niftynet_activations.app', '-c', config]
    monkeypatch.setattr(sys, 'argv', words)
    assert user_parameters_parser.run()[0]['SYSTEM'].action == 'training'


@pytest.mark.parametrize(
    'words, message',
    [
        (
            '--activation_layers res_2_*, conv_1',
            "the word 'conv_1' on the command line belongs to no option: where it is a part of "
            "--activation_layers, put the value in quotation marks: --activation_layers 'res_2_*, "
            "conv_1'",
        ),
        ('--border 4, 4, 4', "the word '4,' on the command line belongs to no option: where it"),
        ('--border=4, 4, 4', "--border '4, 4,'"),
        ('--activation_layer all --x', None),
        ('--activation_format nii --activation_lairs all', "did you mean 'activation_layers'?"),
        ('more', "the word 'more' on the command line belongs to no option"),
    ],
)
def test_words_that_belong_to_no_option(example, monkeypatch, words, message):
    from niftynet.utilities import user_parameters_parser

    before = 'net_run inference -a niftynet_activations.app -c ' + example
    monkeypatch.setattr(sys, 'argv', before.split() + words.split())
    with pytest.raises(OptionError) as caught:
        user_parameters_parser.run()
    assert '\n' not in str(caught.value)
    if message is not None:
        assert message in str(caught.value)


def test_words_in_any_order_are_as_before(example, monkeypatch):
    from niftynet.utilities import user_parameters_parser

    words = ['net_run', '-c', example, '-a', 'niftynet_activations.app', 'inference']
    monkeypatch.setattr(sys, 'argv', words + ['--border', '3', '--inference_iter', '-1'])
    assert user_parameters_parser.run()[0]['INFERENCE'].border == (3, 3, 3)


def test_a_model_folder_that_is_not_there(tmp_path, example, monkeypatch):
    def change(config):
        config['SYSTEM']['model_dir'] = 'no/such/model'

    config = copy_of(example, tmp_path / 'copy', change)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(CheckpointError) as caught:
        na.extract(config)
    home = config_errors.NiftyNetGlobalConfig().get_niftynet_home_folder()
    for place in (str(tmp_path), home):
        assert "'{}'".format(os.path.join(place, 'no/such/model')) in str(caught.value)


def test_net_run_ends_with_the_line_alone(tmp_path, example):
    config = copy_of(example, tmp_path / 'copy', rename('SEGMENTATION', 'REGRESSION'))
    words = ['inference', '-a', 'niftynet_activations.app', '-c', config]
    code = 'import sys; from niftynet import main; sys.argv[0] = "net_run"; sys.exit(main())'
    done = subprocess.run(
        [sys.executable, '-c', code] + words,
        env=dict(os.environ, PYTHONPATH=os.pathsep.join([ROOT] + sys.path)),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    said = done.stderr.decode()
    assert done.returncode == 1 and 'Traceback' not in said
    assert said.splitlines()[-1].startswith('niftynet_activations: error: config ')
