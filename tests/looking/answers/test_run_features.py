# -*- coding: utf-8 -*-
"""Features of waiting maps beside those of the same maps in files."""

import json

import nibabel as nib
import numpy as np
import pandas as pd
import pytest
from sample_folder import make_sample

from niftynet_activations import open_activations
from niftynet_activations.errors import ReadError
from niftynet_activations.looking.answers.run_features import (
    RegionsOfRun,
    feature_table,
    features_of_maps,
    noted_features,
    summarise,
)
from niftynet_activations.space.place import place_of_affine
from niftynet_activations.store import naming
from niftynet_activations.store.spec import MapSpec

STATISTICS = ['mean', 'kurtosis', 'cov']


@pytest.fixture
def sample(tmp_path):
    return make_sample(str(tmp_path / 'maps'), shape=(8, 9, 10))


def spec_of(one):
    place = place_of_affine(one.affine)
    shape = one.data.shape[:3]
    return MapSpec(one.subject, one.layer, 'x', shape, tuple(one.channels), place, 'none')


def regions_of(sample, tmp_path, moved):
    """Labels whose file may tell another place than the run knows them to have."""
    files, affines = {}, {}
    for subject, labels in sample.labels.items():
        affine = sample.affines[subject, 'conv_0']
        files[subject] = str(tmp_path / (subject + '.nii.gz'))
        nib.save(nib.Nifti1Image(labels, affine + 5 if moved else affine), files[subject])
        affines[subject] = affine
    boxes = {'1': ((0, 0, 0), (8, 9, 6))}
    return RegionsOfRun(STATISTICS, 'labels', files, boxes, affines if moved else {}, False)


@pytest.mark.parametrize('moved', [False, True])
def test_sidecars_tell_what_the_maps_have(sample, tmp_path, moved):
    maps = open_activations(sample.folder)
    regions = regions_of(sample, tmp_path, moved)
    for one in maps.values():
        spec = spec_of(one)
        features = json.loads(json.dumps(summarise(regions, spec, one.data), allow_nan=False))
        (tmp_path / naming.sidecar_name(spec)).write_text(json.dumps({'features': features}))
    noted = noted_features(str(tmp_path), 'x', maps.subjects + ['z'], maps.layers)
    found, expected = feature_table(noted), feature_table(features_of_maps(maps, regions))
    pd.testing.assert_frame_equal(found, expected)
    # of the first subject the last planes do not count, of the second one all do
    for subject, depth in (('1', 6), ('1_b', 10)):
        row = found[(found['subject'] == subject) & (found['region'] == 2)].iloc[0]
        inside = sample.labels[subject] == 2
        inside[:, :, depth:] = False
        values = sample.data[subject, 'logits'][inside]
        assert row['logits|1|mean'] == pytest.approx(values[:, 1].mean(), rel=1e-5)
    # one value throughout has no kurtosis
    assert np.isnan(found['conv_0|1|kurtosis']).all()


def test_subjects_without_labels_have_no_row(sample):
    maps = open_activations(sample.folder)
    regions = RegionsOfRun(['mean'], 'labels', {}, {}, {}, False)
    assert list(feature_table(features_of_maps(maps, regions)).columns) == ['subject', 'region']


def test_a_sidecar_without_features_is_told(tmp_path):
    (tmp_path / 'activation_conv_a_x.features.json').write_text('{}')
    with pytest.raises(ReadError, match='tells no features'):
        noted_features(str(tmp_path), 'x', ['a'], ['conv'])
