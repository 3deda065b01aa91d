# -*- coding: utf-8 -*-
"""What is told of a registered function."""

import functools

import pytest

import niftynet_activations as na
from niftynet_activations.capturing.registry import function_name, scope_of, told_of


def scaled(factor, layer, output, channel=0):
    return output


class Changing(object):
    def __call__(self, layer, output):
        return output


@pytest.mark.parametrize(
    'function, name, scope',
    [
        (scaled, 'scaled', 'scaled'),
        (functools.partial(scaled, 0.5, channel=3), 'scaled(0.5, channel=3)', 'partial'),
        (Changing(), 'Changing', 'Changing'),
        (lambda layer, output: output, '<lambda>', 'lambda'),
    ],
)
def test_names(function, name, scope):
    assert function_name(function) == name and scope_of(function) == scope


def test_what_is_told():
    with na.register_intervention('conv_*', scaled) as one:
        assert told_of(one) == {'selector': 'conv_*', 'function': __name__ + '.scaled'}
        assert one.origin == "register_intervention('conv_*')"
