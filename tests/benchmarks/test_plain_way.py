# -*- coding: utf-8 -*-
"""The plain way, beside this package's."""

import importlib.util
import os

import pytest

pytestmark = pytest.mark.slow
pytest.importorskip('niftynet')
if importlib.util.find_spec('nilearn') is None:
    pytest.skip('nilearn, which ships the template, is not installed', allow_module_level=True)

from benchmarks import runs  # noqa: E402
from benchmarks.cases import GROUPS  # noqa: E402
from benchmarks.workloads import WORKLOADS, quick  # noqa: E402


def test_both_ways_write_the_same_map(tmp_path):
    """What is compared does the same work: the plain way's file holds our map."""
    nib, np = pytest.importorskip('nibabel'), pytest.importorskip('numpy')
    group = GROUPS['wide']
    prepared = runs.prepare(quick(WORKLOADS['wide']), {group['b'].layer}, str(tmp_path / 'wide'))
    found = {}
    for kind, pattern in (
        ('b', 'activation_wide_relu_mni152_benchmark.nii.gz'),
        ('c', 'window_map_mni152_benchmark.nii.gz'),
    ):
        output = str(tmp_path / kind)
        runs.watch(
            runs.command(group[kind], prepared, output),
            runs.environment(group[kind], prepared),
            str(tmp_path / 'log'),
        )
        found[kind] = np.asanyarray(nib.load(os.path.join(output, pattern)).dataobj)
    assert found['b'].shape == (30, 34, 26, 80)
    np.testing.assert_array_equal(found['b'], found['c'].squeeze())
