# -*- coding: utf-8 -*-
"""``DataFrame.append`` and grouping by a tuple, against pandas 1."""

import pandas as pd
import pytest

from niftynet_tf2 import pandas_names

from . import tables


@pytest.fixture
def supplied(monkeypatch):
    """The stand-ins, taken away again afterwards."""
    monkeypatch.setattr(pd.DataFrame, 'append', pandas_names.append, raising=False)
    monkeypatch.setattr(pd.DataFrame, 'groupby', pd.DataFrame.groupby)
    pandas_names.supply()


def test_append_gives_what_pandas_1_gave(supplied, stored_tables):
    assert tables.appended() == stored_tables['appended']


def test_groups_are_those_of_pandas_1(supplied, stored_tables):
    assert tables.grouped() == stored_tables['grouped']


def test_a_tuple_groups_by_its_columns(supplied):
    table = pd.DataFrame({'label': [1, 2, 1], 'dice': [0.5, 0.25, 1.0]})
    assert table.groupby(('label',))['dice'].mean().tolist() == [0.75, 0.25]


def test_a_column_named_by_a_tuple_is_still_found(supplied):
    table = pd.DataFrame({('a', 'b'): [1, 1, 2], 'dice': [0.5, 0.25, 1.0]})
    assert table.groupby(('a', 'b'))['dice'].sum().tolist() == [0.75, 1.0]


def test_append_leaves_its_frame_alone(supplied):
    table = pd.DataFrame({'id': ['one']})
    table.append({'id': 'two'}, ignore_index=True)
    assert table['id'].tolist() == ['one']


def test_types_survive_the_first_row(supplied):
    table = pd.DataFrame().append(pd.DataFrame({'value': [3]}), ignore_index=True)
    assert table['value'].dtype == 'int64'
