# -*- coding: utf-8 -*-
"""Graphs of single stages give what the whole network gives."""

import numpy as np
import pytest

pytestmark = pytest.mark.slow
pytest.importorskip('niftynet')

import tensorflow as tf  # noqa: E402

from niftynet_activations.whole_pass.networks import StageNetworks  # noqa: E402
from niftynet_activations.whole_pass.reading import read_reference  # noqa: E402
from whole_pass import little  # noqa: E402


def networks(build):
    reference, _ = read_reference(build, little.SIZE)
    return StageNetworks(reference, build, little.WEIGHTS.__getitem__)


def test_a_stage_from_the_pooling_on():
    build, image = little.builder(), little.image_of()
    pool, expected = little.run(build, image)
    network = networks(build).open(['pool:0', 'mean:0'], ['conv_2:0'], little.SIZE)
    mean = pool.mean(axis=(1, 2), keepdims=True)
    with network.session:
        found = network.run(['conv_2:0'], {'pool:0': pool, 'mean:0': mean})[0]
    assert np.allclose(found, expected, atol=1e-5)
    assert list(network.weights) == ['w_2:0']  # the first convolution's are not needed


def test_a_window_of_another_size():
    build, image = little.builder(('conv_1:0',)), little.image_of()
    expected = little.run(build, image[:, :10])[0]
    network = networks(build).open(['image:0'], ['conv_1:0'], (10, 12))
    with network.session:
        found = network.run(['conv_1:0'], {'image:0': image[:, :10]})[0]
    assert np.array_equal(found, expected)


def test_sizes_written_into_the_graph_are_those_of_the_window():
    def back(tensor):
        size = [2 * n for n in tensor.shape.as_list()[1:3]]
        tf.image.resize_nearest_neighbor(tensor, size, name='resized')

    build = little.builder(('resized:0',), centred=False, end=back)
    made, image = networks(build), little.image_of()[:, :10]
    assert made.varies(['image:0'], ['resized:0']) and not made.varies(['image:0'], ['conv_2:0'])
    network = made.open(['image:0'], ['resized:0'], (10, 12))
    with network.session:
        found = network.run(['resized:0'], {'image:0': image})[0]
    assert np.array_equal(found, little.run(build, image)[0])
