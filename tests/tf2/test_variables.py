# -*- coding: utf-8 -*-
"""``tf.get_variable`` with sizes that are floats, against TensorFlow 1.15."""

import numpy as np
import pytest

from niftynet_tf2.variables import whole


def test_only_whole_floats_become_integers():
    assert [whole(size) for size in (2.0, 3, None)] == [2, 3, None]
    assert isinstance(whole(2.0), int)
    assert whole(2.5) == 2.5


@pytest.mark.slow
def test_squeeze_and_excitation_is_that_of_version_1(both):
    found, stored = both('squeeze_excitation')
    np.testing.assert_allclose(found['value'], stored['value'], rtol=1e-4, atol=1e-5)
    assert found['variables'].tolist() == stored['variables'].tolist()


@pytest.mark.slow
def test_a_fraction_is_still_refused(tf):
    with pytest.raises((TypeError, ValueError)):
        tf.get_variable('w', [2.5, 3])
