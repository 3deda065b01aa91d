# -*- coding: utf-8 -*-
"""Journals that are read on, while others write there."""

import os

import pytest

from niftynet_activations.cohort import reading
from niftynet_activations.cohort.reading import RecordReader, Result, read_subjects, results_of
from niftynet_activations.cohort.records import ENDING, Journal, write_subjects


@pytest.fixture
def folder(tmp_path):
    write_subjects(str(tmp_path), ['a', 'b', 'c'])
    return str(tmp_path)


def test_only_what_is_new_is_read(folder, monkeypatch):
    opened = []

    def note(path, *words):
        opened.append(os.path.basename(path))
        return open(path, *words)

    monkeypatch.setattr(reading, 'open', note, raising=False)
    first, second = Journal(folder), Journal(folder)
    first.add('a', 'done', rows=[['a', 'l']], result='/seg/a.nii')
    reader = RecordReader(folder)
    assert reader.update() == {'a'} and reader.update() == set()
    second.add('b', 'running')
    assert reader.update() == {'b'}
    assert [reader.subject(name).state for name in 'abc'] == ['done', 'running', 'missing']
    # its process is killed, without a line more
    second._alive.forget()
    assert reader.update() == {'b'} and reader.names == ['a', 'b']
    assert (reader.subject('b').state, reader.subject('b').attempts) == ('failed', 1)
    del opened[:]
    first.add('b', 'done', rows=[], result=None)
    assert reader.update() == {'b'} and reader.subject('b').state == 'done'
    assert opened == [first.name + ENDING]  # the dead one's is not read again
    assert [reader.subject(name) for name in 'abc'] == read_subjects(folder)
    first.close()


def test_a_line_that_was_half_there(folder):
    journal = Journal(folder)
    reader = RecordReader(folder)
    text = b'{"subject": "\xc3\xa4", "state": "failed", "time": 2, "reason": "d\xc3\xbcnn"}\n'
    path = journal._stream.name
    for part, found in ((text[:14], set()), (text[14:], {'\xe4'}), (b'', set())):
        with open(path, 'ab') as stream:
            stream.write(part)
        assert reader.update() == found
    assert reader.subject('\xe4').reason == 'd\xfcnn'
    journal.close()


def test_results_are_read_where_they_stand(folder, monkeypatch):
    monkeypatch.setattr(reading, 'MOST_OPEN', 1)
    journals = [Journal(folder) for _ in range(3)]
    for number in range(9):
        name = 's{}'.format(number)
        journals[number % 3].add(name, 'running')
        journals[number % 3].add(name, 'done', rows=[[name, 'l', number]], result='/' + name)
    journals[0].add('b', 'failed', reason='cut short')
    found = list(results_of(read_subjects(folder)))
    assert [each.name for each, _ in found] == ['a', 'b', 'c'] + ['s%d' % n for n in range(9)]
    assert [result for _, result in found[:3]] == [Result((), None)] * 3
    assert found[10][1] == Result([['s7', 'l', 7]], '/s7')
    for each in journals:
        each.close()
