# -*- coding: utf-8 -*-
"""The figures of a cohort beside a loop."""

from benchmarks.cohort import table


def test_medians_and_their_ratio():
    text = table({'loop': [20.0, 24.0, 90.0], 'one process': [6.0, 5.0, 7.0]}, 4)
    assert text.splitlines()[2:] == [
        '| loop | 6.00 | 1.00 |',
        '| one process | 1.50 | 0.25 |',
    ]
