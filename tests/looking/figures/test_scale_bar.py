# -*- coding: utf-8 -*-
"""Scale bars."""

import pytest

from niftynet_activations.looking.figures.scale_bar import bar_length


@pytest.mark.parametrize('width, length', [(240, 50), (30, 10), (2, 1), (1000, 200)])
def test_the_scale_bar_is_a_round_number_of_mm(width, length):
    assert bar_length(width) == length
