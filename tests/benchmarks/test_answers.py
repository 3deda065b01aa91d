# -*- coding: utf-8 -*-
"""The questions of the benchmark on a tiny map, in this process."""

import pytest

from benchmarks import answers
from benchmarks.answers import Cost, as_table, cost_of, make_folder, measure, questions
from niftynet_activations.command_line import main

SLOW = ('components, kmeans', 'components, nmf')  # they differ from the others in the method alone


@pytest.fixture(scope='module')
def folder(tmp_path_factory):
    path = str(tmp_path_factory.mktemp('answers'))
    make_folder(path, (11, 12, 10), 6, 'nii')
    return path


def test_every_question_is_answered(folder, capsys):
    for name, passes, words in questions(folder):
        if name not in SLOW:
            assert main(words) == 0, name
        assert passes >= 1


def test_a_row_tells_time_beside_reading_and_memory_beside_nothing(folder, monkeypatch):
    costs = [
        Cost(1.0, 0.5, 100 << 20),
        Cost(3.0, 2.0, 120 << 20),
        Cost(7.0, 9.5, 350 << 20),
    ]
    monkeypatch.setattr(answers, 'cost_of', lambda program, words: costs.pop(0))
    rows = measure(folder, ['components, pca'])
    assert as_table(rows).splitlines()[2:] == [
        '| reading all channels | 1 | 2.0 | 1.00 | 1.5 | 20 |',
        '| components, pca | 2 | 6.0 | 1.50 | 9.0 | 250 |',
    ]


def test_what_a_process_takes_is_seen():
    found = cost_of('import time; a = bytearray(40 << 20); time.sleep(0.2)', [])
    assert found.seconds > 0.2 and found.bytes > 40 << 20
