# -*- coding: utf-8 -*-
"""What NiftyNet makes of a network's numbers, against numpy."""

import argparse

import numpy as np
import pytest

pytestmark = pytest.mark.slow
tf = pytest.importorskip('niftynet_activations.host.tensorflow').tf

from niftynet_activations.application.classes import classes_of  # noqa: E402

LOGITS = np.random.RandomState(0).randn(1, 5, 7, 3, 4).astype(np.float32)
EXPONENTIALS = np.exp(LOGITS.astype(np.float64))


@pytest.mark.parametrize(
    'probabilities, number, expected',
    [
        (False, 4, LOGITS.argmax(axis=-1)[..., np.newaxis]),
        (True, 4, EXPONENTIALS / EXPONENTIALS.sum(axis=-1, keepdims=True)),
        (False, 1, LOGITS),
    ],
)
def test_labels_probabilities_or_the_numbers_themselves(probabilities, number, expected):
    parameters = argparse.Namespace(output_prob=probabilities, num_classes=number)
    with tf.Graph().as_default(), tf.Session() as session:
        found = session.run(classes_of(tf.constant(LOGITS), parameters))
    np.testing.assert_allclose(found, expected, atol=1e-6)
