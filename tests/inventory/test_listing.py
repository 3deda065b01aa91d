# -*- coding: utf-8 -*-
"""What the inventory promises of a layer is what a run gives."""

import csv
import os

import numpy as np
import pytest

pytestmark = pytest.mark.slow
niftynet = pytest.importorskip('niftynet')

from example_run import SUBJECTS, make_example  # noqa: E402
from inference_runs import maps, run_activations  # noqa: E402
from random_checkpoint import write_checkpoint  # noqa: E402
from small_configs import DEFAULT, SMALL, path_of, read  # noqa: E402
from toy_runs import make_toy  # noqa: E402

from niftynet_activations import app  # noqa: E402
from niftynet_activations.capturing import recording  # noqa: E402
from niftynet_activations.capturing.building import build_network  # noqa: E402
from niftynet_activations.errors import OptionError, SelectionError  # noqa: E402
from niftynet_activations.geometry import graph  # noqa: E402
from niftynet_activations.host.application_names import APPLICATION  # noqa: E402
from niftynet_activations.host.config import read_config  # noqa: E402
from niftynet_activations.inventory.listing import (  # noqa: E402
    inventory_of_config,
    layers_of_config,
    layers_of_network,
)

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
    found = {layer.name: layer for layer in layers_of_config(config, APPLICATION)}
    run_activations(config, tmp_path / 'out', '--activation_layers', 'all')
    for (subject, name), (image, info) in maps(tmp_path / 'out').items():
        if subject == min(SUBJECTS):
            for each in [name] + info['also']:  # layers that return the same tensor
                expected = pytest.approx(np.prod(image.shape) * 4 / 1e6)
                assert found.pop(each).megabytes == expected, each
    assert [layer.name for layer in found.values() if layer.type] == []


def test_maps_are_exact_with_the_border_that_is_told(tmp_path):
    config = make_example(tmp_path)
    found = {layer.name: layer for layer in layers_of_config(config, APPLICATION)}
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
    found = layers_of_config(path_of('toynet'), APPLICATION, ['--model_dir={}'.format(tmp_path)])
    assert {layer.megabytes for layer in found} == {None}
    assert [layer.exact_with_border for layer in found] == [[1, 1, 1]] * len(found)
    assert sorted(os.listdir(str(tmp_path))) == before


def test_a_list_of_files_that_the_user_keeps_is_left_alone(tmp_path):
    config = make_example(tmp_path)
    kept = tmp_path / 'kept.csv'
    kept.write_text('as it was\n')
    layers_of_config(changed(config, 'T1', {'csv_file': str(kept)}), APPLICATION)
    assert kept.read_text() == 'as it was\n'


def test_layers_that_cannot_be_exact_say_why():
    found = layers_of_config(path_of('nonewnet'), APPLICATION)
    assert {layer.exact_with_border is None for layer in found} == {True, False}
    assert all((layer.exact_with_border is None) == bool(layer.inexact_because) for layer in found)
    assert {layer.inexact_because for layer in found} == {
        None,
        'it takes a value over the whole window',
    }


@pytest.mark.parametrize('network', ['unet_2d', 'holisticnet', 'dense_vnet'])
def test_every_layer_has_a_border_or_a_reason(network):
    found = layers_of_config(path_of(network), APPLICATION)
    assert all((layer.exact_with_border is None) == bool(layer.inexact_because) for layer in found)


def test_no_border_is_told_that_the_network_does_not_allow():
    # 105 voxels in, 57 out: NiftyNet refuses a border below 24
    borders = [
        layer.exact_with_border for layer in layers_of_config(path_of('deepmedic'), APPLICATION)
    ]
    assert [24, 24, 24] in borders
    assert all(border is None or min(border) >= 24 for border in borders)


def two_modalities(folder, inference, first, last, sampling='uniform'):
    """A config of toynet on two input sections with windows of their own."""
    config = make_toy(folder, {'a': (20, 23, 25)}, sampling=sampling)
    parsed = read(config)
    parsed['T2'] = dict(parsed['T1'], spatial_window_size=last)
    parsed['T1']['spatial_window_size'] = first
    parsed['SEGMENTATION']['image'] = 'T1,T2'
    parsed.remove_option('INFERENCE', 'spatial_window_size')
    if inference:
        parsed['INFERENCE']['spatial_window_size'] = inference
    with open(config, 'w') as target:
        parsed.write(target)
    write_checkpoint(config, str(folder / 'model'), window=(12, 14, 16))
    return config


@pytest.mark.parametrize(
    'inference, first, last, sampling, window',
    [
        ('', '(12, 14, 16)', '(16, 12, 14)', 'uniform', [16, 12, 14]),
        ('(14, 16, 12)', '(12, 14, 16)', '(16, 12, 14)', 'uniform', [14, 16, 12]),
        ('(14, 16, 12)', '(12, 14, 16)', '(16, 12, 14)', 'resize', [16, 12, 14]),
        # whole axes are those of the image, without the volume padding of 2 voxels
        ('', '(12, 14, 16)', '(0, 12, -1)', 'uniform', [20, 12, 25]),
        ('(14, 0, 12)', '(12, 14, 16)', '(16, 12, 14)', 'uniform', [14, 23, 12]),
    ],
)
def test_the_window_is_the_one_that_a_run_takes(inference, first, last, sampling, window, tmp_path):
    config = two_modalities(tmp_path / 'toy', inference, first, last, sampling)
    told = inventory_of_config(config, APPLICATION)
    run_activations(config, tmp_path / 'out', '--activation_layers', 'conv_output_bn')
    with open(str(tmp_path / 'out' / 'layers.csv')) as rows:
        ran = {row['name']: row['shape'] for row in csv.DictReader(rows)}
    assert {each.name: str(each.shape) for each in told.layers} == ran
    assert told.layers[0].shape[:-1] == window
    assert all(each.stride == [1, 1, 1] and each.megabytes for each in told.layers)
    whole = [note for note in told.notes if '{} x {} x {}'.format(*window) in note]
    assert len(whole) == len(told.notes) == ('0' in inference + last.replace('(16, 12, 14)', ''))


