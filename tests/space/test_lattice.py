# -*- coding: utf-8 -*-
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from niftynet_activations.space.lattice import inside_image

# (stride, offset, image size, padding) -> centres inside the image, written by hand
CASES = {
    'voxels themselves': ((1, 0, 5, 0), [0, 1, 2, 3, 4]),
    'padding cropped away': ((1, 0, 5, 2), [2, 3, 4, 5, 6]),
    'cropped by valid convolutions': ((1, 5, 3, 0), [0, 1, 2]),
    'pairs': ((2, 0.5, 7, 0), [0.5, 2.5, 4.5]),
    'pairs, one reaching the upper face': ((2, 0.5, 8, 0), [0.5, 2.5, 4.5, 6.5]),
    'odd padding moves the first pair': ((2, 0.5, 7, 3), [2.5, 4.5, 6.5, 8.5]),
    'a centre on the lower face is inside': ((2, -0.5, 4, 0), [-0.5, 1.5]),
    'a centre on the upper face is outside': ((2, 1.5, 4, 0), [-0.5, 1.5]),
    'thirds': ((4 / 3, 1 / 6, 4, 0), [1 / 6, 1.5, 17 / 6]),
    'none inside': ((16, 9, 3, 0), []),
    'halves': ((0.5, -0.25, 2, 0), [-0.25, 0.25, 0.75, 1.25]),
}


@pytest.mark.parametrize('case', CASES.values(), ids=list(CASES))
def test_centres_written_by_hand(case):
    (stride, offset, image, padding), centres = case
    lattice = inside_image(stride, offset, image, padding)
    assert lattice.count == len(centres)
    np.testing.assert_allclose(lattice.centres(), centres, atol=1e-12)


def test_first_counts_from_the_sample_of_a_window_at_voxel_zero():
    assert inside_image(1, 5, 3, 0).first == -5
    assert inside_image(2, 0.5, 7, 3).first == 1


@settings(max_examples=200, deadline=None)
@given(st.integers(1, 8), st.integers(-40, 40), st.integers(1, 40), st.integers(0, 20))
def test_it_is_what_a_search_over_all_samples_finds(stride, half_offset, image, padding):
    offset = half_offset / 2.0
    lattice = inside_image(stride, offset, image, padding)
    everything = [offset + stride * index for index in range(-200, 200)]
    found = [centre for centre in everything if -0.5 <= centre - padding < image - 0.5]
    assert lattice.centres().tolist() == found
