# -*- coding: utf-8 -*-
"""A whole pass over volumes of one size: what is known of it, and sizes that a network refuses."""

import re

import numpy as np
import pytest

pytestmark = pytest.mark.slow
pytest.importorskip('niftynet')

import tensorflow as tf  # noqa: E402
from direct_pass import GIB, run_whole  # noqa: E402

from niftynet_activations.errors import GeometryError, OptionError  # noqa: E402
from niftynet_activations.whole_pass.engine import WholePass  # noqa: E402
from whole_pass import little  # noqa: E402

SIZE = (40, 24)
ROOM = 1e9


def engine(memory=ROOM, **settings):
    return WholePass(little.builder(**settings), little.WEIGHTS.__getitem__, SIZE, memory, ROOM)


def test_what_is_known_of_it():
    one = engine()
    assert one.targets == ['pool:0', 'conv_2:0'] and one.random == []
    assert one.steps == 2 and len(one.way.stages) == 2


def test_a_wanted_mean_comes_without_a_place():
    one = engine(names=('mean:0', 'pool:0'))
    image = little.image_of(SIZE)
    found = run_whole(one, image)
    assert np.allclose(found['mean:0'], found['pool:0'].mean(axis=(1, 2), keepdims=True))


def test_a_random_operation_is_named():
    def noisy(tensor):
        tf.add(tensor, tf.random_normal(tensor.shape), name='noisy')

    assert engine(names=('noisy:0',), end=noisy).random != []


def test_windows_that_the_network_refuses_are_not_planned():
    """A size in the graph makes each window a build of its own; none is shorter than 16."""

    def back(tensor):
        size = [2 * n for n in tensor.shape.as_list()[1:3]]
        tf.image.resize_nearest_neighbor(tensor, size, name='resized')

    settings = dict(names=('resized:0',), centred=False, end=back, least=16)
    roomy = engine(**settings)
    tight = engine(0.6 * roomy.plan.bytes, **settings)
    sizes = [axis.size for stage in tight.plan.stages for axis in stage.windows]
    assert tight.steps > 1 and min(sizes) >= 16
    image = little.image_of(SIZE)
    expected = little.run(little.builder(**settings), image)[0]
    assert np.allclose(run_whole(tight, image)['resized:0'], expected, atol=1e-5)


def test_no_plan_within_the_limit():
    with pytest.raises(GeometryError, match='does not fit into activation_memory') as caught:
        engine(10)
    told = float(
        re.search(r'\((\S+) GiB left for the network would do\)', str(caught.value)).group(1)
    )
    assert engine(1.1 * told * GIB).plan.bytes <= 1.1 * told * GIB
    with pytest.raises(GeometryError):
        engine(0.8 * told * GIB)


def test_a_volume_that_the_network_refuses():
    with pytest.raises(OptionError, match='too short'):
        engine(least=30)
