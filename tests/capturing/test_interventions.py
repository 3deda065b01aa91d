# -*- coding: utf-8 -*-
"""The registry of interventions, and the names of an intervened run's files; no TensorFlow."""

import pytest

import niftynet_activations as na
from niftynet_activations.capturing.interventions import (
    intervened_postfix,
    registered_interventions,
)
from niftynet_activations.errors import OptionError, SelectionError


def same(layer, output):
    return output


def test_an_intervention_stays_until_it_is_removed():
    first = na.register_intervention('conv_*', same)
    with na.register_intervention('type:ActiLayer', same) as second:
        assert registered_interventions() == (first, second)
    assert registered_interventions() == (first,)
    first.remove()
    first.remove()
    assert registered_interventions() == ()


def test_hooks_are_no_interventions():
    with na.register_forward_hook('conv_*', same):
        assert registered_interventions() == ()


@pytest.mark.parametrize(
    'selector, function, error, message',
    [
        ('', same, OptionError, "register_intervention takes a selector such as 'conv_\\*' first"),
        (None, same, OptionError, 'got None'),
        ('conv', 0.5, OptionError, r'takes function\(layer, output\) second, got 0.5'),
        ('conv,', same, SelectionError, 'has an empty item'),
    ],
)
def test_what_cannot_be_one_is_refused(selector, function, error, message):
    with pytest.raises(error, match=message):
        na.register_intervention(selector, function)
    assert registered_interventions() == ()


def test_the_postfix_of_a_run():
    assert intervened_postfix('x') == 'x'
    with na.register_intervention('conv_*', same):
        assert intervened_postfix('_out') == '_out_intervened'
        assert intervened_postfix('_out_intervened') == '_out_intervened'
