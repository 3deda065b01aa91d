# -*- coding: utf-8 -*-
"""The table of what a person waits for."""

from benchmarks.waiting import Row, as_table, memory_row, timed


def test_memory_is_told_in_mebibytes():
    assert memory_row('a', 'of the viewer', 3 << 20) == Row('a', 'of the viewer', [], '3 MiB')


def test_time_is_that_of_the_action():
    done = []
    assert 0 <= timed(lambda: done.append(1)) < 5 and done == [1]


def test_the_table_tells_medians_and_the_slowest():
    rows = [
        Row('a', 'b', [1.0, 5.0, 2.0], processor=(0.1, 0.3, 0.4)),
        Row('a', 'c', [], '7 MiB'),
    ]
    assert as_table(rows).splitlines()[2:] == [
        '| a | b | 2.00 | 5.00 | 0.30 |  |',
        '| a | c |  |  |  | 7 MiB |',
    ]
