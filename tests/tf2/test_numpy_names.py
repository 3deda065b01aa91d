# -*- coding: utf-8 -*-
"""numpy's names for built-in types: added where missing, left where numpy has them."""

import sys

import numpy as np

from niftynet_tf2 import numpy_names


def test_missing_names_are_the_built_in_types(monkeypatch):
    for name in ('int', 'float'):
        monkeypatch.delitem(np.__dict__, name, raising=False)
    numpy_names.supply()
    assert np.__dict__['int'] is int and np.__dict__['float'] is float
    assert np.zeros(3, dtype=np.__dict__['float']).dtype == np.float64


def test_a_name_that_is_there_stays(monkeypatch):
    monkeypatch.setitem(np.__dict__, 'bool', np.bool_)
    numpy_names.supply()
    assert np.__dict__['bool'] is np.bool_


def test_they_are_the_same_under_every_python():
    numpy_names.supply()
    expected = np.int64 if sys.platform != 'win32' else np.dtype(int).type
    assert np.dtype(np.__dict__['int']).type is expected
