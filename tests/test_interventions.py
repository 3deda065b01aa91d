# -*- coding: utf-8 -*-
"""
Runs whose network goes on with another output of a layer, beside runs of the unchanged program on a
checkpoint whose next layer does not see the channel.
"""

import csv
import os
import shutil

import nibabel as nib
import numpy as np
import pytest

pytestmark = pytest.mark.slow
pytest.importorskip('niftynet')

import random_checkpoint  # noqa: E402
from inference_runs import maps, read_voxels, run_activations  # noqa: E402
from toy_runs import LAYER, change_config, image_path, make_toy  # noqa: E402

import niftynet_activations as na  # noqa: E402
from niftynet_activations.errors import OptionError, SelectionError  # noqa: E402

tf = random_checkpoint.tf
SHAPES = {'a': (17, 19, 23), 'b': (21, 18, 25)}
CHANNEL = 4
LOGITS = 'conv_output_bn'
LAYERS = '--activation_layers', LAYER + ',logits'
PASSES = {'windows': (), 'whole': ('--activation_pass', 'whole')}
NEXT = 'conv_output_bn/conv_/w'  # weights (1, 1, 1, inputs, outputs)


def without_channel(layer, output):
    kept = np.ones(output.shape.as_list()[-1], np.float32)
    kept[CHANNEL] = 0
    return output * kept


def blind(config, folder):
    """A config whose checkpoint's next layer has weights of zero for the channel."""
    model = str(folder / 'blind')
    shutil.copytree(os.path.join(os.path.dirname(config), 'model'), model)
    path = os.path.join(model, 'models', 'model.ckpt-1')
    reader = tf.train.load_checkpoint(path)
    with tf.Graph().as_default(), tf.Session() as session:
        for name in reader.get_variable_to_shape_map():
            value = reader.get_tensor(name)
            if name.endswith(NEXT):
                value[..., CHANNEL, :] = 0
            tf.get_variable(name, initializer=value)
        session.run(tf.global_variables_initializer())
        tf.train.Saver(save_relative_paths=True).save(session, path, write_meta_graph=False)
    made = str(folder / 'blind.ini')
    shutil.copy(config, made)
    return change_config(made, {'SYSTEM': {'model_dir': model}})


@pytest.fixture(scope='module')
def toy(tmp_path_factory):
    """Config, and for each pass the folders of the unseeing run and of the intervened one."""
    folder = tmp_path_factory.mktemp('interventions')
    config = make_toy(folder / 'toy', SHAPES)
    unseeing, folders = blind(config, folder), {}
    for kind, words in PASSES.items():
        folders[kind] = folder / ('blind ' + kind), folder / kind
        run_activations(unseeing, folders[kind][0], *(LAYERS + words))
        with na.register_intervention(LAYER, without_channel):
            run_activations(config, folders[kind][1], *(LAYERS + words))
    return config, folders


@pytest.mark.parametrize('kind', PASSES)
def test_the_network_goes_on_without_the_channel(toy, kind):
    expected, found = (maps(folder) for folder in toy[1][kind])
    assert set(found) == set(expected) and len(found) == 4
    for (subject, layer), (image, info) in found.items():
        values, others = (
            np.asanyarray(each.dataobj) for each in (image, expected[subject, layer][0])
        )
        if layer == LAYER:
            assert others[..., CHANNEL].any() and not values[..., CHANNEL].any()
            values, others = (np.delete(each, CHANNEL, axis=-1) for each in (values, others))
        np.testing.assert_allclose(values, others, rtol=1e-5, atol=1e-5)
        assert info['exact'] == expected[subject, layer][1]['exact']
        assert info['interventions'] == [
            {'layer': LAYER, 'selector': LAYER, 'function': __name__ + '.without_channel'}
        ]
        assert 'interventions' not in expected[subject, layer][1]
    for subject in SHAPES:
        names = ['window_seg_{}_x{}.nii.gz'.format(subject, each) for each in ('', '_intervened')]
        one, other = (read_voxels(f / n) for f, n in zip(toy[1][kind], names))
        assert (one != other).mean() < 1e-3 and len(np.unique(one)) > 1


