# -*- coding: utf-8 -*-
"""A padding that mirrors more than an axis has is found before it runs."""

import pytest

pytestmark = pytest.mark.slow
pytest.importorskip('niftynet')

import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402

from niftynet_activations.capturing.mirrored import check_mirrored  # noqa: E402


@pytest.mark.parametrize('mode', ['REFLECT', 'SYMMETRIC'])
@pytest.mark.parametrize('wanted', range(3, 8))
def test_what_tensorflow_takes_is_taken(mode, wanted):
    with tf.Graph().as_default() as graph, tf.Session() as session:
        images = tf.placeholder(tf.float32, [1, 9, 5, 2])
        padded = tf.pad(images, [[0, 0], [1, 2], [wanted, 0], [0, 0]], mode, name='padded')
        try:
            session.run(padded, {images: np.zeros([1, 9, 5, 2])})
        except tf.errors.InvalidArgumentError:
            told = "it mirrors {} samples on an axis that has 5 for 'padded'".format(wanted)
            with pytest.raises(ValueError, match=told):
                check_mirrored(graph)
        else:
            check_mirrored(graph)


def test_an_open_size_is_left_open():
    with tf.Graph().as_default() as graph:
        tf.pad(tf.placeholder(tf.float32, [1, None, 2]), [[0, 0], [9, 9], [0, 0]], 'REFLECT')
        tf.pad(tf.placeholder(tf.float32), [[0, 0], [9, 9]], 'REFLECT')
        tf.pad(tf.zeros([4, 4]), [[0, 0], [9, 9]])  # this one adds zeros
        check_mirrored(graph)
