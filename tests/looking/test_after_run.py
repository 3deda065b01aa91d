# -*- coding: utf-8 -*-
"""Tables and report at the end of a run: which labels count, and what the numbers are."""

import os
import re

import nibabel as nib
import numpy as np
import pandas as pd
import pytest

from niftynet_activations.errors import OptionError

RIM = 9  # what NiftyNet fills in where no window reaches; no class has that number


@pytest.mark.slow
@pytest.mark.parametrize('changed', [{}, {'axcodes': '(L, S, A)', 'pixdim': '(1.3, 1.1, 1.0)'}])
def test_the_filled_box_is_what_niftynet_fills(tmp_path, monkeypatch, changed):
    na, config = example(tmp_path, border=4, padding=1, **changed)
    from niftynet_activations.application import ending

    kept = []
    monkeypatch.setattr(ending, 'write_summaries', lambda given: kept.append(given) or [])
    na.extract(config, layers='conv_0_relu', channels='0', output_prob=True)
    for subject, box in kept[0].boxes.items():
        # inside the box the probabilities' sum is 1, and the rim is left at 0
        name = 'window_seg_{}_{}.nii.gz'.format(subject, kept[0].postfix)
        values = nib.load(str(tmp_path / 'segmentation' / name)).get_fdata()
        filled = np.argwhere(values.reshape(values.shape[:3] + (-1,)).sum(axis=3) > 0.5)
        assert box == (filled.min(axis=0).tolist(), (filled.max(axis=0) + 1).tolist())


@pytest.mark.slow
def test_tables_and_report_of_a_run(tmp_path):
    na, config = example(tmp_path, border=4, padding=0)
    maps = na.extract(
        config,
        layers=['conv_0_relu', 'bottleneck'],
        tables=['segmentation', 'label'],
        report=True,
    )
    assert sorted(each for each in os.listdir(maps.folder) if 'table' in each) == [
        'activation_table_example.csv',
        'activation_table_example_label.csv',
    ]
    rim = np.zeros((3, 2), int)
    segmented = pd.read_csv(os.path.join(maps.folder, 'activation_table_example.csv'))
    given = pd.read_csv(os.path.join(maps.folder, 'activation_table_example_label.csv'))
    assert set(segmented['layer']) == set(given['layer']) == {'conv_0_relu', 'bottleneck'}
    for subject in ('one', 'two'):
        path = os.path.join(maps.folder, 'window_seg_{}_example.nii.gz'.format(subject))
        labels = np.asanyarray(nib.load(path).dataobj).squeeze()
        check_table(segmented, maps[subject, 'conv_0_relu'], labels, rim + 4)
        labels = nib.load(str(tmp_path / 'data' / (subject + '_label.nii.gz'))).get_fdata()
        check_table(given, maps[subject, 'conv_0_relu'], labels, rim)
    with open(os.path.join(maps.folder, 'report.html'), encoding='utf-8') as page:
        text = page.read()
    assert re.search('activation_table_example_label', text)


@pytest.mark.slow
@pytest.mark.parametrize(
    'options',
    [
        {},
        {'grid': 'aligned', 'layout': '5d', 'dtype': 'uint8'},
        {'resolution': 'input', 'format': 'zarr'},
        {'layout': 'split', 'dtype': 'int16', 'channels': '1,4'},
        {'window_sampling': 'resize', 'border': 0},
    ],
)
@pytest.mark.parametrize('image', [{}, {'axcodes': '(L, S, A)', 'pixdim': '(0.8, 0.9, 0.7)'}])
def test_tables_are_numpy_s_through_space(tmp_path, options, image):
    na, config = example(tmp_path, border=4, padding=0, **image)
    tilt_images(tmp_path / 'data')
    maps = na.extract(
        config,
        layers=['conv_0_relu', 'bottleneck'],
        tables='label,segmentation',
        fill_constant=RIM,
        **options,
    )
    assert len(maps) == 4
    for end, path in (
        ('', str(tmp_path / 'data' / '{}_label.nii.gz')),
        ('_segmentation', os.path.join(maps.folder, 'window_seg_{}_example.nii.gz')),
    ):
        if end and image:
            continue  # the way back through pixdim may leave a plane of zeros outside the rim
        table = pd.read_csv(
            os.path.join(maps.folder, 'activation_table_example{}.csv'.format(end)),
            index_col=['subject', 'layer', 'channel', 'label'],
        )
        expected = {}
        for one in maps.values():
            expected.update(rows_through_space(one, nib.load(path.format(one.subject))))
        assert set(table.index) == set(expected)
        for key, statistics in expected.items():
            np.testing.assert_allclose(table.loc[key], statistics, rtol=0, atol=1e-5)


