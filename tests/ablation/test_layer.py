# -*- coding: utf-8 -*-
"""
A layer's channels changed from run to run in networks of NiftyNet's, beside one direct pass whose
session is fed with the changed output of the unchanged network.
"""

import numpy as np
import pytest

pytestmark = pytest.mark.slow
pytest.importorskip('niftynet')

import tensorflow as tf  # noqa: E402
from direct_pass import GIB, builder, limit_to, random_weights  # noqa: E402
from niftynet.engine.application_factory import ApplicationNetFactory  # noqa: E402
from niftynet.utilities.util_common import tf_config  # noqa: E402

from niftynet_activations.ablation.changes import Change, Changing, Given  # noqa: E402
from niftynet_activations.capturing.intervened import (  # noqa: E402
    leading_to_result,
    replace,
)
from niftynet_activations.verification.double_means import double_means  # noqa: E402
from niftynet_activations.whole_pass.sweep import Sweep  # noqa: E402

# size, part of the memory of one window, layer, channel: a layer inside a dilated block, and one in
# front of means over the volume
CASES = {
    'highres3dnet_small': ((16, 32, 24), 0.3, 'res_2_0/bn_1', 5),
    'nonewnet': ((48, 32, 64), 0.7, 'L2/60_in_relu_1', 3),
}


class Changed(object):
    """The layer's change, in each graph that is built."""

    def __init__(self, layer):
        self._layer, self.changing, self.tensor = layer, None, None

    def __call__(self, record):
        (candidate,) = leading_to_result(record, self._layer, 'here')
        self.tensor = candidate.tensor.name
        self.changing = Changing(Change('mean', 0.0, True), record, candidate)
        replace(record, candidate, self.changing)


def last_of(sweep, given, repeated, shape):
    found = np.full(shape, np.nan, np.float32)

    def take(name, corner, values):
        if name == sweep.targets[-1]:
            place = tuple(slice(first, first + n) for first, n in zip(corner, values.shape))
            found[place] = values

    repeated.run(given, take)
    return found


@pytest.mark.parametrize('network', sorted(CASES))
def test_a_changed_channel_is_that_of_a_session_that_is_fed(network):
    size, part, layer, channel = CASES[network]

    def make():
        kind = ApplicationNetFactory.create(network)
        return kind(num_classes=3, acti_func='relu', name=network)

    changed = Changed(layer)
    plain = builder(make, choose=lambda call: False)
    build = builder(make, choose=lambda call: False, intervene=changed)
    weights = random_weights(plain, size)
    image = np.random.RandomState(1).normal(size=(1,) + size + (1,)).astype(np.float32)
    tensor, (logits,) = plain(size)
    build(size)
    given, value = Given(Change('mean', 0.0, True), changed.changing.given), 0.7
    with tf.Session(graph=tensor.graph, config=tf_config()) as session:
        with tensor.graph.as_default():
            for variable in tf.global_variables():
                variable.load(weights[variable.op.name], session)
        inner = tensor.graph.get_tensor_by_name(changed.tensor)
        before = session.run(logits, double_means(session, [logits], {tensor: image}))
        values = session.run(inner, double_means(session, [inner], {tensor: image}))
        values[..., channel] = value
        fed = double_means(session, [logits], {tensor: image, inner: values})
        after = session.run(logits, fed)
    sweep = Sweep(
        build,
        weights.__getitem__,
        size,
        64 * GIB,
        64 * GIB,
        given=given.nothing(),
        times=3,
    )
    limit_to(sweep, part)
    assert sweep.plan.turn > 0 and sweep.steps > len(sweep.plan.stages)
    numbers = given.channels([channel], np.full(100, value))
    with sweep.over(image, lambda *given: None) as repeated:
        found = [last_of(sweep, each, repeated, after.shape) for each in (given.nothing(), numbers)]
        again = last_of(sweep, given.nothing(), repeated, after.shape)
    sweep.close()
    np.testing.assert_array_equal(found[0], again)
    for one, expected in zip(found, (before, after)):
        assert np.abs(one - expected).max() <= 1e-4 * np.ptp(expected)
    assert np.abs(after - before).max() > 1e-2 * np.ptp(before)
