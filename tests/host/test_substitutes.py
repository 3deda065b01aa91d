# -*- coding: utf-8 -*-
"""Our object in the place of NiftyNet's holds what NiftyNet's holds."""

import pytest

pytestmark = pytest.mark.slow
pytest.importorskip('niftynet')

from niftynet.layer.base_layer import Layer  # noqa: E402

from niftynet_activations.host.substitutes import beside, layer_beside  # noqa: E402


class Theirs(Layer):
    def __init__(self, size):
        super(Theirs, self).__init__(name='theirs')
        self.size = size
        self.made = True

    def layer_op(self, value):
        return value * self.size


class Ours(Theirs):
    def layer_op(self, value):
        return super(Ours, self).layer_op(value) + 1


def test_it_is_not_made_a_second_time():
    original = Theirs(3)
    original.size = 5
    made = beside(Ours, original)
    assert type(made) is Ours and made.size == 5 and made.made
    made.size = 7
    assert original.size == 5


def test_calls_go_to_our_layer():
    original = Theirs(3)
    made = layer_beside(Ours, original, 'ours')
    assert (original(2), made(2)) == (6, 7)
    assert made.name == 'ours' and original.name == 'theirs'