def test_every_file_of_subjects_says_so_in_its_name(toy):
    folder = toy[1]['windows'][1]
    names = [
        each for each in os.listdir(str(folder)) if each.startswith(('activation_', 'window_'))
    ]
    assert len(names) == 4 * 2 + 2 and all('_x_intervened.' in each for each in names)
    with open(str(folder / 'inferred.csv')) as stream:
        assert all('_x_intervened' in row[1] for row in csv.reader(stream))


def test_skip_takes_neither_for_the_other(toy, tmp_path, caplog):
    config, folders = toy
    folder = tmp_path / 'kept'
    shutil.copytree(str(folders['windows'][1]), str(folder))
    state = {each: os.stat(str(folder / each)).st_mtime_ns for each in os.listdir(str(folder))}
    words = LAYERS + ('--activation_existing', 'skip')
    with na.register_intervention(LAYER, without_channel):
        run_activations(config, folder, *words)
    assert 'INTERVENTION' in caplog.text and 'without_channel' in caplog.text
    caplog.clear()
    kept = {
        each: os.stat(str(folder / each)).st_mtime_ns for each in state if '_intervened' in each
    }
    assert kept.items() <= state.items()
    # an ordinary run whose postfix makes the very same names
    run_activations(config, folder, '--output_postfix', 'x_intervened', *words)
    assert 'INTERVENTION' not in caplog.text
    for (_, layer), (image, info) in maps(folder).items():
        assert 'interventions' not in info
        if layer == LAYER:
            assert np.asanyarray(image.dataobj)[..., CHANNEL].any()
    for name in kept:
        assert os.stat(str(folder / name)).st_mtime_ns > state[name]


def test_an_extractor_builds_anew_for_another_intervention(toy):
    config, folders = toy
    image = nib.load(image_path(os.path.dirname(config), 'a'))
    expected = maps(folders['windows'][1])
    with na.Extractor(config, [LAYER, 'logits']) as extract:
        before = np.array(extract({'T1': image})['subject', LOGITS].data)
        with na.register_intervention(LAYER, without_channel):
            found = extract({'T1': image})
            assert found['subject', LOGITS].info['interventions'][0]['layer'] == LAYER
            changed = np.array(found['subject', LOGITS].data)
        after = extract({'T1': image})['subject', LOGITS]
    np.testing.assert_array_equal(changed, np.asanyarray(expected['a', LOGITS][0].dataobj))
    np.testing.assert_array_equal(before, np.array(after.data))
    assert np.abs(before - changed).max() > 0.1 and 'interventions' not in after.info


def test_a_run_from_python_and_one_that_makes_no_map(toy, tmp_path):
    config, folders = toy
    with na.register_intervention('penultimate', without_channel):
        found = na.extract(config, 'logits', dir=tmp_path / 'maps')
        run_activations(config, tmp_path / 'alone', '--activation_layers', 'none')
    expected = maps(folders['windows'][1])['b', LOGITS][0]
    np.testing.assert_array_equal(found['b', LOGITS].data, np.asanyarray(expected.dataobj))
    for folder in ('maps', 'alone'):
        path = tmp_path / folder / 'window_seg_b_x_intervened.nii.gz'
        same = folders['windows'][1] / 'window_seg_b_x_intervened.nii.gz'
        np.testing.assert_array_equal(read_voxels(path), read_voxels(same))


@pytest.mark.parametrize(
    'selector, function, error, message',
    [
        (
            'conv_imput*',
            without_channel,
            SelectionError,
            'register_intervention.*matches nothing; nearest: conv',
        ),
        ('probabilities', without_channel, SelectionError, 'lies behind what the network returns'),
        (LAYER, lambda layer, output: output[..., :3], SelectionError, 'expected a tensor like'),
    ],
)
def test_a_run_with_a_wrong_intervention_is_refused(
    toy, tmp_path, selector, function, error, message
):
    with na.register_intervention(selector, function), pytest.raises(error, match=message):
        run_activations(toy[0], tmp_path / 'refused', *LAYERS)
    assert not [each for each in os.listdir(str(tmp_path / 'refused')) if each.endswith('.gz')]


def test_an_application_that_sees_no_layer_is_refused(toy, tmp_path, monkeypatch):
    monkeypatch.setattr(na.app, 'activation_prevented', lambda self, task_param: 'no image is read')
    message = 'register_intervention: the network cannot be changed.*no image is read'
    with na.register_intervention(LAYER, without_channel):
        with pytest.raises(OptionError, match=message):
            run_activations(toy[0], tmp_path)
