# -*- coding: utf-8 -*-
"""What the inventory promises of a layer is what a run gives."""

import os

import numpy as np
import pytest

pytestmark = pytest.mark.slow
niftynet = pytest.importorskip('niftynet')

from example_run import SUBJECTS, make_example  # noqa: E402
from inference_runs import maps, run_activations  # noqa: E402
from small_configs import path_of, read  # noqa: E402

from niftynet_activations import app  # noqa: E402
from niftynet_activations.inventory.listing import layers_of_config  # noqa: E402

READINGS = {
    'as it is': ('NETWORK', {}),
    'resampled': ('T1', {'pixdim': '(1.3, 0.9, 1.7)', 'axcodes': 'L, A, S'}),
    'resized': ('NETWORK', {'window_sampling': 'resize'}),
}


def changed(config, section, values):
    """The config with other values."""
    parsed = read(config)
    parsed[section].update(values)
    with open(config, 'w') as target:
        parsed.write(target)
    return config


@pytest.mark.parametrize('reading', sorted(READINGS))
def test_megabytes_are_those_of_the_first_subject_s_maps(reading, tmp_path):
    config = changed(make_example(tmp_path), *READINGS[reading])
    found = {layer.name: layer for layer in layers_of_config(config, app)}
    run_activations(config, tmp_path / 'out', '--activation_layers', 'all')
    for (subject, name), (image, _) in maps(tmp_path / 'out').items():
        if subject == min(SUBJECTS):
            assert found[name].megabytes == pytest.approx(np.prod(image.shape) * 4 / 1e6), name
            del found[name]
    assert [layer.name for layer in found.values() if layer.type] == []


def test_maps_are_exact_with_the_border_that_is_told(tmp_path):
    config = make_example(tmp_path)
    found = {layer.name: layer for layer in layers_of_config(config, app)}
    for name in ('conv_0_relu', 'bottleneck', 'join_concat'):
        border = found[name].exact_with_border
        assert border is not None
        text = ','.join(str(n) for n in border)
        folder = tmp_path / name
        run_activations(
            config, folder, '--activation_layers', name, '--activation_grid', 'aligned',
            '--border', text, '--volume_padding_size', text,
        )  # fmt: skip
        infos = [info for _, info in maps(folder).values()]
        assert [info['exact'] for info in infos] == [True] * len(SUBJECTS)
        assert [info['missing'] for info in infos] == [0] * len(SUBJECTS)


def test_files_that_are_missing_leave_the_megabytes_out(tmp_path):
    before = sorted(os.listdir(str(tmp_path)))
    found = layers_of_config(path_of('toynet'), app, ['--model_dir={}'.format(tmp_path)])
    assert {layer.megabytes for layer in found} == {None}
    assert [layer.exact_with_border for layer in found] == [[1, 1, 1]] * len(found)
    assert sorted(os.listdir(str(tmp_path))) == before


def test_a_list_of_files_that_the_user_keeps_is_left_alone(tmp_path):
    config = make_example(tmp_path)
    kept = tmp_path / 'kept.csv'
    kept.write_text('as it was\n')
    layers_of_config(changed(config, 'T1', {'csv_file': str(kept)}), app)
    assert kept.read_text() == 'as it was\n'


def test_layers_that_cannot_be_exact_say_why():
    found = layers_of_config(path_of('nonewnet'), app)
    assert {layer.exact_with_border is None for layer in found} == {True, False}
    assert all((layer.exact_with_border is None) == bool(layer.inexact_because) for layer in found)
    assert {layer.inexact_because for layer in found} == {
        None,
        'it takes a value over the whole window',
    }


@pytest.mark.parametrize('network', ['unet_2d', 'holisticnet', 'dense_vnet'])
def test_every_layer_has_a_border_or_a_reason(network):
    found = layers_of_config(path_of(network), app)
    assert all((layer.exact_with_border is None) == bool(layer.inexact_because) for layer in found)


def test_no_border_is_told_that_the_network_does_not_allow():
    # 105 voxels in, 57 out: NiftyNet refuses a border below 24
    borders = [layer.exact_with_border for layer in layers_of_config(path_of('deepmedic'), app)]
    assert [24, 24, 24] in borders
    assert all(border is None or min(border) >= 24 for border in borders)
