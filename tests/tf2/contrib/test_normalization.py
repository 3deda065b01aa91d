# -*- coding: utf-8 -*-
"""Instance and batch normalisation, against TensorFlow 1.15: values, updates, variables' names."""

import numpy as np
import pytest

pytestmark = pytest.mark.slow


@pytest.mark.parametrize('case', ['instance_norm', 'batch_norm'])
def test_values_and_variables_are_those_of_version_1(both, case):
    found, stored = both(case)
    assert sorted(found) == sorted(stored)
    assert found.pop('variables').tolist() == stored.pop('variables').tolist()
    for name, expected in stored.items():
        np.testing.assert_allclose(found[name], expected, rtol=1e-5, atol=3e-6, err_msg=name)


def test_an_argument_that_niftynet_does_not_use_is_refused(tf):
    inputs = tf.zeros([2, 5, 7, 3])
    with pytest.raises(TypeError, match="batch_norm of niftynet_tf2 has no argument 'renorm'"):
        tf.contrib.layers.batch_norm(inputs, renorm=True)
    with pytest.raises(TypeError, match="instance_norm of .* has no argument 'data_format'"):
        tf.contrib.layers.instance_norm(inputs, data_format='NCHW')
