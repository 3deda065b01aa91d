# -*- coding: utf-8 -*-
"""The table of what attribution costs, and the measurement on a small volume."""

import pytest

from benchmarks import attribution
from benchmarks.answers import Cost


def test_rows_tell_time_and_memory_beside_those_of_net_segment(monkeypatch, tmp_path):
    costs = [Cost(4.0, 5.0, 100 << 20), Cost(6.0, 9.0, 350 << 20)]
    monkeypatch.setattr(attribution, 'cost_of', lambda program, words: costs.pop(0))
    rows = attribution.measure('x.ini', str(tmp_path), ['gradcam'])
    assert attribution.as_table(rows).splitlines()[2:] == [
        '| net_segment | 4.0 | 1.00 | 0 |',
        '| gradcam | 6.0 | 1.50 | 250 |',
    ]


@pytest.mark.slow
def test_a_small_measurement(capsys):
    pytest.importorskip('niftynet')
    pytest.importorskip('nilearn')
    assert attribution.main(['--quick', '--methods', 'hirescam']) == 0
    assert len(capsys.readouterr().out.splitlines()) == 4
