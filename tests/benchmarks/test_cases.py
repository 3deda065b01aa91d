# -*- coding: utf-8 -*-
"""The figures, worked out from medians written by hand."""

import pytest

from benchmarks.cases import CASES, GROUPS, step_bytes
from benchmarks.results import Median
from benchmarks.workloads import GB, LIMIT, WORKLOADS, quick

GIB = 1 << 30


def figure(name, **medians):
    (case,) = [case for case in CASES if case.name == name]
    found = {key.replace('_', ' '): Median(*value) for key, value in medians.items()}
    return case.figure(found).value


def test_every_case_has_a_group_whose_variants_have_workloads():
    assert len(CASES) == len({case.name for case in CASES}) == 10
    assert {case.group for case in CASES} == set(GROUPS)
    for variants in GROUPS.values():
        assert {variant.workload for variant in variants.values()} <= set(WORKLOADS)


def test_wall_ratio():
    assert figure('heavy', a=(10, 0, 0, 0), b=(10.5, 0, 0, 0)) == pytest.approx(1.05)
    assert figure('mean', a=(10, 0, 0, 0), **{'b_mean': (10.2, 0, 0, 0)}) == pytest.approx(1.02)


def test_added_time():
    medians = dict(a=(10, 0, 0, 0), b=(13, 0, 0, 0), c=(22, 0, 0, 0))
    assert figure('wide-time', **medians) == pytest.approx(0.25)


def test_added_memory():
    step = GIB // 2
    medians = dict(a=(0, GIB, 0, 0), b=(0, 2 * GIB, step, 0), c=(0, 5 * GIB, 0, 0))
    assert figure('wide-memory', **medians) == pytest.approx(1 / (LIMIT + 0.5))


def test_flatness():
    medians = {'a_8': (0, 900, 0, 0), 'a_80': (0, 1000, 0, 0), 'a_400': (0, 1100, 0, 0)}
    ours = {'b_8': (0, 1000, 8, 0), 'b_80': (0, 1200, 80, 0), 'b_400': (0, 1388, 396, 0)}
    assert figure('channels-memory', **dict(medians, **ours)) == pytest.approx(1120 / 992)
    medians = {'a_x1': (0, 500, 0, 0), 'a_x2': (0, 600, 0, 0), 'a_x4': (0, 800, 0, 0)}
    ours = {'b_x1': (0, 700, 99, 0), 'b_x2': (0, 680, 99, 0), 'b_x4': (0, 1020, 99, 0)}
    assert figure('length-memory', **dict(medians, **ours)) == pytest.approx(1.5)


def test_linearity():
    medians = {'a_80': (10, 0, 0, 0), 'b_80': (12, 0, 0, GB)}
    medians.update({'a_400': (11, 0, 0, 0), 'b_400': (22, 0, 0, 5 * GB)})
    assert figure('channels-time', **medians) == pytest.approx(2.2 / 2)


def test_zarr_is_told_by_the_larger_rate_of_large_maps():
    names = ['80 channels', 'whole 80 channels', '400 channels']
    medians = {'a ' + name: (10, 0, 0, 0) for name in names}
    for name, seconds, size in zip(names, (13, 14, 16), (1, 2, 4)):
        medians['b ' + name] = (seconds, 0, 0, size * GB)
    assert figure('zarr-time', **medians) == pytest.approx(2.0)


def test_step_is_one_window_of_the_kept_channels():
    variant = GROUPS['channels']['b 80']
    assert step_bytes(variant, quick(WORKLOADS['80 channels'])) == 80 * 24**3 * 4
    assert step_bytes(GROUPS['channels']['a 80'], WORKLOADS['80 channels']) == 0
