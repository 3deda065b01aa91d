# -*- coding: utf-8 -*-
"""Sizes that follow from what a map is to be like."""

import pytest

from niftynet_activations.store.spec import placed
from tests.store.maps import make_spec


def test_sizes_in_bytes():
    spec = make_spec()
    assert spec.samples == 5 * 7 * 11 * 3
    assert spec.raw_bytes == 4 * spec.samples
    assert spec._replace(dtype='uint8').raw_bytes == spec.samples


def test_a_map_in_space_needs_a_place():
    assert placed(make_spec()).unit == 'mm'
    with pytest.raises(ValueError, match='has no place in space'):
        placed(make_spec(place=None))
