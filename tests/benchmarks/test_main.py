# -*- coding: utf-8 -*-
"""The whole benchmark on small volumes: each kind of run, and a run that fails."""

import importlib.util
import json
import os

import pytest

pytestmark = pytest.mark.slow
pytest.importorskip('niftynet')
if importlib.util.find_spec('nilearn') is None:
    pytest.skip('nilearn, which ships the template, is not installed', allow_module_level=True)

from benchmarks import runs  # noqa: E402
from benchmarks.__main__ import JSON_FILE, TABLE_FILE, main  # noqa: E402
from benchmarks.cases import GROUPS, WORKLOADS, quick  # noqa: E402


def test_quick(tmp_path, capsys):
    names = ['wide-memory', 'wide-time']
    assert main(['--quick', '--output', str(tmp_path), '--cases'] + names) == 0
    assert (tmp_path / TABLE_FILE).read_text() == capsys.readouterr().out
    found = json.loads((tmp_path / JSON_FILE).read_text())
    assert [case['case'] for case in found['cases']] == names
    for variant in ('a', 'b', 'c'):
        (run,) = found['runs']['wide'][variant]
        assert run['seconds'] > 1 and run['bytes'] > 100e6
    assert sorted(os.listdir(str(tmp_path))) == [JSON_FILE, TABLE_FILE]


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


def test_a_run_that_fails_says_why(tmp_path):
    variant = GROUPS['wide']['b']
    prepared = runs.prepare(quick(WORKLOADS['wide']), {variant.layer}, str(tmp_path / 'wide'))
    wrong = variant._replace(options=dict(variant.options, layers='no_such_layer'))
    with pytest.raises(runs.RunFailed, match='matches nothing'):
        runs.run_variant(wrong, prepared)
