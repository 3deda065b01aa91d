# -*- coding: utf-8 -*-
"""The steps on the way from an image to the wanted tensors."""

import pytest

pytestmark = pytest.mark.slow
pytest.importorskip('niftynet')

import tensorflow as tf  # noqa: E402

from niftynet_activations.whole_pass.flow import read_flow  # noqa: E402
from niftynet_activations.whole_pass.reductions import REDUCTION  # noqa: E402
from whole_pass import little  # noqa: E402


def types(flow):
    return [step.type for step in flow.steps]


def test_steps_come_in_order_and_a_mean_over_space_is_a_reduction():
    flow = read_flow(*little.builder()(little.SIZE))
    assert types(flow) == ['Conv2D', 'Relu', 'MaxPool', REDUCTION, 'Sub', 'Conv2D']
    assert list(flow.reductions) == ['mean:0']
    assert flow.reductions['mean:0'].source == 'pool:0'
    centred = flow.steps[4]
    assert centred.inputs == ('pool:0',) and centred.numbers == {'mean:0'}
    assert flow.tensors['pool:0'].shape == (1, 8, 6, 2)
    assert flow.tensors['pool:0'].bytes == 8 * 6 * 2 * 4


def test_what_no_target_needs_is_no_step():
    flow = read_flow(*little.builder(names=('active:0',))(little.SIZE))
    assert types(flow) == ['Conv2D', 'Relu'] and not flow.reductions


def test_a_mean_that_is_wanted_lies_outside_space():
    flow = read_flow(*little.builder(names=('mean:0', 'active:0'))(little.SIZE))
    assert flow.loose == ['mean:0'] and flow.targets == ['active:0']
    assert flow.numbers == {'mean:0': {'mean:0'}}
    assert types(flow) == ['Conv2D', 'Relu', 'MaxPool', REDUCTION]


def test_without_streaming_a_mean_is_a_step_like_others():
    flow = read_flow(*little.builder()(little.SIZE), streams=False)
    assert REDUCTION not in types(flow) and 'Mean' in types(flow)


def test_numbers_drawn_for_weights_are_random():
    def end(tensor):
        drawn = tf.random.categorical([[0.0, 0.0]], 1, name='drawn')
        tf.multiply(tensor, tf.cast(drawn[0, 0], tf.float32), name='end')

    flow = read_flow(*little.builder(('end:0',), end=end)(little.SIZE))
    assert len(flow.random) == 1 and flow.random[0].startswith('drawn')
