# -*- coding: utf-8 -*-
"""Pictures side by side."""

import numpy as np
import pytest

from niftynet_activations.looking.report import mosaics


def test_mosaic_puts_pictures_in_reading_order():
    parts = [np.full((2, 3), float(k)) for k in range(3)]
    nan = np.nan
    expected = [
        [0, 0, 0, nan, nan, 1, 1, 1],
        [0, 0, 0, nan, nan, 1, 1, 1],
        [nan] * 8,
        [nan] * 8,
        [2, 2, 2] + [nan] * 5,
        [2, 2, 2] + [nan] * 5,
    ]
    np.testing.assert_equal(mosaics.mosaic(parts, 2), expected)


@pytest.mark.parametrize(
    'count, per_row', [(1, 1), (3, 3), (16, 4), (14, 5), (32, 8), (64, 8), (400, 10)]
)
def test_montage_is_about_square_and_its_last_row_full(count, per_row):
    assert mosaics.columns_of_montage([np.zeros((30, 30))] * count) == per_row
