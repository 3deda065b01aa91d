# -*- coding: utf-8 -*-
"""What ``--by`` means, and what the operations in the graph make of channels."""

import numpy as np
import pytest

pytestmark = pytest.mark.slow
pytest.importorskip('niftynet')

import tensorflow as tf  # noqa: E402

from niftynet_activations.ablation.changes import (  # noqa: E402
    Change,
    Changing,
    Given,
    parse_change,
)
from niftynet_activations.capturing.recording import NetworkRecord  # noqa: E402
from niftynet_activations.capturing.selectors import Candidate  # noqa: E402
from niftynet_activations.errors import OptionError, SelectionError  # noqa: E402

SHAPE = (1, 5, 7, 3)
MEANS = np.array([4.0, 5.0, 6.0])


def cosine(layer, output):
    return tf.cos(output)


def narrow(layer, output):
    return output[..., :1]


def outcomes(change, chosen):
    """What the graph gives for nothing changed, and for the chosen channels."""
    values = np.random.RandomState(1).normal(size=SHAPE).astype(np.float32)
    with tf.Graph().as_default(), tf.Session() as session:
        image = tf.placeholder(tf.float32, SHAPE, name='image')
        record = NetworkRecord(None)
        record.image = image
        changing = Changing(change, record, Candidate('layer', '', True, image))
        with tf.name_scope('scope'):
            made = changing(None, image)
        given = Given(change, changing.given)
        found = []
        for numbers in (given.nothing(), given.channels(chosen, MEANS if change.means else None)):
            feed = {name + ':0': value for name, value in numbers.items()}
            found.append(session.run(made, dict(feed, **{image.name: values})))
        assert (changing.ordinary is not None) == change.means
    return values, found


@pytest.mark.parametrize(
    'by, expected',
    [
        ('zero', lambda values: values * 0),
        ('-0.5', lambda values: values * np.float32(-0.5)),
        ('mean', lambda values: values * 0 + MEANS),
        (__name__ + '.cosine', np.cos),
    ],
)
def test_chosen_channels_are_changed_and_others_stay_to_the_bit(by, expected):
    values, (same, changed) = outcomes(parse_change(by), [0, 2])
    np.testing.assert_array_equal(same, values)
    np.testing.assert_array_equal(changed[..., 1], values[..., 1])
    np.testing.assert_allclose(changed[..., [0, 2]], expected(values)[..., [0, 2]], rtol=1e-6)


@pytest.mark.parametrize(
    'by, message',
    [
        ('half', 'expected zero, mean, a factor such as 0.5, or module.function'),
        ('nan', 'expected a finite factor'),
        ('no_such_module.f', "module 'no_such_module' cannot be imported"),
        (__name__ + '.MEANS', "has no function 'MEANS'"),
        (__name__ + '.none_such', "has no function 'none_such'"),
    ],
)
def test_what_cannot_be_done_is_refused(by, message):
    with pytest.raises(OptionError, match=message):
        parse_change(by)


def test_a_function_that_changes_the_shape_is_refused():
    message = r"'layer' returned a tensor of shape \(1, 5, 7, 1\)"
    with pytest.raises(SelectionError, match=message):
        outcomes(Change('narrow', function=narrow), [0])
