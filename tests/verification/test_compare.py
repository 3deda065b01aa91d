# -*- coding: utf-8 -*-
"""Maps and passes written by hand; the largest difference and its place are known."""

import json
from collections import namedtuple

import numpy as np
import pytest

from niftynet_activations.verification.compare import (
    LayerResult,
    compare,
    first_sample,
    to_object,
)

Axis = namedtuple('Axis', 'stride offset')
SHAPE = (5, 7, 11, 2)


@pytest.fixture
def whole():
    return np.random.RandomState(4).uniform(-1, 1, SHAPE).astype(np.float32)


def channels(values):
    return [values[..., number] for number in range(values.shape[-1])]


def test_equal_maps_do_not_differ(whole):
    found = compare(channels(whole.copy()), whole, (0, 0, 0))
    assert found.difference == 0 and found.share == 0
    assert found.samples == whole.size


def test_the_largest_difference_and_its_place(whole):
    values = whole.copy()
    values[4, 0, 2, 0] += 0.25
    values[1, 6, 10, 1] -= 0.5
    found = compare(channels(values), whole, (0, 0, 0))
    assert found.place == (1, 6, 10)
    assert found.difference == pytest.approx(0.5, rel=1e-6)
    assert found.share == pytest.approx(0.5 / (whole.max() - whole.min()), rel=1e-6)


def test_a_map_that_begins_later_and_ends_earlier(whole):
    values = whole[1:4, 2:7, 3:5].copy()
    values[2, 0, 1, 1] += 3
    found = compare(channels(values), whole, (1, 2, 3))
    assert found.place == (2, 0, 1)
    assert found.samples == 3 * 5 * 2 * 2


def test_samples_before_and_behind_the_pass_are_left_out(whole):
    values = np.pad(whole, [(2, 1), (0, 0), (0, 3), (0, 0)], mode='constant', constant_values=50)
    values[3, 1, 1, 0] += 1
    found = compare(channels(values), whole, (-2, 0, 0))
    assert found.samples == whole.size
    assert found.place == (3, 1, 1)
    assert found.difference == pytest.approx(1, rel=1e-5)


def test_missing_samples_are_left_out_and_others_without_number_are_not(whole):
    values = whole.copy()
    values[0, :, :, :] = np.nan
    found = compare(channels(values), whole, (0, 0, 0), missing=7 * 11 * 2)
    assert found.difference == 0
    assert found.samples == 4 * 7 * 11 * 2
    assert compare(channels(values), whole, (0, 0, 0), missing=7 * 11).share == np.inf


def test_numbers_that_only_one_of_both_has(whole):
    broken = whole.copy()
    broken[2, 3, 4, 0] = np.nan
    assert compare(channels(broken), broken, (0, 0, 0)).difference == 0
    found = compare(channels(whole), broken, (0, 0, 0))
    assert found.difference == np.inf and found.place == (2, 3, 4)
    broken[2, 3, 4, 0] = np.inf
    assert compare(channels(broken), broken, (0, 0, 0)).difference == 0
    assert compare(channels(whole), broken, (0, 0, 0)).difference == np.inf


def test_a_constant_pass_has_no_range():
    whole = np.ones(SHAPE)
    assert compare(channels(whole), whole, (0, 0, 0)).share == 0
    assert compare(channels(whole + 1e-9), whole, (0, 0, 0)).share == np.inf


def test_no_common_samples(whole):
    found = compare(channels(whole), whole, (5, 0, 0))
    assert found.samples == 0 and found.place is None


@pytest.mark.parametrize(
    'centre, spacing, expected',
    [
        ((0.5, 3, 0), (2, 3, 1), [0, 0, 0]),
        ((4.5, -6, 7), (2, 3, 1), [2, -3, 7]),
        ((4.5004, -6, 7), (2, 3, 1), [2, -3, 7]),
        ((4.0, -6, 7), (2, 3, 1), None),  # between samples
        ((4.5, -6, 7), (2, 1.5, 1), None),  # another spacing
    ],
)
def test_first_sample(centre, spacing, expected):
    axes = [Axis(2, 0.5), Axis(3, 3), Axis(1, 0)]
    assert first_sample(centre, spacing, axes) == expected


def result(**changes):
    values = dict.fromkeys(LayerResult._fields)
    return LayerResult(**dict(values, layer='a', samples=1, **changes))


@pytest.mark.parametrize(
    'exact, share, wrong',
    [
        (True, 0.0, False),
        (True, 1e-4, False),
        (True, 1.1e-4, True),
        (True, float('nan'), True),
        (True, None, True),  # could not be compared
        (False, 0.9, False),
        (None, None, False),
    ],
)
def test_wrong(exact, share, wrong):
    assert result(exact=exact, share=share).wrong is wrong


def test_json_has_no_infinite_numbers():
    found = to_object(result(exact=True, share=np.inf, difference=np.inf))
    assert json.loads(json.dumps(found, allow_nan=False))['wrong'] is True
    assert found['share'] is None and found['difference'] is None
