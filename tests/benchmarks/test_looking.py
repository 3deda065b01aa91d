# -*- coding: utf-8 -*-
"""The waiting times of viewer and report, on tiny maps."""

import os

import pytest

from benchmarks import looking
from benchmarks.answers import make_folder


@pytest.mark.slow
def test_a_large_map_is_asked_for_as_a_page_asks(tmp_path, monkeypatch):
    monkeypatch.setattr(looking, 'LARGE_CHANNELS', 5)
    monkeypatch.setattr(looking, 'TURNS', 2)
    folder = str(tmp_path / 'maps')
    make_folder(folder, (8, 9, 10), 5, 'nii.gz')
    rows = looking.wait_for_large(folder, 'nii.gz', False)
    assert [row.name for row in rows] == [
        'first channel',
        'second channel',
        'another channel',
        'memory of the viewer',
        'first channel when it is started again',
    ]
    assert all(0 < v < 30 for row in rows for v in row.seconds)
    assert len(rows[2].seconds) == 2 and 'map 0 MB' in rows[0].note
    assert int(rows[3].note.split()[0]) > 20


@pytest.mark.slow
def test_the_report_of_many_maps_is_waited_for(tmp_path, monkeypatch):
    assert (len(looking.SUBJECTS), len(looking.STEPS), looking.MANY_CHANNELS) == (3, 10, 64)
    monkeypatch.setattr(looking, 'SUBJECTS', ('one', 'two'))
    monkeypatch.setattr(looking, 'STEPS', (1, 4))
    monkeypatch.setattr(looking, 'MANY_CHANNELS', 2)
    monkeypatch.setattr(looking, 'in_browser', lambda *_: [])
    folder = str(tmp_path / 'many')
    looking.make_many(folder, shorter=11)
    maps = [name for name in os.listdir(folder) if name.endswith('.nii.gz')]
    assert len(maps) == 4
    rows = looking.wait_for_many(folder)
    assert [row.name for row in rows][-1] == 'the report is written' and 'MB' in rows[-1].note


def test_the_table_tells_medians_and_the_slowest():
    rows = [looking.Row('a', 'b', [1.0, 5.0, 2.0]), looking.Row('a', 'c', [], '7 MiB')]
    assert looking.as_table(rows).splitlines()[2:] == [
        '| a | b | 2.00 | 5.00 |  |',
        '| a | c |  |  | 7 MiB |',
    ]


def test_without_a_browser_the_page_is_left_out(monkeypatch, capsys):
    monkeypatch.setattr(looking.browsers, 'what_is_missing', lambda: 'no browser')
    assert looking.in_browser('a', 'http://127.0.0.1:9/') == []
    assert capsys.readouterr().err == 'no browser\n'


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch):
    """A proxy of the machine is not asked for the local server."""
    monkeypatch.setenv('http_proxy', 'http://127.0.0.1:9')
