# -*- coding: utf-8 -*-
"""The registry of forward hooks, without TensorFlow."""

import subprocess
import sys

import pytest

import niftynet_activations as na
from niftynet_activations.capturing.hooks import registered_hooks
from niftynet_activations.errors import OptionError, SelectionError


def nothing(layer, inputs, output):
    return None


def test_a_hook_stays_until_it_is_removed():
    first = na.register_forward_hook('conv_*', nothing)
    second = na.register_forward_hook('type:ActiLayer', nothing)
    try:
        assert registered_hooks() == (first, second)
        assert (first.selector, first.function) == ('conv_*', nothing)
    finally:
        first.remove()
        assert registered_hooks() == (second,)
        second.remove()
    second.remove()
    assert registered_hooks() == ()


def test_a_hook_is_removed_at_the_end_of_a_with_statement():
    with pytest.raises(KeyError), na.register_forward_hook('conv_*', nothing) as hook:
        assert registered_hooks() == (hook,)
        raise KeyError('an error in between')
    assert registered_hooks() == ()


@pytest.mark.parametrize(
    'selector, function, error, message',
    [
        ('', nothing, OptionError, "takes a selector such as 'conv_\\*' first, got ''"),
        (3, nothing, OptionError, 'got 3'),
        ('conv', 'name', OptionError, "second, got 'name'"),
        ('conv,,down', nothing, SelectionError, 'has an empty item'),
    ],
)
def test_what_cannot_be_a_hook_is_refused(selector, function, error, message):
    with pytest.raises(error, match=message):
        na.register_forward_hook(selector, function)
    assert registered_hooks() == ()


def test_the_pure_parts_of_the_package_do_without_tensorflow():
    code = (
        'import sys, niftynet_activations as na; '
        'na.register_forward_hook, na.open_activations, na.extract, na.layers; '
        "assert 'app' in dir(na) and 'ActivationPoint' in dir(na); "
        "assert 'tensorflow' not in sys.modules and 'niftynet' not in sys.modules"
    )
    subprocess.run([sys.executable, '-c', code], check=True)


def test_an_unknown_attribute_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'extrakt'"):
        na.extrakt  # noqa: B018
