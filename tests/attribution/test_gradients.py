# -*- coding: utf-8 -*-
"""The score of a label and sums over channels, beside numpy."""

import numpy as np
import pytest

pytestmark = pytest.mark.slow
pytest.importorskip('niftynet')

from random_checkpoint import tf  # noqa: E402

from niftynet_activations.attribution.gradients import (  # noqa: E402
    channel_sums,
    score_of,
    weighted_sum,
)


def computed(make, *values):
    with tf.Graph().as_default(), tf.Session() as session:
        return session.run(make(*[tf.constant(each) for each in values]))


def test_score():
    random = np.random.RandomState(0)
    logits = random.normal(size=(2, 3, 4, 5, 3)).astype(np.float32)
    weights = (random.uniform(size=(2, 3, 4, 5)) < 0.5).astype(np.float32)
    for own in (True, False):
        found = computed(lambda one, other, own=own: score_of(one, 2, other, own), logits, weights)
        chosen = weights * (logits.argmax(-1) == 2) if own else weights
        np.testing.assert_allclose(found.counted, chosen.sum((1, 2, 3)))
        np.testing.assert_allclose(found.score, (logits[..., 2] * chosen).sum((1, 2, 3)), rtol=1e-5)
        labels = [(weights * (logits.argmax(-1) == each)).sum((1, 2, 3)) for each in range(3)]
        np.testing.assert_allclose(found.present.T, labels)


def test_score_of_a_decision_on_the_image():
    logits = np.array([[1, 2, 3], [6, 5, 4]], np.float32)
    found = computed(lambda one, other: score_of(one, 1, other, True), logits, np.ones(2, 'f'))
    assert found.score.tolist() == [2, 5] and found.counted.tolist() == [1, 1]


def test_sums_over_channels():
    values = np.arange(48, dtype=np.float32).reshape(2, 3, 4, 2)
    weights = np.array([[1, -1], [2, 0.5]], np.float32)
    np.testing.assert_allclose(computed(channel_sums, values), values.sum((1, 2)))
    right = (values * weights[:, None, None]).sum(-1, keepdims=True)
    np.testing.assert_allclose(computed(weighted_sum, values, weights), right)
    right = (values * values).sum(-1, keepdims=True)
    np.testing.assert_allclose(computed(weighted_sum, values, values), right)
