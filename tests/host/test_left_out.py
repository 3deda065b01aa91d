# -*- coding: utf-8 -*-
"""The words in which a run says whom it leaves out."""

import logging

from niftynet_activations.host.left_out import (
    LONGEST,
    MOST_NAMES,
    LeftOut,
    cannot_read,
    error_words,
    log_left_out,
    message,
)


def test_an_error_is_one_line_of_bounded_length():
    words = error_words(ValueError('first\n  second ' + 'x' * 3000))
    assert words.startswith('ValueError: first second xxx') and words.endswith('...')
    assert len(words) <= LONGEST + len('ValueError: ')


def test_an_empty_error_is_told_by_what_was_logged():
    assert error_words(ValueError(), ['no such\nheader']) == 'ValueError: no such header'
    assert error_words(EOFError()) == 'EOFError'
    assert error_words(EOFError('its own'), ['logged']) == 'EOFError: its own'


def test_the_file_stands_before_the_error():
    assert cannot_read('a.nii', OSError('short')) == "'a.nii' cannot be read (OSError: short)"


def test_subjects_with_one_reason_share_it():
    text = message([LeftOut('a', 'no T2'), LeftOut('b', 'cut short'), LeftOut('c', 'no T2')])
    assert text == (
        "not all subjects could be done: 'a', 'c': no T2; 'b': cut short; mend what is named, or "
        'take it from the input'
    )


def test_a_thousand_subjects_are_still_one_line():
    same = message([LeftOut(str(number), 'no T2') for number in range(1000)], 'no subject')
    assert same.startswith("no subject could be done: '0', '1', ")
    assert 'and {} more, which the log names: no T2'.format(1000 - MOST_NAMES) in same
    other = message([LeftOut(str(number), 'reason {}'.format(number)) for number in range(1000)])
    assert 'and 997 more, which the log names' in other
    assert len(same) < 300 and len(other) < 300


def test_each_is_logged(caplog):
    with caplog.at_level(logging.ERROR, 'tensorflow'):
        log_left_out([LeftOut('a', 'no T2'), LeftOut('b', 'cut short')])
    assert caplog.messages == [
        "subject 'a' is left out: no T2",
        "subject 'b' is left out: cut short",
    ]
