# -*- coding: utf-8 -*-
"""Tables of rows are files of a map's folder, and no volumes."""

import pytest

from niftynet_activations.errors import ReadError
from niftynet_activations.store.formats.rows_format import Rows
from niftynet_activations.store.vectors import vector_spec

SPEC = vector_spec('s_1', 'fc', 'out', (0, 3))


def test_a_table_is_whole_with_anything_in_it(tmp_path):
    (name,) = Rows().file_names(SPEC)
    assert name == 'activation_fc_s_1_out.csv'
    path = tmp_path / name
    assert not Rows().is_whole(str(path), SPEC)
    path.write_text('')
    assert not Rows().is_whole(str(path), SPEC)
    path.write_text('x_start')
    assert Rows().is_whole(str(path), SPEC)


def test_a_table_is_opened_as_no_volume():
    with pytest.raises(ReadError, match='a.csv is a table of rows'):
        Rows().open(['a.csv'])
    assert Rows().place('a.csv') is None
