# -*- coding: utf-8 -*-
"""Tables over all participants, from what lies in the derivative dataset."""

import glob
import os

import numpy as np
import pandas as pd
import pytest

import niftynet_activations as na
from niftynet_activations.bids_app.group import make_group, run_group
from niftynet_activations.errors import ActivationError, InputError, OptionError
from niftynet_activations.store.listing import find_segmentation


def table(path):
    return pd.read_csv(path, sep='\t', dtype={'participant_id': str, 'session_id': str})


def test_features_of_maps(made, capsys):
    before = open(os.path.join(made.output, 'activations.csv')).read()
    os.remove(os.path.join(made.output, 'activations.csv'))  # as if put together by hand
    assert run_group(made.output, ['mean', 'max'], None) == 0
    path = capsys.readouterr().out.strip()
    assert open(os.path.join(made.output, 'activations.csv')).read() == before
    found = table(path)
    assert found['participant_id'].tolist() == ['sub-01', 'sub-02']
    assert open(path).read().splitlines()[1].startswith('sub-01\tn/a\twhole\t')
    assert found['session_id'].tolist()[1] == 'ses-b'
    values = made.sample.data['sub-02_ses-b', 'conv_0'][..., 2].astype(float)
    np.testing.assert_allclose(found['conv_0|2|mean'][1], values.mean(), rtol=1e-5)
    np.testing.assert_allclose(found['conv_0|2|max'][1], values.max(), rtol=1e-5)


def test_regions_of_the_segmentations(made):
    features, regions = make_group(made.output, ['mean'], 'segmentation')
    found, rows = table(features), table(regions)
    assert found['region'].tolist() == [1, 2, 1, 2]
    labels = made.sample.labels['sub-01']
    values = made.sample.data['sub-01', 'conv_0'][..., 0][labels == 2].astype(float)
    np.testing.assert_allclose(found['conv_0|0|mean'][1], values.mean(), rtol=1e-5)
    wanted = rows[(rows.participant_id == 'sub-01') & (rows.layer == 'conv_0')]
    wanted = wanted[(wanted.channel == 0) & (wanted.label == 2)]
    assert wanted['voxels'].tolist() == [values.size]


def test_tables_that_runs_made_are_put_together(made):
    for name, subject in (('01', ''), ('02', 'ses-b/')):
        path = os.path.join(made.output, 'sub-{}/{}anat'.format(name, subject))
        with open(path + '/sub-{}_desc-features_activations.tsv'.format(name), 'w') as stream:
            stream.write('participant_id\tsession_id\tregion\tc|0|mean\n')
            stream.write('sub-{}\tn/a\twhole\t0.{}\n'.format(name, name))
    (written,) = make_group(made.output, ['mean'], None)
    assert table(written)['c|0|mean'].tolist() == [0.01, 0.02]
    # also where no map was kept
    for path in glob.glob(made.output + '/sub-*/**/*_activations.*', recursive=True):
        if not path.endswith('.tsv'):
            os.remove(path)
    assert make_group(made.output, ['mean'], None) == [written]


def test_nothing_to_make_tables_of(made, tmp_path):
    with pytest.raises(InputError, match='run the level participant first'):
        make_group(str(tmp_path), ['mean'], None)
    for path in glob.glob(made.output + '/sub-*/**/*dseg*', recursive=True):
        os.remove(path)
    os.remove(os.path.join(made.output, 'inferred.csv'))
    with pytest.raises(OptionError, match='holds no segmentation'):
        make_group(made.output, ['mean'], 'segmentation')
    with pytest.raises(ActivationError, match="statistic 'maen' is not known"):
        make_group(made.output, ['maen'], None)


def test_the_report_finds_the_segmentation(made):
    maps = na.open_activations(made.output)
    found = find_segmentation(made.output, 'sub-02_ses-b', maps.subjects)
    assert os.path.basename(found).endswith('_desc-myToyNet_dseg.nii.gz')
    assert find_segmentation(made.output, 'sub-07', maps.subjects) is None
