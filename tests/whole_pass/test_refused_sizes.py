# -*- coding: utf-8 -*-
"""
Networks that refuse other sizes than the volume's, on some axes or on all: stages go on in windows
where the network allows them, and else hold the whole volume.
"""

import numpy as np
import pytest

pytestmark = pytest.mark.slow
pytest.importorskip('niftynet')

import tensorflow as tf  # noqa: E402
from direct_pass import both_passes, differences  # noqa: E402

from niftynet_activations.errors import GeometryError, OptionError  # noqa: E402
from whole_pass import little  # noqa: E402
from whole_pass.test_sizes import among_wide_layers  # noqa: E402

SIZE = (40, 24)


def refusing(accepts, change=tf.identity):
    """A network that is built only on sizes for which ``accepts`` is true."""
    build = little.builder(('pool:0', 'end:0'), centred=False, end=among_wide_layers(change))

    def choosy(size):
        if not accepts(*size):
            raise OptionError('it takes no {} x {}'.format(*size))
        try:
            return build(size)
        except ValueError as error:
            raise OptionError(str(error)) from error

    return choosy


def check(build, size=SIZE, part=0.3):
    """:return: sizes of windows that are as long as the volume, on both axes"""
    engine, whole, direct = both_passes(build, size, part)
    assert max(differences(whole, direct).values()) <= 1e-5
    windows = [[axis.size for axis in stage.windows] for stage in engine.plan.stages]
    return [all(each[axis] == n for each in windows) for axis, n in enumerate(size)]


@pytest.mark.parametrize(
    'accepts, whole',
    [
        (lambda rows, columns: (rows, columns) == SIZE, [True, True]),
        (lambda rows, columns: columns == SIZE[1], [False, True]),
        (lambda rows, columns: rows == SIZE[0], [True, False]),
        (lambda rows, columns: rows % 32 == 8 and columns % 8 == 0, [True, False]),
        (lambda rows, columns: rows <= SIZE[0], [True, False]),
    ],
)
def test_windows_are_shorter_where_the_network_allows_it(accepts, whole):
    assert check(refusing(accepts)) == whole


def test_a_volume_that_does_not_fit_on_an_axis_that_cannot_be_cut():
    from niftynet_activations.whole_pass.engine import WholePass

    build = refusing(lambda rows, columns: columns == SIZE[1])
    with pytest.raises(GeometryError, match='takes nothing longer than 24: no window'):
        WholePass(build, lambda name: np.zeros((3, 3, 8, 8), np.float32), SIZE, 1e4, 1e4)


def reshaped(tensor):
    flat = tf.reshape(tensor, [1, SIZE[0] * SIZE[1] // 4, 8])
    return tf.reshape(tf.nn.softmax(flat, axis=1), [1, SIZE[0] // 2, SIZE[1] // 2, 8])


def placed(tensor):
    return tensor + tf.get_variable('place', tensor.shape.as_list()[1:])


def dense(tensor):
    voxels = int(np.prod(tensor.shape.as_list()[1:]))
    flat = tf.matmul(tf.reshape(tensor, [1, voxels]), tf.get_variable('flat', [voxels, 8]))
    return tensor * tf.sigmoid(tf.reshape(flat, [1, 1, 1, 8]))


def masked(tensor):
    # of few numbers TensorFlow makes another operation
    return tf.where(tensor > 0, tensor, tf.zeros_like(tensor))


@pytest.mark.parametrize('change', [reshaped, placed, dense, masked])
def test_what_is_made_for_one_size(change):
    check(refusing(lambda rows, columns: True, change), part=0.1)


def pooled(tensor):
    parts = [1] + [n // 4 for n in tensor.shape.as_list()[1:3]] + [1]
    return tf.nn.avg_pool(tensor, parts, [1, 1, 1, 1], 'SAME')


def test_planning_goes_on_while_there_is_something_to_learn(monkeypatch):
    from niftynet_activations.whole_pass.engine import FEW_ROUNDS, WholePass

    rounds, tried = [], WholePass._tried

    def learning(self, plan, all_steps):
        # a step more each time, as in a network with very many that depend on the size
        rounds.append(all_steps)
        if len(rounds) <= 2 * FEW_ROUNDS:
            return None, {len(rounds) % len(self._reference.flow.steps): {len(rounds) % 2}}
        return tried(self, plan, all_steps)

    monkeypatch.setattr(WholePass, '_tried', learning)
    check(refusing(lambda rows, columns: True, pooled), (43, 23))
    assert rounds[: 2 * FEW_ROUNDS] == [False] * FEW_ROUNDS + [True] * FEW_ROUNDS


def test_all_steps_are_looked_at_on_the_windows_of_a_stage(monkeypatch):
    from niftynet_activations.whole_pass import engine

    monkeypatch.setattr(engine, 'FEW_ROUNDS', 0)
    check(refusing(lambda rows, columns: True, pooled), (43, 23), 0.1)


def test_sides_that_a_network_takes_only_together():
    # each can be short where the others are the volume's, and all of them cannot
    whole = check(refusing(lambda rows, columns: rows + columns >= 50), part=0.1)
    assert whole != [True, True]
