# -*- coding: utf-8 -*-
"""``distutils.version`` where Python has it no longer."""

import importlib
import sys

import pytest

from niftynet_tf2 import python_names

pytest.importorskip('packaging.version')


def test_versions_are_compared_by_number_where_the_module_is_gone(monkeypatch):
    monkeypatch.setattr(python_names, 'find_spec', lambda name: None)
    for name in ('distutils', 'distutils.version'):
        monkeypatch.setitem(sys.modules, name, None)
    python_names.supply()
    loose = importlib.import_module('distutils.version').LooseVersion
    assert loose('1.5') < loose('1.15.5') < loose('2.21.0')
    assert str(loose('2.21.0')) == '2.21.0'


def test_the_module_that_is_there_stays(monkeypatch):
    monkeypatch.setattr(python_names, 'find_spec', lambda name: 'found')
    monkeypatch.setattr(python_names, 'add_module', None)
    python_names.supply()
