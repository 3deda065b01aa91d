# -*- coding: utf-8 -*-
"""The commands that answer from a folder of maps, as a user types them."""

import os

import nibabel as nib
import pandas as pd
import pytest
from sample_folder import make_sample

from niftynet_activations.command_line import main


@pytest.fixture(scope='module')
def sample(tmp_path_factory):
    return make_sample(str(tmp_path_factory.mktemp('answers') / 'maps'))


@pytest.fixture(scope='module')
def labels(sample):
    path = os.path.join(os.path.dirname(sample.folder), 'atlas.nii.gz')
    nib.save(nib.Nifti1Image(sample.labels['1'], sample.affine), path)
    return path


def test_features_as_parquet_and_csv_are_the_same(sample, labels, tmp_path, capsys):
    words = ['features', sample.folder, '--labels', labels, '--statistics', 'mean,p10', '-o']
    for name in ('f.csv', 'f.parquet'):
        assert main(words + [str(tmp_path / name)]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == str(tmp_path / 'f.parquet')
    one = pd.read_csv(str(tmp_path / 'f.csv'), dtype={'subject': str})
    pd.testing.assert_frame_equal(one, pd.read_parquet(str(tmp_path / 'f.parquet')))
    assert 'conv_0|2|p10' in one.columns
    assert sorted(os.listdir(str(tmp_path))) == ['f.csv', 'f.parquet']


def test_units_compare_and_sample_write_to_standard_output(sample, labels, tmp_path, capsys):
    points = tmp_path / 'points.csv'
    points.write_text('x,y,z\n0,0,0\n')
    for words in (
        ['units', sample.folder, '--labels', labels, '--layers', 'logits'],
        ['compare', sample.folder, sample.folder],
        ['sample', sample.folder, '--points', str(points)],
    ):
        assert main(words) == 0
        lines = capsys.readouterr().out.splitlines()
        assert len(lines) > 1 and len({line.count(',') for line in lines}) == 1


@pytest.mark.parametrize(
    'words, told',
    [
        (['-o', 'features.xlsx'], '.csv or .parquet'),
        (['-o', '/nowhere/features.csv'], 'not there'),
        (['--layers', 'conv'], "'conv'"),
        (['--statistics', 'mean,variance'], "'variance'"),
        (['--labels', '/nowhere'], 'neither a label image nor a folder'),
    ],
)
def test_what_is_wrong_is_one_line(words, told, sample, capsys):
    assert main(['features', sample.folder] + words) == 2
    said = capsys.readouterr()
    assert said.out == '' and len(said.err.splitlines()) == 1 and told in said.err
