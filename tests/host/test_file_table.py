# -*- coding: utf-8 -*-
"""Rows of NiftyNet's table of files, with what NiftyNet and pandas put where no file is."""

import pandas as pd
import pytest

from niftynet_activations.host.file_table import SUBJECT_COLUMN, is_complete, lacks

TABLE = pd.DataFrame(
    {
        SUBJECT_COLUMN: ['a', 'b', 'c'],
        'T1': ['a_T1.nii', 'b_T1.nii', ''],
        'T2': ['a_T2.nii', float('nan'), 'c_T2.nii'],
    }
)


@pytest.mark.parametrize('row, sections', [(0, []), (1, ['T2']), (2, ['T1'])])
def test_sections_without_a_file(row, sections):
    one = TABLE.iloc[row]
    assert [name for name in ('T1', 'T2') if lacks(one, name)] == sections
    assert is_complete(one, ['T1', 'T2']) == (not sections)


def test_a_section_that_is_no_column_has_no_file():
    assert lacks(TABLE.iloc[0], 'label') and not is_complete(TABLE.iloc[0], ['T1', 'label'])
    assert is_complete(TABLE.iloc[0], [])
