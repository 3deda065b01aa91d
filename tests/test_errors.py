# -*- coding: utf-8 -*-
"""Errors on purpose can be caught as one, and as what Python calls them."""

import inspect

import pytest

from niftynet_activations import errors

ALL = [each for _, each in inspect.getmembers(errors, inspect.isclass)]


@pytest.mark.parametrize('kind', ALL, ids=lambda each: each.__name__)
def test_each_is_this_package_s_and_one_of_python_s(kind):
    assert issubclass(kind, errors.ActivationError)
    if kind is not errors.ActivationError:
        assert issubclass(kind, (ValueError, IOError))
    assert str(kind('what came')) == 'what came'


def test_a_map_that_is_not_there_is_told_without_quotation_marks():
    """KeyError alone prints its message as if it were a key."""
    error = errors.UnknownMapError("no map of layer 'x'")
    assert isinstance(error, KeyError) and str(error) == "no map of layer 'x'"
