# -*- coding: utf-8 -*-
"""Local variables: in no collection but their own, so that no checkpoint holds them."""

import numpy as np
import pytest

pytestmark = pytest.mark.slow


def test_value_and_collections_are_those_of_version_1(both):
    found, stored = both('local_variable')
    np.testing.assert_array_equal(found['value'], stored['value'])
    assert found['variables'].tolist() == stored['variables'].tolist()
