# -*- coding: utf-8 -*-
"""``tf.layers.dense``, against TensorFlow 1.15."""

import numpy as np
import pytest

pytestmark = pytest.mark.slow


def test_values_and_variables_are_those_of_version_1(both):
    found, stored = both('dense')
    np.testing.assert_allclose(found['value'], stored['value'], rtol=1e-5, atol=1e-6)
    assert found['variables'].tolist() == stored['variables'].tolist()


def test_another_layer_is_said_to_be_missing(tf):
    with pytest.raises(AttributeError, match="'tensorflow.layers.conv3d' is not supplied"):
        tf.layers.conv3d  # noqa: B018
