# -*- coding: utf-8 -*-
"""All cases together: no name twice, and everything that a case names is there."""

from benchmarks import cases, whole_cases, workloads
from benchmarks.tables import CASES, GROUPS, WORKLOADS


def test_no_name_stands_for_two_things():
    names = [case.name for case in CASES]
    assert len(names) == len(set(names))
    assert len(WORKLOADS) == len(workloads.WORKLOADS) + len(whole_cases.WORKLOADS)
    assert len(GROUPS) == len(cases.GROUPS) + len(whole_cases.GROUPS)


def test_what_is_named_is_there():
    assert {case.group for case in CASES} == set(GROUPS)
    for variants in GROUPS.values():
        assert {variant.workload for variant in variants.values()} <= set(WORKLOADS)
