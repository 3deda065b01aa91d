# -*- coding: utf-8 -*-
"""The whole benchmark on small volumes."""

import importlib.util
import json
import os

import pytest

pytestmark = pytest.mark.slow
pytest.importorskip('niftynet')
if importlib.util.find_spec('nilearn') is None:
    pytest.skip('nilearn, which ships the template, is not installed', allow_module_level=True)

from benchmarks.__main__ import JSON_FILE, TABLE_FILE, main  # noqa: E402


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
