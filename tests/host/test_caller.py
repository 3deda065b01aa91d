# -*- coding: utf-8 -*-
"""The caller of a run is the innermost one, and a plain one where there is none."""

import pytest

from niftynet_activations.host.caller import Caller, called_by, current_caller
from niftynet_activations.host.left_out import LeftOut, log_left_out


class Asking(Caller):
    def __init__(self):
        self.told = []

    def left_out(self, subject, reason):
        self.told.append((subject, reason))


def test_innermost_caller_is_told():
    plain = current_caller()
    assert not plain.shared and list(plain.choose(['b', 'a'])) == ['b', 'a']
    outer, inner = Asking(), Asking()
    with called_by(outer):
        with pytest.raises(KeyError):
            with called_by(inner):
                log_left_out([LeftOut('a', 'a file is cut short')])
                raise KeyError
        assert current_caller() is outer
    assert current_caller() is plain
    assert inner.told == [('a', 'a file is cut short')] and not outer.told
