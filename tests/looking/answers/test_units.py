# -*- coding: utf-8 -*-
"""Scores of channels beside scikit-learn's, over all subjects together."""

import nibabel as nib
import numpy as np
import pytest
from sample_folder import make_sample
from sklearn.metrics import jaccard_score, roc_auc_score

from niftynet_activations import open_activations
from niftynet_activations.errors import OptionError
from niftynet_activations.looking.answers.units import units


@pytest.fixture(scope='module')
def sample(tmp_path_factory):
    return make_sample(str(tmp_path_factory.mktemp('units') / 'maps'))


@pytest.fixture(scope='module')
def labels(sample):
    return {
        subject: nib.Nifti1Image(image, sample.affines[subject, 'conv_0'])
        for subject, image in sample.labels.items()
    }


def pooled(sample, layer, channel):
    return np.concatenate(
        [sample.data[subject, layer][..., channel].ravel() for subject in ('1', '1_b')]
    )


def test_scores_are_those_of_scikit_learn_on_all_samples(sample, labels):
    table = units(open_activations(sample.folder), labels, ['conv_0'])
    truth = np.concatenate([sample.labels[subject].ravel() for subject in ('1', '1_b')])
    for row in table.itertuples():
        values = pooled(sample, 'conv_0', row.channel)
        inside = truth == row.label
        assert row.voxels == inside.sum()
        exact = roc_auc_score(inside, values)
        assert abs(row.auc - exact) <= row.auc_error + 1e-12
        assert row.auc_error < 1e-3
        candidates = np.unique(values)
        dices = [_dice(values >= t, inside) for t in candidates[:: max(1, len(candidates) // 500)]]
        assert row.dice >= max(dices) - 2e-3
        assert row.dice == pytest.approx(_dice(values >= row.threshold, inside), rel=1e-12)
        active = np.sort(values)[-int(0.005 * len(values))]
        if row.channel in (0, 2):
            assert row.iou == pytest.approx(jaccard_score(inside, values >= active), abs=3e-3)


def _dice(chosen, inside):
    return 2 * (chosen & inside).sum() / max(1, chosen.sum() + inside.sum())


def test_dead_and_duplicate_channels_are_told(tmp_path):
    sample = make_sample(str(tmp_path / 'maps'), ['one'])
    path = str(tmp_path / 'maps' / 'activation_conv_0_one__niftynet_out.nii.gz')
    data = sample.data['one', 'conv_0'].copy()
    data[..., 2] = data[..., 0]
    nib.save(nib.Nifti1Image(data, sample.affines['one', 'conv_0']), path)
    image = nib.Nifti1Image(sample.labels['one'], sample.affines['one', 'conv_0'])
    table = units(open_activations(sample.folder), {'one': image}, ['conv_0'])
    told = table.drop_duplicates('channel').set_index('channel')
    assert told['dead'].tolist() == [False, True, False, False]
    assert told['duplicate_of'].fillna(-1).tolist() == [-1, -1, 0, -1]


def test_a_dead_channel_tells_nothing_apart(sample, labels):
    table = units(open_activations(sample.folder), labels, ['conv_0'])
    assert (table[table['channel'] == 1]['auc'] == 0.5).all()


def test_no_subject_with_labels_is_an_error(sample):
    with pytest.raises(OptionError, match='maps for 1, 1_b'):
        units(open_activations(sample.folder), {'other': 'nowhere.nii'})
