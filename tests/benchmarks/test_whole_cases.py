# -*- coding: utf-8 -*-
"""The figures of the whole pass, worked out from medians written by hand."""

import pytest

from benchmarks.results import Median
from benchmarks.whole_cases import CASES, GIB, WORKLOADS

START = Median(4, GIB // 2, 0, 0)


def figure(name, **medians):
    (case,) = [case for case in CASES if case.name == name]
    return case.figure(medians).value


def test_scalenet_alone_has_a_second_modality():
    """It refuses a single one; what the others are measured on stays."""
    found = {name: each.modalities for name, each in WORKLOADS.items() if each.modalities != 1}
    assert found == {'limits scalenet': 2}


def test_time_beside_windows():
    found = figure('whole-time', a=Median(20, 0, 0, 0), b=Median(13, 0, 0, 0))
    assert found == pytest.approx(0.65)


def test_memory_above_the_start():
    found = dict(b=Median(0, GIB, 0, 0), direct=Median(0, 5 * GIB // 2, 0, 0), start=START)
    assert figure('whole-direct-memory', **found) == pytest.approx(0.25)


def test_the_largest_part_of_a_limit():
    held = {'1 GiB': 1.2, '2 GiB': 2.3, '4 GiB': 2.5}  # GiB
    found = {name: Median(0, int(size * GIB), 0, 0) for name, size in held.items()}
    assert figure('limits-toynet', start=START, **found) == pytest.approx(0.9, abs=1e-6)


def test_cost_of_length():
    """Above the start 6, 13 and 22 s, so 6, 6.5 and 5.5 s for each length."""
    seconds = {'x1': 10, 'x2': 17, 'x4': 26}
    found = {name: Median(each, GIB, 0, 0) for name, each in seconds.items()}
    assert figure('whole-length-time', start=START, **found) == pytest.approx(6.5 / 6)
    assert figure('whole-length-memory', start=START, **found) == 1
