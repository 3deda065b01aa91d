# -*- coding: utf-8 -*-
"""Sizes in sentences."""

from niftynet_activations.space.sizes import as_product


def test_sizes_are_told_in_their_order():
    assert as_product((3, 4, 5)) == '3 x 4 x 5' and as_product([7]) == '7' and as_product([]) == ''
