# -*- coding: utf-8 -*-
"""Two folders compared: by numpy in memory, for rotated channels, and across lattices."""

import shutil

import nibabel as nib
import numpy as np
import pytest
from sample_folder import make_sample

from niftynet_activations import open_activations
from niftynet_activations.errors import OptionError
from niftynet_activations.looking.answers.comparing import compare

NAME = 'activation_logits_{}__niftynet_out.nii.gz'


@pytest.fixture()
def folders(tmp_path):
    sample = make_sample(str(tmp_path / 'a'))
    shutil.copytree(str(tmp_path / 'a'), str(tmp_path / 'b'))
    return sample, str(tmp_path / 'a'), str(tmp_path / 'b')


def rewrite(folder, sample, change):
    for subject in ('1', '1_b'):
        data = change(sample.data[subject, 'logits'].astype(np.float64)).astype(np.float32)
        image = nib.Nifti1Image(data, sample.affines[subject, 'logits'])
        nib.save(image, '{}/{}'.format(folder, NAME.format(subject)))


def row_of(a, b, pair):
    table = compare(open_activations(a), open_activations(b), [pair]).table
    assert len(table) == 1
    return table.iloc[0]


def test_the_same_maps_do_not_differ(folders):
    sample, a, b = folders
    row = row_of(a, b, ('logits', 'logits'))
    assert row['difference'] == 0 and row['samples'] == 2 * sample.data['1', 'logits'][..., 0].size
    assert row['correlation'] == pytest.approx(1) and row['cka'] == pytest.approx(1)


def test_numbers_are_those_of_numpy_in_memory(folders):
    sample, a, b = folders
    noise = np.random.RandomState(9).normal(0, 0.3, sample.data['1', 'logits'].shape)
    rewrite(b, sample, lambda data: data**2 + noise)
    row = row_of(a, b, ('logits', 'logits'))
    first = np.concatenate([sample.data[s, 'logits'].reshape(-1, 3) for s in ('1', '1_b')])
    first = first.astype(np.float64)
    second = np.concatenate(
        [
            (sample.data[s, 'logits'].astype(np.float64) ** 2 + noise)
            .astype(np.float32)
            .reshape(-1, 3)
            for s in ('1', '1_b')
        ]
    ).astype(np.float64)
    apart = np.abs(first - second)
    assert row['difference'] == pytest.approx(apart.max(), rel=1e-9)
    assert row['of_range'] == pytest.approx(apart.max() / np.ptp(first), rel=1e-9)
    assert row['mean_difference'] == pytest.approx(apart.mean(), rel=1e-9)
    assert row['correlation'] == pytest.approx(np.corrcoef(first.ravel(), second.ravel())[0, 1])
    x, y = first - first.mean(0), second - second.mean(0)
    cka = np.linalg.norm(y.T @ x) ** 2 / (np.linalg.norm(x.T @ x) * np.linalg.norm(y.T @ y))
    assert row['cka'] == pytest.approx(cka, rel=1e-9)


def test_alignment_does_not_see_rotation_and_scale_of_channels(folders):
    sample, a, b = folders
    turn = np.linalg.qr(np.random.RandomState(3).normal(size=(3, 3)))[0]
    rewrite(b, sample, lambda data: 5 * data @ turn + 7)
    row = row_of(a, b, ('logits', 'logits'))
    assert row['cka'] == pytest.approx(1, abs=1e-6) and row['difference'] > 1


def test_missing_samples_of_either_do_not_count(folders):
    sample, a, b = folders

    def with_holes(data):
        data = data + 1
        data[:3] = np.nan
        return data

    rewrite(b, sample, with_holes)
    row = row_of(a, b, ('logits', 'logits'))
    assert row['samples'] == 2 * sample.data['1', 'logits'][3:, ..., 0].size
    assert row['difference'] == pytest.approx(1, rel=1e-5)


def test_layers_of_other_lattices_and_channels_are_compared_in_space(folders):
    sample, a, b = folders
    row = row_of(a, b, ('res_1/pool:1', 'conv_0'))
    inner = np.prod([n for n in sample.data['1', 'res_1/pool:1'].shape[:3]])
    assert 0 < row['samples'] <= 2 * inner
    assert np.isnan(row['difference']) and 0 < row['cka'] <= 1


def test_no_subject_in_common_is_told(folders, tmp_path):
    _, a, _ = folders
    other = make_sample(str(tmp_path / 'c'), ['2'])
    with pytest.raises(OptionError, match='no subject has maps in both'):
        compare(open_activations(a), open_activations(other.folder))
