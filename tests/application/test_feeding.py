# -*- coding: utf-8 -*-
"""What is fed step by step, of one sampler or of several."""

import numpy as np
import pytest

pytestmark = pytest.mark.slow
pytest.importorskip('niftynet')

from niftynet_activations.application.feeding import feeds, placeholders_of  # noqa: E402


class Sampler:
    """Of NiftyNet's, what feeding asks for."""

    batch_size, from_generator, smaller_final_batch_mode = 1, True, 'pad'

    def __init__(self, name, values):
        self._name, self._values, self.asked = name, values, 0

    def layer_op(self):
        for value in self._values:
            self.asked += 1
            yield {self._name: np.array([value])}


class Application:
    def __init__(self, vectors, windows, unused):
        self.sampler = [[vectors], [windows, unused]]
        self.activation_sampler = lambda: windows


def test_each_step_takes_a_batch_of_each_sampler_that_counts():
    vectors, windows = Sampler('vector', range(100, 200)), Sampler('image', [1, 2, 3])
    unused = Sampler('image', [7])
    application = Application(vectors, windows, unused)
    placeholders = [{'vector': 'V'}, {'image': 'I'}, {}]
    found = [(int(batch['image'][0]), feed) for batch, feed in feeds(application, placeholders)]
    assert found == [(n, {'I': n, 'V': 99 + n}) for n in (1, 2, 3)]
    assert (vectors.asked, windows.asked, unused.asked) == (3, 3, 0)


def test_every_sampler_gets_placeholders():
    application = Application(*(Sampler('image', []) for _ in range(3)))
    assert placeholders_of(application) == [{}, {}, {}]  # filled when the network takes them
