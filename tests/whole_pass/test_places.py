# -*- coding: utf-8 -*-
"""Which part of a tensor belongs to a window."""

from fractions import Fraction

import pytest

from niftynet_activations.whole_pass.places import Along, shape_at


def test_indices_of_voxels():
    assert Along(0, Fraction(2)).indices(8) == 4
    assert Along(1, Fraction(1, 2)).indices(3) == 6  # two samples a voxel
    with pytest.raises(ValueError, match='between two samples'):
        Along(0, Fraction(2)).indices(3)


def test_a_window_has_its_part_of_each_dimension_that_goes_with_an_axis():
    """A volume of 16 x 12 and a window of 10 x 12; the tensor has a sample for two voxels."""
    place = (None, Along(0, Fraction(2)), Along(1, Fraction(2)), None)
    assert shape_at(place, (1, 8, 6, 5), {0: 6, 1: 0}) == (1, 5, 6, 5)
