# -*- coding: utf-8 -*-
"""Tensors inside dilated blocks come back in space; expected by numpy, phase by phase."""

import numpy as np
import pytest

pytestmark = pytest.mark.slow
pytest.importorskip('niftynet')

import tensorflow as tf  # noqa: E402
from niftynet.layer.dilatedcontext import DilatedTensor  # noqa: E402

from niftynet_activations.capturing.dilation import nesting_of, undo_space_to_batch  # noqa: E402

SHAPE = (1, 4, 6, 10, 3)
PHASES = [(x, y, z) for x in (0, 1) for y in (0, 1) for z in (0, 1)]


def inside_a_block(function, values):
    """What a function sees inside a block of dilation 2, and what is put back of its result."""
    with tf.Graph().as_default(), tf.Session() as session:
        images = tf.placeholder(tf.float32, SHAPE)
        with DilatedTensor(images, 2) as dilated:
            returned = function(dilated.tensor)
            dilated.tensor = dilated.tensor * 1
        assert nesting_of(dilated.tensor) == nesting_of(images) == ()
        found = [returned, undo_space_to_batch(returned)]
        return [nesting_of(returned)] + session.run(found, {images: values})


def test_the_voxels_of_each_phase_go_back_to_their_places():
    values = np.random.RandomState(4).normal(size=SHAPE).astype(np.float32)
    nesting, spread, back = inside_a_block(lambda tensor: tensor * 3, values)
    assert nesting == ((2, 2, 2),) and spread.shape == (8, 2, 3, 5, 3)
    for number, (x, y, z) in enumerate(PHASES):
        np.testing.assert_array_equal(spread[number], 3 * values[0, x::2, y::2, z::2])
    np.testing.assert_array_equal(back, 3 * values)


def test_truth_values_become_numbers():
    values = np.random.RandomState(5).normal(size=SHAPE).astype(np.float32)
    _, spread, back = inside_a_block(lambda tensor: tensor > 0, values)
    assert spread.dtype == bool and back.dtype == np.float32
    np.testing.assert_array_equal(back, values > 0)


def test_outside_of_blocks_a_tensor_is_itself():
    with tf.Graph().as_default():
        images = tf.placeholder(tf.float32, SHAPE) > 0
        assert undo_space_to_batch(images) is images
