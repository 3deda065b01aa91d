# -*- coding: utf-8 -*-
"""Reasons that NiftyNet prints and tells nowhere else."""

import io
import traceback

from niftynet_activations.host.printed import Heard, printed_reason


def test_what_is_heard_goes_on_and_its_end_is_kept():
    stream = io.StringIO()
    heard = Heard(stream)
    heard.KEPT = 7
    for text in ('one ', 'two ', 'three'):
        print(text, end='', file=heard)
    assert stream.getvalue() == 'one two three'
    assert heard.text == 'o three'
    assert not heard.isatty()


def test_reason_of_a_printed_traceback():
    heard = Heard(io.StringIO())
    print('window 3', file=heard)
    assert printed_reason(heard.text) == ''
    try:
        raise RuntimeError('the device is gone')
    except RuntimeError:
        traceback.print_exc(file=heard)
    print('stopping', file=heard)
    assert printed_reason(heard.text) == 'RuntimeError: the device is gone'
