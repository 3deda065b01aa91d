# -*- coding: utf-8 -*-
"""
All workloads, groups and cases of the benchmark: of windows, and of the whole pass.
"""

from typing import Dict, Tuple

from benchmarks import cases, whole_cases, workloads

WORKLOADS: Dict[str, workloads.Workload] = dict(workloads.WORKLOADS, **whole_cases.WORKLOADS)
GROUPS: Dict[str, Dict[str, cases.Variant]] = dict(cases.GROUPS, **whole_cases.GROUPS)
CASES: Tuple[cases.Case, ...] = cases.CASES + tuple(whole_cases.CASES)
