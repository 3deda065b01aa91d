# -*- coding: utf-8 -*-
"""The application through NiftyNet's engine: what it fetches, makes, and leaves as it is."""

import argparse
import os

import pytest

pytestmark = pytest.mark.slow
pytest.importorskip('niftynet')

from inference_runs import maps, run_plain, segmentations  # noqa: E402
from niftynet.application.base_application import SingletonApplication  # noqa: E402
from toy_runs import LAYER, change_config, make_toy  # noqa: E402

import niftynet_activations  # noqa: E402
from niftynet_activations.errors import InputError  # noqa: E402
from niftynet_activations.host.in_process import run_application  # noqa: E402

TWO = {'a': (20, 23, 25), 'b': (17, 30, 21)}


def run(config, folder, layers, *options):
    command = ['net_run', 'inference', '-a', 'niftynet_activations.app', '-c', config]
    words = ['--save_seg_dir', str(folder), '--activation_layers', layers]
    status, application = run_application(command + words + list(options))
    assert status == 0
    return application


def test_maps_beside_niftynet_s_own_result(tmp_path):
    config = make_toy(tmp_path / 'toy', TWO)
    run_plain(config, tmp_path / 'plain')
    application = run(config, tmp_path / 'ours', LAYER + ', conv_output_bn')
    expected = [(subject, layer) for subject in 'ab' for layer in (LAYER, 'conv_output_bn')]
    assert application.maps_of_run() == expected
    assert sorted(maps(tmp_path / 'ours')) == sorted(expected)
    assert segmentations(tmp_path / 'ours') == segmentations(tmp_path / 'plain')


def test_no_layer_is_niftynet_alone(tmp_path):
    config = make_toy(tmp_path / 'toy', TWO)
    run_plain(config, tmp_path / 'plain')
    application = run(config, tmp_path / 'ours', 'none')
    assert application.maps_of_run() == []
    assert segmentations(tmp_path / 'ours') == segmentations(tmp_path / 'plain')
    assert sorted(os.listdir(str(tmp_path / 'ours'))) == sorted(os.listdir(str(tmp_path / 'plain')))


def test_no_layer_and_no_subject_that_can_be_read(tmp_path):
    config = make_toy(tmp_path / 'toy', TWO)
    change_config(config, {'NETWORK': {'normalise_foreground_only': 'True'}})
    for name in os.listdir(str(tmp_path / 'toy' / 'data')):
        path = str(tmp_path / 'toy' / 'data' / name)
        os.truncate(path, os.path.getsize(path) // 2)
    with pytest.raises(InputError, match="^no subject could be done: 'a': .*'b': ") as caught:
        run(config, tmp_path / 'ours', 'none')
    assert '\n' not in str(caught.value)


def test_maps_written_over_others_tell_of_their_segmentation(tmp_path):
    config = make_toy(tmp_path / 'toy', TWO)
    told = []
    for _ in range(2):
        run(config, tmp_path / 'ours', LAYER)
        told.append({key: info['result'] for key, (_, info) in maps(tmp_path / 'ours').items()})
    assert told[0] == told[1] and len(told[0]) == 2


def test_training_has_no_options_of_ours():
    SingletonApplication.clear()
    try:
        application = niftynet_activations.app(
            argparse.Namespace(), argparse.Namespace(activation_layers='a]b'), 'train'
        )
        assert not hasattr(application, 'options') and application.maps_of_run() == []
    finally:
        SingletonApplication.clear()
