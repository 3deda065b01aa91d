# -*- coding: utf-8 -*-
"""Operations that users write between layers: the whole pass gives what one direct pass gives."""

import gc

import pytest

pytestmark = pytest.mark.slow
pytest.importorskip('niftynet')

import tensorflow as tf  # noqa: E402
from direct_pass import both_passes, differences  # noqa: E402

from niftynet_activations.errors import GeometryError  # noqa: E402
from niftynet_activations.whole_pass.networks import StageNetwork  # noqa: E402
from whole_pass import little  # noqa: E402

SIZE = (40, 24)


def convolved(tensor, name):
    """Two convolutions with eight channels in between, so that most memory is needed here."""
    for number, channels in enumerate(((1, 8), (8, 1))):
        kernel = tf.get_variable('{}_{}'.format(name, number), (3, 3) + channels)
        tensor = tf.nn.conv2d(tensor, kernel, [1, 1, 1, 1], 'SAME')
    return tensor


def later_reduction(tensor):
    # the last stage but one only reduces a tensor that an earlier stage made
    made = convolved(tensor, 'w_3')
    made = made * tf.reduce_mean(made * made, [1, 2], keepdims=True)
    tf.add(made, tf.reduce_max(tensor, [1, 2], keepdims=True), name='end')


def masked(tensor):
    # how many values a mask picks is open in the graph
    tf.subtract(tensor, tf.reduce_mean(tf.boolean_mask(tensor, tensor > 0)), name='end')


def sparse(tensor):
    # how many channels a convolution makes and takes is open in the graph
    made, there = tensor, tf.constant([True, False, True, True, False, False, True, True])
    for name, form, axis in (('w_3', (3, 3, 1, 8), 3), ('w_5', (3, 3, 8, 1), 2)):
        kernel = tf.boolean_mask(tf.get_variable(name, form), there, axis=axis)
        made = tf.nn.conv2d(made, kernel, [1, 1, 1, 1], 'SAME')
    tf.identity(made, name='end')


def counted(tensor):
    found = tf.shape(tf.where(tensor > 0))[0]
    tf.divide(tensor, tf.cast(found, tf.float32), name='end')


def fused(tensor):
    few, more = tf.zeros([1]) + 0.1, tf.ones([1]) * 1.1
    made = tf.nn.fused_batch_norm(tensor, more, few, few, more, is_training=False)[0]
    tf.identity(convolved(made, 'w_3'), name='end')


def mapped(tensor):
    tf.identity(tf.map_fn(lambda each: each - tf.reduce_mean(each), tensor), name='end')


def looped(tensor):
    _, made = tf.while_loop(lambda n, _: n < 3, lambda n, each: (n + 1, each * 1.1), [0, tensor])
    tf.identity(made, name='end')


def branched(tensor):
    # the constant of a branch that is not taken must not run
    zeros = tensor.shape.as_list()
    made = tf.cond(tf.reduce_mean(tensor) > 1e9, lambda: tf.zeros(zeros), lambda: tensor * 2)
    tf.identity(made, name='end')


def called(tensor):
    # a function of TensorFlow 2 is stored beside the graph's operations
    tf.identity(tf.function(lambda each: 2 * each + 1)(tensor), name='end')


@pytest.mark.parametrize(
    'end',
    [
        later_reduction,
        masked,
        sparse,
        counted,
        fused,
        mapped,
        looped,
        branched,
        called,
    ],
)
def test_it_equals_a_direct_pass(end):
    build = little.builder(('conv_1:0', 'conv_2:0', 'end:0'), end=end)
    engine, whole, direct = both_passes(build, SIZE, 0.2)
    assert len(engine.plan.stages) > 1
    assert max(differences(whole, direct).values()) <= 1e-5


def test_a_function_of_python_in_windows(monkeypatch):
    """TensorFlow forgets Python functions of a graph that is gone."""
    run = StageNetwork.run

    def collect_and_run(*given):
        gc.collect()
        return run(*given)

    def end(tensor):
        made = tf.py_func(lambda values: 2 * values, [tensor], tf.float32)
        made.set_shape(tensor.shape)
        tf.identity(convolved(made, 'w_3'), name='end')

    monkeypatch.setattr(StageNetwork, 'run', collect_and_run)
    build = little.builder(('conv_2:0', 'end:0'), centred=False, end=end)
    _, whole, direct = both_passes(build, SIZE, 0.1)
    assert max(differences(whole, direct).values()) <= 1e-5


@pytest.mark.parametrize('mode', ['REFLECT', 'SYMMETRIC'])
@pytest.mark.parametrize('padding, size', [(5, (33, 20)), (9, (40, 24))])
def test_a_window_is_longer_than_what_is_mirrored_in_it(mode, padding, size):
    def end(tensor):
        pairs = [[0, 0], [padding, padding], [0, padding], [0, 0]]
        made = tf.pad(tensor, pairs, mode)
        tf.nn.conv2d(made, tf.get_variable('w_3', (3, 3, 1, 1)), [1, 1, 1, 1], 'SAME', name='end')

    build = little.builder(('conv_2:0', 'end:0'), centred=False, end=end)
    engine, whole, direct = both_passes(build, size, 0.1)
    assert engine.steps > len(engine.plan.stages)  # several windows
    assert max(differences(whole, direct).values()) <= 1e-5


def test_modalities_that_are_there_are_picked_in_windows():
    def end(tensor):
        stacked = tf.stack([convolved(tensor, name) for name in ('w_3', 'w_5', 'w_7')])
        there = tf.boolean_mask(stacked, tf.constant([True, False, True]))
        tf.reduce_sum(tf.concat([there, [tensor]], 0), 0, name='end')

    build = little.builder(('conv_2:0', 'end:0'), centred=False, end=end)
    engine, whole, direct = both_passes(build, SIZE, 0.3)
    assert any(len(axis.starts) > 1 for axis in engine.plan.stages[-1].windows)
    assert max(differences(whole, direct).values()) <= 1e-5


def test_a_mean_of_nothing_is_told():
    def end(tensor):
        nothing = tensor[:, 40:]
        tf.add(tensor, tf.reduce_mean(nothing, [1, 2], keepdims=True), name='end')

    build = little.builder(('end:0',), centred=False, end=end)
    with pytest.raises(GeometryError, match='the mean of no sample .* is empty on this volume'):
        both_passes(build, SIZE, 0.2)
