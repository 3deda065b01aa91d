# -*- coding: utf-8 -*-
"""The time that is left, in words."""

from niftynet_activations.cohort.time_left import Counts, TimeLeft, duration, progress_line


def test_spans():
    spans = {0: '0 s', 59.4: '59 s', 61: '1 min 1 s', 3600: '1 h 0 min', 90061: '1 d 1 h'}
    assert {seconds: duration(seconds) for seconds in spans} == spans


def test_a_line_now_and_then_and_at_the_end():
    clock = [0.0]
    left = TimeLeft(4, lambda: clock[0])
    said = []
    for at, failed in ((5, False), (20, True), (25, False), (26, False)):
        clock[0] = at
        said.append(left.settled(failed))
    assert said == [
        None,
        'cohort: 1 of 4 subjects done, 1 failed, about 20 s left',
        None,
        'cohort: 3 of 4 subjects done, 1 failed',
    ]
    assert progress_line(Counts(0, 0, 0), 3, 9.0) == 'cohort: 0 of 3 subjects done'


def test_what_was_complete_before_takes_no_time():
    # 90 of 100 were there already, and one more took 10 s: nine are left
    line = progress_line(Counts(91, 0, 1), 100, 10.0)
    assert line == 'cohort: 91 of 100 subjects done, about 1 min 30 s left'
    clock = [0.0]
    left = TimeLeft(3, lambda: clock[0])
    assert left.settled(False, False) is None
    clock[0] = 30.0
    assert left.settled(False) == 'cohort: 2 of 3 subjects done, about 30 s left'
