# -*- coding: utf-8 -*-
"""The list of rules, and what rules ask a graph."""

import pytest

pytestmark = pytest.mark.slow
pytest.importorskip('niftynet')

import tensorflow as tf  # noqa: E402

from niftynet_activations.geometry.rules import registry  # noqa: E402
from niftynet_activations.geometry.rules.registry import (  # noqa: E402
    RULES,
    UnknownOperation,
    check_format,
    constant_of,
    only_first,
    rule,
    text_of,
)


def test_a_second_rule_for_an_operation_is_an_error(monkeypatch):
    monkeypatch.setattr(registry, 'RULES', {})

    @rule('Shine', 'Rain')
    def first(tensor, inputs, states):
        return states[0]

    assert registry.RULES == {'Shine': first, 'Rain': first}
    with pytest.raises(ValueError) as caught:

        @rule('Snow', 'Rain')
        def second(tensor, inputs, states):
            return states[0]

    message = "operations of type 'Rain' have two rules: {0}.first and {0}.second".format(__name__)
    assert str(caught.value) == message
    assert registry.RULES['Rain'] is first


def test_rules_are_listed_when_the_reader_is_imported():
    from niftynet_activations.geometry import graph  # noqa: F401

    assert {'Conv3D', 'StridedSlice', 'Transpose', 'ResizeBilinear'} <= set(RULES)


def test_constants():
    with tf.Graph().as_default():
        image = tf.placeholder(tf.float32, [None, 5, 7, 2])
        assert constant_of(tf.constant([[1, 2], [3, 4]])) == [1, 2, 3, 4]
        assert constant_of(tf.shape(image)[2] - 3) == [4]
        with pytest.raises(UnknownOperation, match='not fixed in the graph'):
            constant_of(tf.shape(image)[0])


def test_only_the_first_input_may_depend_on_the_image():
    assert only_first(['state', None, None]) == 'state'
    for states in ([None, None], ['state', 'other'], [None, 'state']):
        with pytest.raises(UnknownOperation, match='was expected to be constant'):
            only_first(states)


def test_channels_come_last():
    with tf.Graph().as_default():
        image = tf.placeholder(tf.float32, [1, 5, 7, 2])
        kernel = tf.ones([3, 3, 2, 2])
        check_format(tf.nn.conv2d(image, kernel, [1] * 4, 'SAME').op)
        first = tf.nn.conv2d(
            tf.transpose(image, [0, 3, 1, 2]), kernel, [1] * 4, 'SAME', data_format='NCHW'
        )
        with pytest.raises(UnknownOperation, match='channels first'):
            check_format(first.op)
    assert (text_of(b'SAME'), text_of('SAME')) == ('SAME', 'SAME')
