# -*- coding: utf-8 -*-
"""A part of a network that is run again with other numbers, beside direct passes."""

import numpy as np
import pytest

pytestmark = pytest.mark.slow
pytest.importorskip('niftynet')

import tensorflow as tf  # noqa: E402
from direct_pass import limit_to  # noqa: E402

from niftynet_activations.whole_pass.reading import read_reference  # noqa: E402
from niftynet_activations.whole_pass.sweep import Sweep, first_depending  # noqa: E402
from whole_pass import little  # noqa: E402

SIZE = (40, 24)
ROOM = 1e9
FACTORS = [np.array(each, np.float32) for each in ([1, 1], [0, 1], [2, -0.5], [1, 1])]


def builder(behind='active', skip=False):
    """
    :param behind: the operation whose output is multiplied by a factor for each channel
    :param skip: whether the pooled image goes round it too
    :return: builds an image, the sum of all that was computed, and what lies in front
    """

    def build(size):
        with tf.Graph().as_default():
            image = tf.placeholder(tf.float32, [1] + [int(n) for n in size] + [1], name='image')
            first, second = [
                tf.get_variable(n, initializer=little.WEIGHTS[n]) for n in ('w_1', 'w_2')
            ]
            factor = tf.placeholder(tf.float32, [2], name='factor')

            def step(name, tensor):
                return tf.multiply(tensor, factor, name='times') if name == behind else tensor

            made = tf.nn.conv2d(image, first, [1, 1, 1, 1], 'SAME', name='conv_1')
            made = front = step('active', tf.nn.relu(made, name='active'))
            made = tf.nn.max_pool(made, [1, 2, 2, 1], [1, 2, 2, 1], 'VALID', name='pool')
            pooled = made = step('pool', made)
            mean = tf.reduce_mean(made, [1, 2], keepdims=True, name='mean')
            made = step('centred', tf.subtract(made, mean, name='centred'))
            made = tf.nn.conv2d(made, second, [1, 1, 1, 1], 'SAME', name='conv_2')
            if skip:
                made = tf.add(made, tf.reduce_sum(pooled, -1, keepdims=True), name='both')
            return image, [made, front]

    return build


def values_of(parts, shape):
    found, counts = np.zeros(shape, np.float32), np.zeros(shape, int)
    for corner, values in parts:
        place = tuple(slice(first, first + n) for first, n in zip(corner, values.shape))
        found[place] = values
        counts[place] += 1
    assert np.all(counts == 1)
    return found


def direct(build, image, factor):
    tensor, targets = build(image.shape[1:-1])
    with tf.Session(graph=tensor.graph) as session:
        with tensor.graph.as_default():
            session.run(tf.global_variables_initializer())
        return session.run(targets, {tensor: image, 'factor:0': factor})


@pytest.mark.parametrize('part', [1.0, 0.5])
@pytest.mark.parametrize(
    'behind, skip, once',
    [
        ('active', False, ['conv_1']),
        ('pool', True, ['conv_1', 'pool']),
        ('centred', True, ['mean']),
    ],
)
def test_each_run_is_that_of_a_direct_pass(behind, skip, once, part):
    build, image = builder(behind, skip), little.image_of(SIZE)
    sweep = Sweep(
        build,
        little.WEIGHTS.__getitem__,
        SIZE,
        ROOM,
        ROOM,
        given={'factor': FACTORS[0]},
        times=len(FACTORS),
    )
    limit_to(sweep, part)
    flow = sweep._reference.flow
    steps = [
        step.name
        for stage in sweep.plan.stages[: sweep.plan.turn]
        for step in flow.steps[stage.stretch.first : stage.stretch.last]
    ]
    assert sweep.plan.turn > 0 and set(once) <= set(steps) and 'conv_2' not in steps
    sizes = [[axis.size for axis in stage.windows] for stage in sweep.plan.stages]
    assert (part == 1) == all(size == list(SIZE) for size in sizes)
    before = []
    with sweep.over(image, lambda *given: before.append(given)) as repeated:
        for factor in FACTORS:
            parts = {}
            for name in sweep.targets:
                parts[name] = []

            def take(name, corner, values, parts=parts):
                parts[name].append((corner, values.copy()))

            repeated.run({'factor': factor}, take)
            expected = direct(build, image, factor)
            for name, values in zip(sweep.targets, expected):
                if parts[name]:
                    found = values_of(parts[name], values.shape)
                    np.testing.assert_allclose(found, values, rtol=1e-5, atol=1e-5)
            assert parts[sweep.targets[0]]
    sweep.close()
    # what does not depend on the numbers comes once
    if behind != 'active':
        found = values_of(
            [each[1:] for each in before if each[0] == sweep.targets[1]], values.shape
        )
        np.testing.assert_allclose(found, values, rtol=1e-5, atol=1e-5)


def test_networks_of_what_is_repeated_stay_open():
    sweep = Sweep(
        builder(), little.WEIGHTS.__getitem__, SIZE, ROOM, ROOM, given={'factor': FACTORS[0]}
    )
    opened = []
    sweep._networks.open = lambda *given: opened.append(given) or type(sweep._networks).open(
        sweep._networks, *given
    )
    for _ in range(2):
        with sweep.over(little.image_of(SIZE), lambda *given: None) as repeated:
            for factor in FACTORS:
                repeated.run({'factor': factor}, lambda *given: None)
    stages = len(sweep.plan.stages)
    assert len(opened) == stages + sweep.plan.turn
    sweep.close()


def test_the_first_step_with_a_part():
    reference, _ = read_reference(builder('pool'), SIZE)
    number = first_depending(reference, ['factor'])
    assert reference.flow.steps[number].name == 'times'
    assert first_depending(reference, []) is None