def test_a_config_whose_last_section_has_no_window_is_refused_as_by_niftynet(tmp_path):
    config = two_modalities(tmp_path / 'toy', '', '(12, 14, 16)', '(16, 12, 14)')
    parsed = read(config)
    parsed.remove_option('T2', 'spatial_window_size')
    with open(config, 'w') as target:
        parsed.write(target)
    with pytest.raises(OptionError, match=r'spatial_window_size is missing: expected it in \[T2\]'):
        inventory_of_config(config, APPLICATION)
    with pytest.raises(ValueError, match='Unknown output window size'):
        run_activations(config, tmp_path / 'out')


def test_a_whole_axis_of_images_that_are_not_there_is_said_to_be_open():
    told = inventory_of_config(path_of('toynet'), APPLICATION, ['--spatial_window_size=0,24,25'])
    assert [each.shape[:-1] for each in told.layers] == [[None, 24, 25]] * len(told.layers)
    (note,) = told.notes
    assert 'spatial_window_size = 0,24,25' in note and "path_to_search = 'data/my_subjects'" in note
    with pytest.warns(UserWarning, match='strides, receptive fields'):
        layers_of_config(path_of('toynet'), APPLICATION, ['--spatial_window_size=0,24,25'])


@pytest.mark.parametrize(
    'network, window, listed, sizes',
    [
        ('highres3dnet', '96,96,3', [96, 96, 8], '8, 16, 24'),
        ('nonewnet', '104,104,104', [96, 96, 96], '16, 32, 48'),
        ('unet', '105,105,105', [104, 104, 104], '96, 104, 112'),
        ('deepmedic', '58,57,60', [57, 57, 57], '51, 57, 63'),
    ],
)
def test_layers_at_the_nearest_size_that_the_network_accepts(network, window, listed, sizes):
    told = inventory_of_config(path_of(network), APPLICATION, ['--spatial_window_size=' + window])
    (note,) = told.notes
    assert 'cannot be built on a window of ' + window.replace(',', ' x ') in note
    assert 'the layers on {} x {} x {}: the network accepts {}'.format(*(listed + [sizes])) in note
    assert '\n' not in note
    same = inventory_of_config(
        path_of(network), APPLICATION, ['--spatial_window_size=' + ','.join(str(n) for n in listed)]
    )
    assert (told.layers, same.notes) == (same.layers, [])


@pytest.mark.parametrize(
    'pattern, names',
    [
        ('put_bn', ['conv_input_bn_relu', 'conv_output_bn']),
        ('type:ActiLayer', ['conv_input_bn_relu/relu_acti_']),
        ('top', ['conv_input_bn_relu', 'conv_output_bn']),
        ('re:conv_.*bn_, !conv_in*/**', ['conv_output_bn/bn_']),
        ('op:conv_output_bn/**/mul_1', ['op.worker_0/ToyNet/conv_output_bn/bn_/batch_norm/mul_1']),
    ],
)
def test_a_pattern_is_a_part_of_names_or_selectors(pattern, names):
    told = inventory_of_config(path_of('toynet'), APPLICATION, pattern=pattern)
    found = [each.name for each in told.layers]
    assert found == names or pattern == 'put_bn' and set(names) <= set(found)


@pytest.mark.parametrize('pattern', ['nonsense', 'type:X', 'op:Assign', 'none', 're:conv_['])
def test_a_pattern_that_lists_nothing_is_an_error(pattern):
    with pytest.raises(SelectionError, match='pattern') as caught:
        inventory_of_config(path_of('toynet'), APPLICATION, pattern=pattern)
    assert pattern in str(caught.value) and '\n' not in str(caught.value)


@pytest.mark.parametrize('network', ['highres3dnet_small', 'dense_vnet'])
def test_listing_adds_no_operation_to_the_graph(network):
    window = SMALL.get(network, DEFAULT)[1]
    record = build_network(read_config(path_of(network)), app, window)
    before = [each.name for each in record.image.graph.get_operations()]
    assert len(layers_of_network(record, window)) > 20
    assert [each.name for each in record.image.graph.get_operations()] == before


def test_a_run_reads_each_operation_of_its_graph_once(tmp_path, monkeypatch):
    readers, read = [], []

    class CountedReader(graph.GraphReader):
        def __init__(self, image):
            super(CountedReader, self).__init__(image)
            readers.append(image.graph)

    ruled = graph._ruled
    monkeypatch.setattr(recording, 'GraphReader', CountedReader)
    monkeypatch.setattr(
        graph,
        '_ruled',
        lambda each, *args: read.append((each.graph, each.name)) or ruled(each, *args),
    )
    config = make_example(tmp_path)
    run_activations(config, tmp_path / 'out', '--activation_layers', 'all')
    assert (
        len(readers) == len(set(readers)) >= 1
    )  # one for each graph: others are reference volumes
    assert len(read) == len(set(read)) > 20
