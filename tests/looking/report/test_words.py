# -*- coding: utf-8 -*-
"""Facts as a person reads them."""

import numpy as np
import pytest

from niftynet_activations.looking.report import statistics, words


@pytest.mark.parametrize(
    'value, text',
    [
        (None, '–'),
        (True, 'yes'),
        ([1, 2, None], '1 × 2 × –'),
        (['/a/b.nii', 'c'], 'b.nii, c'),
        ({'T1': ['/a/b.nii']}, 'T1 b.nii'),
        (0.5, '0.5'),
        (7, '7'),
    ],
)
def test_values_as_text(value, text):
    assert words.as_text(value) == text


def test_a_row_of_the_table_of_channels():
    row = words.channel_row(statistics.channel_facts(4, np.full((2, 3, 4), 2.5)))
    assert row['number'] == '4' and row['state'] == 'dead' and row['mean'] == '2.5'
