# -*- coding: utf-8 -*-
"""
The rules of operations, of all three modules that hold some, for one layer of each kind: fields
against the gradient's support, periods against shifted windows, sizes odd and unequal.
"""

import pytest

pytestmark = pytest.mark.slow
niftynet = pytest.importorskip('niftynet')

import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402
from niftynet.layer.convolution import ConvLayer  # noqa: E402
from niftynet.layer.squeeze_excitation import ChannelSELayer  # noqa: E402
from oracle import Support, disagreements, v1  # noqa: E402

from geometry.layers import LAYERS, ODD, PERIODIC, SINGLE, STEPS, build  # noqa: E402
from niftynet_activations.capturing.dilation import undo_space_to_batch  # noqa: E402
from niftynet_activations.geometry.graph import read_geometry  # noqa: E402
from niftynet_activations.geometry.rules.registry import RULES  # noqa: E402


@pytest.mark.parametrize('name', sorted(LAYERS))
def test_field_is_the_support_of_the_gradient(name):
    size, layer = LAYERS[name]
    with tf.Graph().as_default(), v1.Session() as session:
        image, tensor = build(size, layer, name in SINGLE)
        tensor = undo_space_to_batch(tensor)
        geometry = read_geometry([tensor], image)[tensor.name]
        assert geometry.axes is not None and not geometry.inexact_because
        support = Support(session, image)
        support.draw_weights()
        shape = tensor.shape.as_list()[1:-1]
        rng = np.random.RandomState(1)
        for _ in range(6):
            sample = [int(rng.randint(n)) for n in shape]
            assert not disagreements(geometry, support, tensor, sample, draws=20), sample


@pytest.mark.parametrize('name', sorted(STEPS))
def test_steps_stay_in_place(name):
    with tf.Graph().as_default():
        image, tensor = build(ODD, lambda x: STEPS[name](ConvLayer(2, 3, stride=2)(x)), True)
        geometry = read_geometry([tensor], image)[tensor.name]
    assert not geometry.inexact_because
    assert [(axis.stride, axis.receptive_field) for axis in geometry.axes] == [(2, 3)] * 3


@pytest.mark.parametrize('name', sorted(PERIODIC))
def test_only_a_shift_by_the_period_leaves_the_values(name):
    period, layer = PERIODIC[name]
    volume = np.random.RandomState(2).uniform(0.5, 1.5, (1, 48, 12, 12, 2))
    with tf.Graph().as_default(), v1.Session() as session:
        image, tensor = build((24, 12, 12), layer, name in SINGLE)
        axis = read_geometry([tensor], image)[tensor.name].axes[0]
        assert axis.period == period
        session.run(v1.global_variables_initializer())

        def window_at(start):
            return session.run(tensor, {image: volume[:, start : start + 24]})[0]

        whole, moved, less = window_at(0), window_at(period), window_at(max(period - 1, 0))
    assert _largest_difference(axis, whole, moved, period) < 1e-5
    if period > 1:
        # the samples that lie nearest to those of the first window
        assert _largest_difference(axis, whole, less, period - 1) > 1e-3


def _largest_difference(axis, whole, moved, shift):
    """Over the samples that see nothing of the windows' faces in x."""
    step = int(round(shift / float(axis.stride)))
    samples = np.arange(step, axis.size)
    first, last = axis.interval(samples)
    inside = (first >= shift) & (last < 24) & (axis.interval(samples - step)[0] >= 0)
    assert inside.any()
    return max(np.abs(whole[each] - moved[each - step]).max() for each in samples[inside])


def test_every_rule_has_a_case():
    """Each operation that the reader knows stands in a graph that is measured or named here."""
    graphs = list(LAYERS.values()) + [(ODD, step) for step in STEPS.values()]
    graphs.append((ODD, lambda x: ChannelSELayer(reduction_ratio=1)(x)))
    seen = {kind for size, layer in graphs for kind in operations_of(layer, size)}
    # the same under other names, in one of the two versions of TensorFlow
    renamed = {
        *('Add', 'AddV2', 'Div', 'Gather', 'Inv', 'Select', 'PeriodicResample', 'Prod'),
        *('FusedBatchNorm', 'FusedBatchNormV2', 'FusedBatchNormV3'),
    }
    assert set(RULES) - seen - renamed == set()


def operations_of(layer, size):
    with tf.Graph().as_default() as graph:
        build(size, layer, single=True)
        return {operation.type for operation in graph.get_operations()}
