# -*- coding: utf-8 -*-
"""The table of an Extractor's calls, and the measurement on a small volume."""

import pytest

from benchmarks import extractor_calls
from benchmarks.extractor_calls import Call, Measured


def test_the_ratio_leaves_reading_out():
    assert Call(10.0, 8.0, 1.6).ratio == pytest.approx(1.05)
    assert Call(10.0, 8.0, 1.6).of_both == pytest.approx(10 / 9.6)


def test_the_table():
    calls = [Call(10.0, 8.0, 1.0), Call(11.0, 10.0, 1.0), Call(14.0, 10.0, 2.0)]
    rows = extractor_calls.table({'light': Measured(20.0, calls, 30.0, 0.5)}).splitlines()
    assert len(rows) == 3
    expected = (
        '| light | 11000.0 | 10000.0 | 1000.0 | 1.125 (1.000 to 1.200) | 1.111 (1.000 to 1.167) | '
        '500.0 | 20.00 | 30.00 |'
    )
    assert rows[2] == expected


@pytest.mark.slow
def test_a_small_measurement(capsys):
    pytest.importorskip('niftynet')
    pytest.importorskip('nilearn')
    assert extractor_calls.main(['--workloads', 'light', '--calls', '2', '--quick']) == 0
    row = capsys.readouterr().out.splitlines()[2]
    call, network, reading = (float(cell) for cell in row.split('|')[2:5])
    assert call >= network > 0 and reading >= 0
