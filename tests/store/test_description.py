# -*- coding: utf-8 -*-
"""A description has the sidecar's keys, and no others."""

import pytest

from niftynet_activations.store.description import KEYS, MapDescription, as_keys


def test_what_is_not_known_is_none():
    told = as_keys(MapDescription(pass_='windows', exact=False))
    assert tuple(told) == KEYS
    assert {key: value for key, value in told.items() if value is not None} == {
        'pass': 'windows',
        'exact': False,
    }


def test_the_scaling_is_told_only_where_it_is_known():
    told = as_keys(MapDescription(scl_slope=0.5, scl_inter=0.0, error_bound=0.25))
    assert [key for key in told if key not in KEYS] == ['scl_slope', 'scl_inter', 'error_bound']


@pytest.mark.parametrize('make', [MapDescription, MapDescription()._replace])
def test_a_misspelt_key_is_a_fault_when_it_is_told(make):
    with pytest.raises((TypeError, ValueError), match='strid'):
        make(strid=1)
