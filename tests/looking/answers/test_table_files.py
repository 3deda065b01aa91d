# -*- coding: utf-8 -*-
"""Tables as files: whole or not there."""

import os

import pandas as pd
import pytest

from niftynet_activations.errors import OptionError, WriteError
from niftynet_activations.looking.answers.table_files import table_text, write_table_file

TABLE = pd.DataFrame({'subject': ['a'], 'value': [0.1]})


def test_a_failure_leaves_the_file_as_it_was(tmp_path, monkeypatch):
    path = tmp_path / 'table.csv'
    path.write_text('before')

    def fail(*unused_args, **unused_kwargs):
        raise OSError('no room')

    monkeypatch.setattr(pd.DataFrame, 'to_csv', fail)
    with pytest.raises(WriteError, match='no room'):
        write_table_file(TABLE, str(path))
    assert path.read_text() == 'before' and os.listdir(str(tmp_path)) == ['table.csv']


def test_text_where_there_is_no_path():
    assert table_text(TABLE) == 'subject,value\na,0.1\n'


def test_other_endings_are_refused(tmp_path):
    with pytest.raises(OptionError, match=r'\.csv or \.parquet'):
        write_table_file(TABLE, str(tmp_path / 'table.txt'))
