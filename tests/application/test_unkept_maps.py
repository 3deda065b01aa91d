# -*- coding: utf-8 -*-
"""Runs that make features, with maps and without, beside numpy on the maps."""

import json
import os

import nibabel as nib
import numpy as np
import pandas as pd
import pytest

pytestmark = pytest.mark.slow
pytest.importorskip('niftynet')

import toy_runs  # noqa: E402
from inference_runs import run_activations, segmentations  # noqa: E402

import niftynet_activations as na  # noqa: E402
from niftynet_activations.errors import OptionError  # noqa: E402

LAYERS = 'conv_input_bn_relu,conv_output_bn'
SHAPES = {'a': (16, 18, 21), 'b': (17, 22, 19)}
STATISTICS = 'voxels,mean,std,p10,median,skewness,parquet'
NONE = ('--activation_format', 'none')


@pytest.fixture(scope='module')
def config(tmp_path_factory):
    """A config whose section [lesions] has labels of half the resolution, turned."""
    folder = tmp_path_factory.mktemp('features')
    path = toy_runs.make_toy(folder / 'toy', SHAPES)
    for subject, shape in SHAPES.items():
        labels = np.zeros([-(-size // 2) for size in shape], np.uint8)
        labels[1:5, 2:7, 1:8], labels[5:, 4:, 4:] = 1, 7
        affine = toy_runs.AFFINE @ np.diag([2, 2, 2, 1])
        name = toy_runs.image_path(folder / 'toy', subject).replace('_T1', '_lesions')
        nib.save(nib.Nifti1Image(labels, affine), name)
    section = dict(
        path_to_search=str(folder / 'toy' / 'data'),
        filename_contains='lesions',
        filename_removefromid='_lesions',
        interp_order='0',
    )
    return toy_runs.change_config(path, {'lesions': section, 'SEGMENTATION': {'label': 'lesions'}})


@pytest.fixture(scope='module')
def made(config, tmp_path_factory):
    """Folders of a run with maps and of one without; features of regions of the segmentation."""
    folder = tmp_path_factory.mktemp('made')
    words = ['--activation_layers', LAYERS, '--activation_features', STATISTICS]
    words += ['--activation_regions', 'segmentation']
    run_activations(config, folder / 'maps', *(words + ['--activation_format', 'nii']))
    run_activations(config, folder / 'none', *(words + list(NONE)))
    return folder / 'maps', folder / 'none', words


def table_of(folder):
    return pd.read_csv(str(folder / 'activation_features_x.csv'), dtype={'subject': str})


def test_the_table_as_parquet(made):
    for folder in made[:2]:
        table = pd.read_parquet(str(folder / 'activation_features_x.parquet'))
        expected = table_of(folder).astype({'region': str})
        pd.testing.assert_frame_equal(table, expected, check_exact=False, rtol=1e-12)


def test_features_are_those_of_numpy_on_the_whole_map(made):
    maps, _, _ = made
    table = table_of(maps).set_index(['subject', 'region'])
    opened = na.open_activations(maps)
    for subject in SHAPES:
        labels = np.squeeze(nib.load(str(maps / 'window_seg_{}_x.nii.gz'.format(subject))).dataobj)
        for layer in LAYERS.split(','):
            values = np.asarray(opened[subject, layer].data).astype(np.float64)
            for label in np.unique(labels[labels > 0]):
                for channel in range(values.shape[3]):
                    inside = values[labels == label][:, channel]
                    row = table.loc[(subject, label)]
                    name = '{}|{}|'.format(layer, channel)
                    assert row[name + 'voxels'] == len(inside)
                    assert row[name + 'mean'] == pytest.approx(inside.mean(), 1e-5, 1e-6)
                    assert row[name + 'p10'] == pytest.approx(np.percentile(inside, 10), 1e-5)
                    assert row[name + 'std'] == pytest.approx(inside.std(), 1e-5)


def test_without_maps_features_are_the_same_and_nothing_else_is_left(made):
    maps, none, _ = made
    pd.testing.assert_frame_equal(table_of(none), table_of(maps), rtol=1e-6)
    assert segmentations(none) == segmentations(maps)
    names = sorted(os.listdir(str(none)))
    stems = ['activation_{}_{}_x'.format(layer, s) for s in SHAPES for layer in LAYERS.split(',')]
    tables = ['activation_features_x.csv', 'activation_features_x.parquet']
    kept = [stem + '.features.json' for stem in stems] + tables
    segmented = ['window_seg_{}_x.nii.gz'.format(subject) for subject in SHAPES]
    assert names == sorted(kept + segmented + ['inferred.csv', 'layers.csv'])
    with open(str(none / kept[0])) as ours, open(str(maps / (stems[0] + '.json'))) as theirs:
        ours, theirs = json.load(ours), json.load(theirs)
    for name in ('exact', 'margin', 'shape', 'affine', 'channels', 'missing', 'layer', 'subject'):
        assert ours[name] == theirs[name], name


def test_what_is_there_is_not_made_again(made, config, caplog):
    _, none, words = made
    before = table_of(none)
    caplog.set_level('INFO')
    run_activations(config, none, *(words + list(NONE) + ['--activation_existing', 'skip']))
    assert caplog.text.count('is complete and was made with the same settings') == 2
    pd.testing.assert_frame_equal(table_of(none), before)
    caplog.clear()
    words = [each.replace('voxels,mean', 'mean') for each in words]
    run_activations(config, none, *(words + list(NONE) + ['--activation_existing', 'skip']))
    assert 'is complete' not in caplog.text
    wanted = [name for name in before if not name.endswith('|voxels')]
    pd.testing.assert_frame_equal(table_of(none), before[wanted])


def test_regions_are_labels_of_an_input_section_on_any_grid(config, tmp_path):
    words = ['--activation_layers', LAYERS, '--activation_features', 'mean,cov']
    words += ['--activation_regions', 'lesions']
    run_activations(config, tmp_path / 'none', *(words + list(NONE)))
    run_activations(config, tmp_path / 'maps', '--activation_layers', LAYERS)
    data = os.path.join(os.path.dirname(config), 'data')
    labels = {name: os.path.join(data, name + '_lesions.nii.gz') for name in SHAPES}
    expected = na.open_activations(tmp_path / 'maps').features(
        labels, statistic_names=['mean', 'cov']
    )
    found = table_of(tmp_path / 'none')
    assert found['region'].tolist() == [1, 7, 1, 7]
    pd.testing.assert_frame_equal(found, expected, rtol=1e-6, check_dtype=False)


def test_from_python_no_maps_come_back(config, tmp_path):
    maps = na.extract(
        config,
        layers=['conv_output_bn'],
        dir=str(tmp_path),
        format='none',
        features=['mean', 'max'],
    )
    assert len(maps) == 0
    table = table_of(tmp_path)
    assert table['region'].tolist() == ['whole', 'whole'] and 'conv_output_bn|2|max' in table


@pytest.mark.parametrize(
    'words, told',
    [
        (['--activation_features', 'mean,variance'], "activation_features = .*'variance' is not"),
        (['--activation_regions', 'brain'], "activation_regions = 'brain': expected segmentation"),
    ],
)
def test_what_is_wrong_is_told_before_the_first_window(config, tmp_path, words, told):
    options = ['--activation_features', 'mean'] if words[0] == '--activation_regions' else []
    with pytest.raises(OptionError, match=told):
        run_activations(config, tmp_path / 'maps', *(options + words))
