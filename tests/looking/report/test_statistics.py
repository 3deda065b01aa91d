# -*- coding: utf-8 -*-
"""The facts of a map against numpy on the whole of it."""

import os

import nibabel as nib
import numpy as np
import pytest
from sample_folder import POSTFIX, make_sample

from niftynet_activations import open_activations
from niftynet_activations.looking.report import statistics


def test_a_map_is_described_as_numpy_does(tmp_path):
    sample = make_sample(str(tmp_path / 'out'))
    key = ('1', 'conv_0')
    facts = statistics.describe(open_activations(sample.folder)[key])
    data = sample.data[key].astype(np.float64)
    for channel, found in enumerate(facts.channels):
        values = data[..., channel]
        expected = [values.mean(), values.std(), values.min(), values.max()]
        got = [found.mean, found.std, found.lowest, found.highest]
        np.testing.assert_allclose(got, expected, rtol=1e-5, atol=1e-9)
    assert [found.dead for found in facts.channels] == [False, True, False, False]
    weight = np.abs(data).mean(axis=-1)
    grid = np.indices(weight.shape)
    index = [(axis * weight).sum() / weight.sum() for axis in grid]
    world = sample.affine @ np.array(index + [1.0])
    np.testing.assert_allclose(facts.centre, world[:3], rtol=1e-4)
    assert facts.shape == data.shape
    assert facts.counts.sum() > 10000


@pytest.mark.parametrize(
    'values, dead, saturated',
    [
        ([0.0] * 60, True, False),
        ([3.0] * 60, True, False),
        ([0.0] * 50 + list(range(1, 11)), False, False),
        ([-1.0] * 30 + list(np.linspace(0, 5, 30)), False, True),
        ([6.0] * 30 + list(np.linspace(0, 5, 30)), False, True),
        ([6.0] * 29 + list(np.linspace(0, 5, 31)), False, False),
    ],
)
def test_dead_and_saturated(values, dead, saturated):
    found = statistics.channel_facts(7, np.array(values).reshape(3, 4, 5))
    assert (found.number, found.dead, found.saturated) == (7, dead, saturated)


def test_missing_samples_take_no_part():
    volume = np.full((5, 7, 11), np.nan)
    assert np.isnan(statistics.channel_facts(0, volume).mean)
    volume[1, 2, 3], volume[4, 6, 10] = 2.0, 4.0
    found = statistics.channel_facts(0, volume)
    assert (found.mean, found.std, found.missing) == (3.0, 1.0, 5 * 7 * 11 - 2)
    assert sorted(statistics.thin(volume)) == [2.0, 4.0]


def test_a_map_of_zeros_has_its_middle_as_centre():
    centre = statistics.centre_of_mass(np.zeros((5, 7, 11)), np.diag([2.0, 1.0, 1.0, 1.0]))
    assert centre.tolist() == [4.0, 3.0, 5.0]


def test_channels_with_the_same_values_are_named(tmp_path):
    sample = make_sample(str(tmp_path / 'out'))
    path = os.path.join(sample.folder, 'activation_logits_1_{}.nii.gz'.format(POSTFIX))
    data = sample.data['1', 'logits'].copy()
    data[..., 2] = data[..., 0]
    nib.save(nib.Nifti1Image(data, sample.affine), path)
    maps = open_activations(sample.folder)
    seen = []
    found = statistics.describe(maps['1', 'logits'], lambda place, volume: seen.append(place))
    assert [each.duplicate_of for each in found.channels] == [None, None, 0]
    assert [each.state for each in found.channels] == ['', '', 'same as 0']
    assert seen == [0, 1, 2]
    assert found.scale.signed and found.scale.low == -found.scale.high
    assert [each.state for each in statistics.describe(maps['1', 'conv_0']).channels][1] == 'dead'
