# -*- coding: utf-8 -*-
"""Arguments from scopes; what they do in networks is compared in test_slim.py."""

import pytest

from niftynet_tf2.contrib.arg_scopes import add_arg_scope, arg_scope


@add_arg_scope
def given(*places, **names):
    return places, names


@add_arg_scope
def other(**names):
    return names


def test_the_innermost_scope_counts_and_the_call_most_of_all():
    with arg_scope([given, other], width=1, depth=2):
        with arg_scope([given], width=3):
            assert given(0, height=4) == ((0,), {'width': 3, 'depth': 2, 'height': 4})
            assert given(depth=5) == ((), {'width': 3, 'depth': 5})
            assert other() == {'width': 1, 'depth': 2}
        assert given() == ((), {'width': 1, 'depth': 2})
    assert given() == ((), {})


def test_a_scope_is_entered_again_in_place_of_the_one_around():
    with arg_scope([given], width=1) as kept:
        pass
    with arg_scope([given], depth=2), arg_scope(kept):
        assert given() == ((), {'width': 1})


def test_a_scope_ends_with_an_error_too():
    with pytest.raises(KeyError):
        with arg_scope([given], width=1):
            raise KeyError
    assert given() == ((), {})


def test_a_function_that_takes_nothing_from_scopes_is_refused():
    with pytest.raises(ValueError, match='takes no arguments from arg_scope'):
        with arg_scope([abs], width=1):
            pass
