# -*- coding: utf-8 -*-
"""The peak of small graphs, counted by hand."""

import pytest

pytestmark = pytest.mark.slow
pytest.importorskip('niftynet')

import tensorflow as tf  # noqa: E402

from niftynet_activations.verification.pass_memory import peak_bytes  # noqa: E402

VOXELS = 5 * 7 * 11


def test_a_tensor_is_held_until_its_last_use():
    with tf.Graph().as_default() as graph:
        image = tf.compat.v1.placeholder(tf.float32, [1, 5, 7, 11, 1])
        once = tf.nn.relu(image)
        twice = tf.nn.relu(once)  # image is no longer held
        tf.identity(twice + once)
        # once, twice and their sum
        assert peak_bytes(graph.get_operations()) == 3 * 4 * VOXELS


def test_a_chain_holds_two():
    with tf.Graph().as_default() as graph:
        tensor = tf.compat.v1.placeholder(tf.float64, [5, 7, 11])
        for _ in range(9):
            tensor = tf.nn.relu(tensor)
        assert peak_bytes(graph.get_operations()) == 2 * 8 * VOXELS


def test_what_has_no_size_does_not_count():
    with tf.Graph().as_default() as graph:
        tf.nn.relu(tf.compat.v1.placeholder(tf.float32, [None, 7, 11]))
        assert peak_bytes(graph.get_operations()) == 0
