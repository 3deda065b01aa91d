# -*- coding: utf-8 -*-
"""Penalties of weights, against TensorFlow 1.15 and against numpy."""

import numpy as np
import pytest

from ..cases import draw

pytestmark = pytest.mark.slow


def test_penalties_are_those_of_version_1_and_of_the_formula(both):
    found, stored = both('regularizers')
    weights = draw(4, 3, 5, 7).astype(np.float64)
    formula = {'l1': 0.25 * np.abs(weights).sum(), 'l2': 1e-3 * (weights**2).sum() / 2}
    for name, expected in stored.items():
        assert found[name] == pytest.approx(expected, rel=1e-6)
        assert found[name] == pytest.approx(formula[name], rel=1e-6)


def test_a_scale_of_zero_gives_no_penalty(tf):
    assert tf.contrib.layers.l2_regularizer(0.0)(tf.constant([1.0, 2.0])) is None


@pytest.mark.parametrize('scale', [-0.5, 1])
def test_scales_that_version_1_refused_are_refused(tf, scale):
    with pytest.raises(ValueError, match='l1_regularizer got the scale {}'.format(scale)):
        tf.contrib.layers.l1_regularizer(scale)
