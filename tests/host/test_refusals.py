# -*- coding: utf-8 -*-
"""TensorFlow's sentences in a few words: why, and at which step of the network."""

import pytest

pytestmark = pytest.mark.slow
pytest.importorskip('niftynet')

import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402

from niftynet_activations.host.refusals import MOST, refusal  # noqa: E402


def too_short(images):
    return tf.nn.avg_pool(images, [1, 9, 9, 1], [1] * 4, 'VALID')


def reshaped(images):
    return tf.reshape(images, [1, 30, 2])


def unequal(images):
    return tf.concat([images, tf.zeros([1, 8, 8, 2])], -1)


@pytest.mark.parametrize(
    'body, why, step',
    [
        (too_short, 'Negative dimension size caused by subtracting 9 from 7', 'AvgPool'),
        (reshaped, 'Cannot reshape a tensor with 98 elements to shape [1,30,2]', 'Reshape'),
        (unequal, 'Dimension 1 in both shapes must be equal, but are 7 and 8', 'concat'),
    ],
)
def test_an_error_while_the_graph_is_built(body, why, step):
    with tf.Graph().as_default(), tf.name_scope('worker_0'), tf.name_scope('net'):
        images = tf.placeholder(tf.float32, [1, 7, 7, 2])
        with pytest.raises(ValueError) as caught:
            body(images)
    told = refusal(caught.value)
    assert told.startswith(why) and told.endswith("(step 'net/{}' of the network)".format(step))
    assert '\n' not in told and '{{' not in told and 'op:' not in told


def test_an_error_while_it_runs():
    with tf.Graph().as_default(), tf.name_scope('worker_0'), tf.Session() as session:
        images = tf.placeholder(tf.float32, [1, 7, 7, 2])
        mirrored = tf.pad(images, [[0, 0], [9, 9], [0, 0], [0, 0]], 'REFLECT', name='mirrored')
        with pytest.raises(tf.errors.InvalidArgumentError) as caught:
            session.run(mirrored, {images: np.zeros([1, 7, 7, 2])})
    told = refusal(caught.value)
    assert told.startswith('paddings must be less than the dimension size')
    assert told.endswith("(step 'mirrored' of the network)")


def test_a_function_of_a_user():
    def unwilling(values):
        raise ValueError('not today')

    with tf.Graph().as_default(), tf.Session() as session:
        made = tf.py_func(unwilling, [tf.zeros([2])], tf.float32, name='own')
        with pytest.raises(tf.errors.InvalidArgumentError) as caught:
            session.run(made)
    assert refusal(caught.value) == "ValueError: not today (step 'own' of the network)"


def test_the_network_s_own_words():
    assert refusal(ValueError('multiples of 8,\n please')) == 'multiples of 8'
    assert len(refusal(ValueError('word ' * 1000))) <= MOST + 4


def test_where_a_layer_was_made_is_left_out():
    def shared(images):
        if images.shape.ndims == 5:
            raise ValueError('five axes')
        raise AssertionError

    with tf.Graph().as_default():
        made = tf.make_template('made', shared)
        with pytest.raises(ValueError) as caught:
            made(tf.zeros([1, 2, 3, 4, 5]))
        with pytest.raises(AssertionError) as asserted:
            made(tf.zeros([1, 2, 3]))
    assert 'originally defined at' in str(caught.value) and 'originally' in str(asserted.value)
    assert refusal(caught.value) == 'five axes'
    assert refusal(asserted.value).startswith("AssertionError, in '")


def test_an_assertion_without_a_word_is_told_by_its_place():
    try:
        raise AssertionError
    except AssertionError as error:
        told = refusal(error)
    assert told.startswith('AssertionError, in') and 'test_refusals.py' in told
