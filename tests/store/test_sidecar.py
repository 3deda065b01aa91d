# -*- coding: utf-8 -*-
"""Sidecars hold every key, and only those."""

import json

import numpy as np
import pytest

from niftynet_activations.errors import ReadError
from niftynet_activations.store import sidecar
from niftynet_activations.store.description import MapDescription

KEYS = (
    'layer type tensor network checkpoint iteration subject source_images channels shape dtype '
    'affine resolution stride offset period receptive_field margin reference_shape exact '
    'inexact_because missing missing_value nan reduce stitch grid pass windows also axcodes '
    'file_axcodes units versions'
).split()


def test_all_keys_are_there_and_null_where_unknown():
    content = json.loads(sidecar.to_text(MapDescription(layer='a', windows=3)))
    assert list(content) == KEYS
    assert {key: value for key, value in content.items() if value is not None} == {
        'layer': 'a',
        'windows': 3,
    }


def test_numpy_values_become_plain_ones():
    told = MapDescription(affine=np.eye(2), nan=np.int64(3), exact=np.bool_(True), shape=range(2))
    content = json.loads(sidecar.to_text(told))
    assert content['affine'] == [[1, 0], [0, 1]]
    assert (content['nan'], content['exact'], content['shape']) == (3, True, [0, 1])


def test_integer_keys_stand_only_where_given():
    assert 'error_bound' not in json.loads(sidecar.to_text(MapDescription()))
    assert json.loads(sidecar.to_text(MapDescription(error_bound=0.5)))['error_bound'] == 0.5


def test_misspelt_key_is_a_fault():
    # before the first window: a description is made while a map is planned
    with pytest.raises(TypeError, match='strid'):
        MapDescription(strid=1)


def test_what_json_cannot_hold_is_refused():
    with pytest.raises(ValueError):
        sidecar.to_text(MapDescription(margin=float('nan')))


def test_reading_gives_back_what_was_written(tmp_path):
    (tmp_path / 'a.json').write_text(sidecar.to_text(MapDescription(layer='a')))
    assert sidecar.read(str(tmp_path / 'a.json'))['layer'] == 'a'


@pytest.mark.parametrize('text', ['{', '[]', '{"layer": 1}', ''])
def test_other_files_are_refused(tmp_path, text):
    (tmp_path / 'a.json').write_text(text)
    with pytest.raises(ReadError, match='a.json'):
        sidecar.read(str(tmp_path / 'a.json'))


def test_fingerprint_depends_on_values_and_not_on_order():
    one = sidecar.fingerprint({'a': 1, 'b': [1, 2]})
    assert one == sidecar.fingerprint({'b': (1, 2), 'a': np.int32(1)})
    assert one != sidecar.fingerprint({'a': 1, 'b': [2, 1]})
    assert len(one) == 16


def test_versions_name_what_is_there_and_what_is_not():
    found = sidecar.versions('abc', ('numpy', 'surely-not-a-package'))
    assert found['numpy'] == np.__version__
    assert found['surely-not-a-package'] is None
    assert found['settings'] == 'abc'
