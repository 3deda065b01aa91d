# -*- coding: utf-8 -*-
"""Names of what a network returns."""

from collections import OrderedDict, namedtuple

import pytest

pytestmark = pytest.mark.slow
pytest.importorskip('niftynet')

from random_checkpoint import tf  # noqa: E402

from niftynet_activations.capturing.returned import named_results  # noqa: E402

Pair = namedtuple('Pair', 'image label')


def test_names_are_keys_fields_and_positions():
    with tf.Graph().as_default():
        one, two = tf.zeros([1, 2]), tf.zeros([1, 3])
        cases = [
            (one, ['']),
            ([one, None, two], ['0', '2']),
            (Pair(one, two), ['image', 'label']),
            (OrderedDict([('b', two), ('a', [one, two])]), ['b', 'a.0', 'a.1']),
            ((one, {'x': two}, 3.0), ['0', '1.x']),
            (None, []),
        ]
        for returned, names in cases:
            assert list(named_results(returned)) == names
        assert named_results(Pair(one, two))['label'] is two
