# -*- coding: utf-8 -*-
"""How the steps of a cohort grow, in a table."""

from benchmarks.cohort_scale import table


def test_growth_of_the_time_of_a_subject():
    found = {'status': [(0.5, 3.2), (2.0, 3.4)], 'lists': [(1.0, 1.0), (8.0, 1.0)]}
    assert table([100, 400], found).splitlines()[2:] == [
        '| status | 0.50 s, 3 MB | 2.00 s, 3 MB | 1.00 |',
        '| lists | 1.00 s, 1 MB | 8.00 s, 1 MB | 2.00 |',
    ]
    assert table([100], {}) == ''
