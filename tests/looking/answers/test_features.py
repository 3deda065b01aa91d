# -*- coding: utf-8 -*-
"""Features beside numpy on the whole map, with regions found by another route."""

import nibabel as nib
import numpy as np
import pandas as pd
import pytest
from sample_folder import make_sample

from niftynet_activations import open_activations
from niftynet_activations.errors import OptionError
from niftynet_activations.looking.answers.features import features

LAYER = 'res_1/pool:1'


@pytest.fixture(scope='module')
def sample(tmp_path_factory):
    return make_sample(str(tmp_path_factory.mktemp('features') / 'maps'))


def test_a_row_a_subject_equal_to_numpy(sample):
    table = features(open_activations(sample.folder), statistic_names=['mean', 'p10', 'cov'])
    assert table['subject'].tolist() == ['1', '1_b'] and set(table['region']) == {'whole'}
    row = table.set_index('subject').loc['1_b']
    values = sample.data['1_b', LAYER].reshape(-1, 6).astype(np.float64)
    covariance = np.cov(values.T, bias=True)
    for channel in range(6):
        column = '{}|{}|'.format(LAYER, channel)
        assert row[column + 'mean'] == pytest.approx(values[:, channel].mean(), rel=1e-6)
        assert row[column + 'p10'] == pytest.approx(np.percentile(values[:, channel], 10), 1e-6)
    assert row[LAYER + '|2,5|cov'] == pytest.approx(covariance[2, 5], rel=1e-6)
    assert LAYER + '|5,2|cov' not in table.columns


def test_a_row_a_label_on_a_coarser_lattice(sample):
    paths = {
        subject: nib.Nifti1Image(labels, _affine(sample, subject))
        for subject, labels in sample.labels.items()
    }
    table = features(open_activations(sample.folder), paths, ['voxels', 'max', 'cov'])
    assert table[['subject', 'region']].values.tolist() == [
        ['1', 1],
        ['1', 2],
        ['1_b', 1],
        ['1_b', 2],
    ]
    # stride 2, offset 0.5: half-way between two voxels, the upper one's label counts
    labels = sample.labels['1'][1::2, 1::2, 1::2]
    chosen = sample.data['1', LAYER][labels == 2].astype(np.float64)
    row = table[(table['subject'] == '1') & (table['region'] == 2)].iloc[0]
    assert row[LAYER + '|4|voxels'] == len(chosen)
    assert row[LAYER + '|4|max'] == pytest.approx(chosen[:, 4].max(), rel=1e-6)
    assert row[LAYER + '|0,4|cov'] == pytest.approx(np.cov(chosen.T, bias=True)[0, 4], rel=1e-6)


def test_boxes_around_points_may_overlap(sample):
    affine = sample.affines['1', 'conv_0']
    places = [np.array([5, 9, 11]), np.array([6, 9, 11])]
    world = [affine[:3, :3] @ place + affine[:3, 3] for place in places]
    points = pd.DataFrame(world, columns=['x', 'y', 'z']).assign(subject='1')
    table = features(
        open_activations(sample.folder),
        None,
        ['voxels', 'mean'],
        points,
        size=12.0,
        layers=['conv_0'],
    )
    assert table['region'].tolist() == [0, 1]
    volume = sample.data['1', 'conv_0']
    for number, centre in enumerate(world):
        chosen = [
            volume[index]
            for index in np.ndindex(*volume.shape[:3])
            if np.all(np.abs(affine[:3, :3] @ index + affine[:3, 3] - centre) <= 6)
        ]
        assert table['conv_0|0|voxels'][number] == len(chosen) > 20
        assert table['conv_0|3|mean'][number] == pytest.approx(
            np.mean([each[3] for each in chosen], dtype=np.float64), rel=1e-6
        )


def test_subjects_without_labels_have_no_row(sample):
    labels = {'1': nib.Nifti1Image(sample.labels['1'], _affine(sample, '1'))}
    table = features(open_activations(sample.folder), labels, ['mean'])
    assert set(table['subject']) == {'1'}


def test_an_unknown_layer_and_two_kinds_of_regions_are_refused(sample):
    maps = open_activations(sample.folder)
    with pytest.raises(OptionError, match="layer 'nowhere': .* it has conv_0, .*logits"):
        features(maps, layers=['nowhere'])
    with pytest.raises(OptionError, match='one of the two'):
        features(maps, labels='labels', points='points.csv')


def _affine(sample, subject):
    return sample.affines[subject, 'conv_0']


def test_maps_have_tables_and_features_of_their_own(sample, tmp_path):
    maps = open_activations(sample.folder)
    path = tmp_path / 'atlas.nii.gz'
    nib.save(nib.Nifti1Image(sample.labels['1'], _affine(sample, '1')), str(path))
    wide = maps.features(path, statistic_names=['mean'])
    long = maps.table(path)
    row = long[(long['layer'] == 'logits') & (long['channel'] == 2) & (long['label'] == 1)]
    assert wide['logits|2|mean'][wide['region'] == 1].tolist() == row['mean'].tolist()
