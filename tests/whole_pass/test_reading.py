# -*- coding: utf-8 -*-
"""The reference graph: places and periods, and where a network does otherwise on another size."""

import pytest

pytestmark = pytest.mark.slow
pytest.importorskip('niftynet')

import tensorflow as tf  # noqa: E402

from niftynet_activations.errors import OptionError  # noqa: E402
from niftynet_activations.whole_pass.places import Along  # noqa: E402
from niftynet_activations.whole_pass.reading import read_reference  # noqa: E402
from whole_pass import little  # noqa: E402


def test_places_and_periods():
    reference, periods = read_reference(little.builder(), little.SIZE)
    assert periods == (2, 2)
    assert reference.places['active:0'] == (None, Along(0, 1), Along(1, 1), None)
    assert reference.places['conv_2:0'] == (None, Along(0, 2), Along(1, 2), None)
    assert reference.uneven == {} and reference.wanted == ('pool:0', 'conv_2:0')


def test_a_resize_to_a_fixed_size_does_otherwise_on_a_longer_volume():
    def fixed(tensor):
        tf.image.resize_nearest_neighbor(tensor, (16, 12), name='resized')

    build = little.builder(names=('resized:0',), end=fixed)
    reference, _ = read_reference(build, little.SIZE)
    assert reference.places['resized:0'] == (None,) * 4  # the same for every window
    assert reference.uneven == {len(reference.flow.steps) - 1: {0, 1}}


def test_what_depends_on_the_size_varies():
    def back(tensor):
        size = [2 * n for n in tensor.shape.as_list()[1:3]]
        tf.image.resize_nearest_neighbor(tensor, size, name='resized')

    reference, _ = read_reference(little.builder(('resized:0',), end=back), little.SIZE)
    assert 'resized/size' in reference.varying and 'conv_2' not in reference.varying


def test_a_network_that_takes_one_size_alone():
    build = little.builder()

    def choosy(size):
        if tuple(size) != little.SIZE:
            raise OptionError('16 x 12 alone')
        return build(size)

    reference, periods = read_reference(choosy, little.SIZE)
    assert reference.by == (0, 0) and periods == little.SIZE  # there are no shorter windows
    assert reference.varying == set() and reference.uneven == {}


def test_an_axis_on_which_the_network_takes_another_multiple():
    build = little.builder()

    def choosy(size):
        if size[0] % 32 != 16 or size[1] != 12:
            raise OptionError('16, 48, 80 and so on x 12 alone')
        return build(size)

    reference, periods = read_reference(choosy, little.SIZE)
    assert reference.by == (32, 0) and periods == (32, 12)
