# -*- coding: utf-8 -*-
"""Whether training is on may be a truth value or a tensor; statistics move in training alone."""

import numpy as np
import pytest

pytestmark = pytest.mark.slow


@pytest.mark.parametrize('training, expected', [(True, [1, 2]), (False, [3, 4])])
def test_a_tensor_chooses_as_a_truth_value_does(tf, training, expected):
    from niftynet_tf2.training_mode import chosen

    one, two, three, four = (tf.constant(value) for value in (1, 2, 3, 4))
    mode = tf.placeholder(tf.bool, [])
    plain = chosen(tf, training, lambda: [one, two], lambda: [three, four])
    asked = chosen(tf, mode, lambda: [one, two], lambda: [three, four])
    single = chosen(tf, mode, lambda: [one], lambda: [three])
    with tf.Session() as session:
        assert session.run(plain) == expected
        assert session.run(asked, {mode: training}) == expected
        assert session.run(single, {mode: training}) == expected[:1]


@pytest.mark.parametrize(
    'shape, factor',
    [((3, 5, 7, 2), 105 / 104.0), ((3, 4), 3 / 2.0), ((1, 3, 5, 7, 2), 1)],
)
def test_statistics_move_by_what_is_not_kept_of_them(tf, shape, factor):
    from niftynet_tf2.training_mode import update_statistics

    values = np.random.RandomState(1).normal(size=shape).astype(np.float32)
    moving = [tf.get_variable(name, initializer=np.ones(shape[-1], np.float32)) for name in 'mv']
    mode = tf.placeholder(tf.bool, [])
    used = tf.nn.moments(tf.constant(values), list(range(len(shape) - 1)))
    updates = update_statistics(tf, tf.constant(values), moving, used, mode, 0.75)
    axes = tuple(range(len(shape) - 1))
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        session.run(updates, {mode: False})
        assert all((value == 1).all() for value in session.run(moving))
        session.run(updates, {mode: True})
        mean, variance = session.run(moving)
    np.testing.assert_allclose(mean, 0.75 + 0.25 * values.mean(axes), rtol=1e-5)
    np.testing.assert_allclose(variance, 0.75 + 0.25 * factor * values.var(axes), rtol=1e-5)
    assert update_statistics(tf, tf.constant(values), moving, used, False, 0.75) == []
