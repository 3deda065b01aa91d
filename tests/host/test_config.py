# -*- coding: utf-8 -*-
"""A config read by NiftyNet's parser: its window, its sections, and what is wrong with it."""

import sys

import pytest

pytestmark = pytest.mark.slow
pytest.importorskip('niftynet')

from toy_runs import change_config, write_toy_config  # noqa: E402

import niftynet_activations  # noqa: E402

niftynet_activations.app  # noqa: B018  registers the options, as net_run does

from niftynet_activations.errors import OptionError  # noqa: E402
from niftynet_activations.host.config import (  # noqa: E402
    image_sections,
    read_config,
    window_of,
)


def config_with(folder, changes, sampling='uniform'):
    return change_config(write_toy_config(str(folder / 'config.ini'), sampling), changes)


TWO = {
    'T2': {'path_to_search': '/nowhere', 'spatial_window_size': '(8, 10, 0)'},
    'SEGMENTATION': {'image': 'T1, T2'},
}


def test_arguments_are_put_back_and_overrides_win(tmp_path):
    before = list(sys.argv)
    config = read_config(config_with(tmp_path, {}), ['--border', '(1, 2, 3)'])
    assert sys.argv == before
    assert tuple(config.system['INFERENCE'].border) == (1, 2, 3)
    assert image_sections(config) == ['T1']


@pytest.mark.parametrize(
    'changes, sampling, window',
    [
        ({}, 'uniform', (12, 14, 16)),
        (dict(TWO), 'uniform', (12, 14, 16)),  # that of [INFERENCE]
        (dict(TWO), 'resize', (8, 10, 0)),  # that of the last section
        ({'INFERENCE': {'spatial_window_size': '(9, 11)'}}, 'uniform', (9, 11, 1)),
    ],
)
def test_the_window_is_niftynet_s(tmp_path, changes, sampling, window):
    assert window_of(read_config(config_with(tmp_path, changes, sampling))) == window


def test_without_a_window_of_inference_it_is_that_of_the_last_section(tmp_path):
    path = config_with(tmp_path, TWO)
    text = open(path).read()
    with open(path, 'w') as target:
        target.write(text.replace('[INFERENCE]\nspatial_window_size = (12, 14, 16)', '[INFERENCE]'))
    assert window_of(read_config(path)) == (8, 10, 0)


def test_a_section_that_is_not_there(tmp_path):
    config = read_config(config_with(tmp_path, {'SEGMENTATION': {'image': 'T1, FLAIR'}}))
    with pytest.raises(OptionError, match=r"image = 'T1,FLAIR': expected input sections.*T1"):
        image_sections(config)


@pytest.mark.parametrize(
    'section, option, value',
    [('NETWORK', 'batch_size', 'many'), ('NETWORK', 'no_such_option', '1')],
)
def test_what_the_parser_refuses_is_one_line(tmp_path, section, option, value):
    path = config_with(tmp_path, {section: {option: value}})
    with pytest.raises(OptionError, match=option) as caught:
        read_config(path)
    assert '\n' not in str(caught.value)