@pytest.mark.slow
def test_the_options_of_a_config_and_of_the_command_line(tmp_path, monkeypatch):
    na, path = example(tmp_path)
    from example_run import ROOT
    from small_configs import read, run_net_run

    config = read(path)
    config['INFERENCE'].update(activation_tables='segmentation', activation_report='True')
    with open(path, 'w') as target:
        config.write(target)
    monkeypatch.setenv('PYTHONPATH', os.pathsep.join([ROOT, os.environ.get('PYTHONPATH', '')]))
    (tmp_path / 'home').mkdir()
    words = ['inference', '-a', 'niftynet_activations.app', '-c', path]
    run_net_run(tmp_path / 'home', *(words + ['--activation_tables', 'label']))
    folder = tmp_path / 'segmentation'
    assert (folder / 'report.html').exists()
    table = pd.read_csv(str(folder / 'activation_table_example.csv'))
    # the segmentation has three classes, the labels are four
    assert set(table['label']) == {0, 1, 2, 3}


@pytest.mark.slow
def test_a_probability_segmentation_counts_by_its_largest_channel(tmp_path):
    na, config = example(tmp_path, border=4, padding=4)
    tables = []
    for probable in (False, True):
        maps = na.extract(
            config,
            layers='conv_0_relu',
            tables='segmentation',
            output_prob=probable,
            save_seg_dir=str(tmp_path / str(probable)),
        )
        table = pd.read_csv(os.path.join(maps.folder, 'activation_table_example.csv'))
        # on a busy machine the second subject may be written before the first
        tables.append(table.sort_values('subject', kind='stable', ignore_index=True))
    pd.testing.assert_frame_equal(*tables)
    first = tables[0].query("subject == 'one' and channel == 0")
    assert first['voxels'].sum() == 18 * 22 * 26


@pytest.mark.slow
def test_an_unknown_source_ends_the_run_before_it_begins(tmp_path):
    na, config = example(tmp_path)
    with pytest.raises(OptionError, match="'atlas': expected segmentation or an input section"):
        na.extract(config, layers='conv_0_relu', tables='atlas')
    assert not os.path.exists(str(tmp_path / 'segmentation' / 'inferred.csv'))


def example(folder, border=4, padding=4, **image_options):
    """The example's config; the image section is changed."""
    pytest.importorskip('niftynet')
    from example_run import make_example
    from small_configs import read

    import niftynet_activations as na

    path = make_example(folder, border, padding)
    config = read(path)
    config['T1'].update(image_options)
    with open(path, 'w') as target:
        config.write(target)
    return na, path


def tilt_images(folder):
    """Turn the example's images in space; the labels get a grid of their own, which is smaller."""
    turn = np.array([[0.96, 0.28, 0, 3], [-0.28, 0.96, 0, -5], [0, 0.1, 1, 2], [0, 0, 0, 1]])
    finer = np.diag([0.8, 0.7, 0.9, 1.0])
    finer[:3, 3] = [2.1, 1.3, 0.7]
    for path in sorted(folder.iterdir()):
        image = nib.load(str(path))
        grid = finer if 'label' in path.name else np.eye(4)
        values = np.asanyarray(image.dataobj).copy()
        nib.save(nib.Nifti1Image(values, turn @ image.affine @ grid), str(path))


def rows_through_space(one, image):
    """By hand: each sample's centre in mm, the voxel there, and numpy on the whole map."""
    labels = np.asanyarray(image.dataobj).reshape(image.shape[:3])
    values = np.asarray(one.data).astype(np.float64)
    samples = np.argwhere(np.ones(values.shape[:3], bool))
    world = nib.affines.apply_affine(one.affine, samples)
    voxels = nib.affines.apply_affine(np.linalg.inv(image.affine), world)
    voxels = np.floor(voxels + 0.5 + 1e-4).astype(int)
    there = ((voxels >= 0) & (voxels < labels.shape)).all(axis=1)
    found, values = labels[tuple(voxels[there].T)], values[tuple(samples[there].T)]
    rows = {}
    for label in set(found.tolist()) - {RIM}:
        for place, channel in enumerate(one.channels):
            part = values[found == label, place]
            part = part[~np.isnan(part)]
            row = [part.size, part.mean(), part.std(), part.min(), part.max(), np.median(part)]
            rows[one.subject, one.layer, channel, label] = row
    return rows


def check_table(table, one, labels, rim):
    """Compare with numpy on the whole map, which lies on the labels' own grid."""
    inner = tuple(slice(low, size - high) for size, (low, high) in zip(labels.shape, rim))
    values, labels = np.asarray(one.data)[inner].astype(np.float64), labels[inner]
    rows = table[(table['subject'] == one.subject) & (table['layer'] == one.layer)]
    assert len(rows) == len(np.unique(labels)) * values.shape[3]
    for _, row in rows.iterrows():
        found = values[labels == row['label']][:, row['channel']]
        assert row['voxels'] == found.size
        expected = [found.mean(), found.std(), found.min(), found.max(), np.median(found)]
        np.testing.assert_allclose(
            row[['mean', 'std', 'min', 'max', 'median']].astype(float), expected, atol=1e-5
        )
