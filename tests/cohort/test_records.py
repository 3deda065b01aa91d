# -*- coding: utf-8 -*-
"""Journals of several processes, alive and dead, and what they say together."""

import json
import os
import subprocess
import sys

import pytest

from niftynet_activations.cohort.reading import read_subjects, results_of
from niftynet_activations.cohort.records import (
    ALIVE,
    ENDING,
    GONE,
    RECORDS,
    SUBJECTS,
    Journal,
    cohort_facts,
    others_alive,
    write_subjects,
)
from niftynet_activations.errors import ReadError

WRITE = """
import sys
from niftynet_activations.cohort.records import Journal
journal = Journal(sys.argv[1])
for subject, state in zip(sys.argv[2::2], sys.argv[3::2]):
    journal.add(subject, state)
print('written', flush=True)
sys.stdin.read()
"""


def written(folder, *told):
    """
    :return: a process that has written into its journal, and is alive
    """
    process = subprocess.Popen(
        [sys.executable, '-c', WRITE, str(folder)] + list(told),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=dict(os.environ, PYTHONPATH=os.pathsep.join(sys.path)),
    )
    assert process.stdout.readline() == b'written\n'
    return process


def states(folder):
    return {each.name: (each.state, each.attempts) for each in read_subjects(str(folder))}


def test_subjects_and_those_of_before(tmp_path):
    with pytest.raises(ReadError, match='holds no cohort'):
        read_subjects(str(tmp_path))
    write_subjects(str(tmp_path), ['b', 'a'], config='c.ini')
    write_subjects(str(tmp_path), ['c', 'a'], config='d.ini')
    assert [each.name for each in read_subjects(str(tmp_path))] == ['a', 'b', 'c']
    assert set(states(tmp_path).values()) == {('missing', 0)}
    assert cohort_facts(str(tmp_path))['config'] == 'd.ini'


def test_the_last_word_counts_and_the_dead_are_told_from_the_living(tmp_path):
    write_subjects(str(tmp_path), ['a', 'b', 'c', 'd'])
    process = written(tmp_path, 'a', 'running', 'a', 'done', 'b', 'running')
    assert others_alive(str(tmp_path))
    assert states(tmp_path) == {
        'a': ('done', 0),
        'b': ('running', 0),
        'c': ('missing', 0),
        'd': ('missing', 0),
    }
    process.kill()
    process.communicate()
    assert not others_alive(str(tmp_path))
    assert states(tmp_path)['b'] == ('failed', 1)
    assert read_subjects(str(tmp_path))[1].reason == GONE
    for _ in range(2):
        process = written(tmp_path, 'b', 'running')
        process.kill()
        process.communicate()
    assert states(tmp_path)['b'] == ('failed', 3)
    journal = Journal(str(tmp_path))
    # one that is stopped is no attempt, and one that is done begins anew
    journal.add('c', 'running')
    journal.add('c', 'stopped')
    journal.add('b', 'running')
    assert states(tmp_path)['b'] == ('running', 3)
    journal.add('b', 'done', rows=[['b', 'l', 'b.nii']], result='/seg/b.nii.gz')
    journal.add('d', 'failed', reason='cut short')
    journal.close()
    journal.close()
    a, b, c, d = read_subjects(str(tmp_path))
    assert (b.state, b.attempts) == ('done', 0)
    assert [tuple(result)[:2] for _, result in results_of([a, b])][1] == (
        [['b', 'l', 'b.nii']],
        '/seg/b.nii.gz',
    )
    assert (c.state, d.state, d.reason) == ('missing', 'failed', 'cut short')
    assert os.path.basename(d.log) == journal.name


def test_half_a_line_and_a_hole_do_not_count(tmp_path):
    write_subjects(str(tmp_path), ['a', 'b'])
    with open(os.path.join(str(tmp_path), RECORDS, SUBJECTS)) as stream:
        assert json.load(stream)['subjects'] == ['a', 'b']
    journal = Journal(str(tmp_path))
    journal.add('a', 'done')
    path = os.path.join(journal.records, 'journals', journal.name + ENDING)
    with open(path, 'a') as stream:
        stream.write('\0\0\0\n[1]\n')
        stream.write('{"subject": "b", "state": "done", "time": 1}')  # no end of line
    assert states(tmp_path) == {'a': ('done', 0), 'b': ('missing', 0)}
    assert os.path.exists(path.replace(ENDING, ALIVE))
    journal.close()
    assert not os.path.exists(path.replace(ENDING, ALIVE))


def test_a_journal_without_a_line_leaves_nothing(tmp_path):
    journal = Journal(str(tmp_path))
    journal.close()
    assert not os.listdir(os.path.join(journal.records, 'journals'))
