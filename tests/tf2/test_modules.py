# -*- coding: utf-8 -*-
"""Modules made in memory are imported and reached like any other."""

import importlib
import sys

import pytest

from niftynet_tf2.modules import MissingContribFinder, add_module


@pytest.fixture
def module(monkeypatch):
    monkeypatch.setitem(sys.modules, 'made_up', None)
    monkeypatch.setitem(sys.modules, 'made_up.inner', None)
    return add_module('made_up'), add_module('made_up.inner', number=5)


def test_it_is_imported_by_name_and_through_its_parent(module):
    outer, inner = module
    assert importlib.import_module('made_up.inner') is inner is outer.inner
    assert inner.number == 5


def test_a_missing_name_is_said_to_be_missing(module):
    with pytest.raises(AttributeError, match="'made_up.inner.other' is not supplied: niftynet_tf2"):
        module[1].other  # noqa: B018
    assert not hasattr(module[1], '__wrapped__')


def test_the_finder_speaks_of_contrib_only():
    assert MissingContribFinder.find_spec('tensorflow.contribution') is None
    assert MissingContribFinder.find_spec('json') is None
    with pytest.raises(ImportError, match="'tensorflow.contrib.slim' is not supplied"):
        MissingContribFinder.find_spec('tensorflow.contrib.slim')
