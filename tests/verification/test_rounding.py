# -*- coding: utf-8 -*-
"""Layers whose values are nothing but rounding are told from others."""

import pytest

pytestmark = pytest.mark.slow
pytest.importorskip('niftynet')

import numpy as np  # noqa: E402

from niftynet_activations.verification.compare import LayerResult  # noqa: E402
from niftynet_activations.verification.rounding import (  # noqa: E402
    last_digits_changed,
    rounding_of,
)
from niftynet_activations.verification.whole_pass import WholeLayer  # noqa: E402

VOLUME = np.random.RandomState(4).normal(5, 2, (9, 8, 7, 2)).astype(np.float32)


def run(volume):
    """A pass of a network of three layers, in single precision as TensorFlow's."""
    scores = (volume - volume.mean((0, 1, 2))) / volume.std((0, 1, 2))
    means = scores.mean((0, 1, 2)) + np.zeros_like(scores)
    for name, values in (('scores', scores), ('means', means), ('zeros', 0 * scores)):
        yield WholeLayer(name, values, None)


def test_the_mean_of_what_has_none_is_rounding():
    found = rounding_of(run, VOLUME)
    assert found['scores'] < 1e-6 and found['zeros'] == 0 and found['means'] > 0.1


def test_only_the_last_digit_changes():
    other = last_digits_changed(VOLUME)
    assert other.dtype == np.float32 and np.all(other != VOLUME)
    assert np.all(np.abs(other - VOLUME) <= 4 * np.spacing(np.abs(VOLUME)))


@pytest.mark.parametrize(
    'share, rounding, wrong',
    [
        (2e-4, None, True),
        (2e-4, 1e-6, True),  # the pass itself changes by less
        (0.3, 0.2, False),
        (0.3, 0.02, True),
        (np.inf, 0.2, True),
        (9e-5, None, False),
    ],
)
def test_which_maps_are_wrong(share, rounding, wrong):
    numbers = dict(difference=1e-9, share=share, voxel=None, world=None, samples=9)
    result = LayerResult('a', True, reference_shape=None, inexact_because=None, not_compared=None,
                         rounding=rounding, **numbers)  # fmt: skip
    assert result.wrong is wrong
