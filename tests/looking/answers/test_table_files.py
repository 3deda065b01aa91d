# -*- coding: utf-8 -*-
"""Tables as files: whole or not there."""

import os

import pandas as pd
import pytest

from niftynet_activations.errors import OptionError, WriteError
from niftynet_activations.looking.answers.table_files import (
    table_text,
    write_table_file,
    write_tables,
)

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


def test_tables_of_subjects_one_below_the_other(tmp_path):
    tables = [pd.DataFrame({'subject': [name], 'mean': [value]}) for name, value in ('a1', 'b2')]
    made = []

    def one_by_one():
        for table in tables:
            made.append(len(os.listdir(str(tmp_path))))
            yield table

    write_tables(one_by_one(), str(tmp_path / 'table.csv'))
    assert (tmp_path / 'table.csv').read_text() == 'subject,mean\na,1\nb,2\n'
    assert made == [1, 1]  # under a name of its own until all are there


def test_each_kind_of_file_holds_all_tables(tmp_path):
    pytest.importorskip('pyarrow')
    for name in ('table.csv', 'TABLE.PARQUET'):
        write_tables((TABLE.assign(value=each) for each in (0.1, 0.25)), str(tmp_path / name))
    read = pd.read_parquet(str(tmp_path / 'TABLE.PARQUET'))
    pd.testing.assert_frame_equal(read, pd.read_csv(str(tmp_path / 'table.csv')))
    assert read['value'].tolist() == [0.1, 0.25]


def test_parts_are_one_table_in_the_columns_of_all(tmp_path):
    parts = [
        TABLE,
        pd.DataFrame(),
        pd.DataFrame({'value': [2.5], 'l|0,1|cov': [1e-17], 'subject': ['"q", r']}),
        pd.DataFrame({'subject': ['c'], 'region': [3]}),
    ]
    path, wanted = str(tmp_path / 'parts.csv'), tmp_path / 'whole.csv'
    write_tables(iter(parts), path)
    rows = [row for part in parts for row in part.to_dict('records')]
    write_table_file(pd.DataFrame(rows), str(wanted))
    with open(path) as stream:
        assert stream.read() == wanted.read_text().replace(',3.0', ',3')

    def failing():
        yield TABLE
        raise OSError('no room')

    with pytest.raises(WriteError, match='no room'):
        write_tables(failing(), path)
    assert sorted(os.listdir(str(tmp_path))) == ['parts.csv', 'whole.csv']
