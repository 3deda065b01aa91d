# -*- coding: utf-8 -*-
"""The volumes and windows of the benchmark."""

import pytest

from benchmarks.workloads import WORKLOADS, quick


@pytest.mark.parametrize('name', sorted(WORKLOADS))
def test_a_quick_workload_is_the_same_network_on_a_volume_of_a_window_and_more(name):
    small = quick(WORKLOADS[name])
    assert small.network == WORKLOADS[name].network and small.axes == WORKLOADS[name].axes
    assert all(small.window < size + 2 * small.border for size in small.cut)
    assert small.window > 2 * small.border
