# -*- coding: utf-8 -*-
"""Parts, arrays, lists and options of jobs, as people write them."""

import io
import shlex

import pytest

from niftynet_activations.cohort.arguments import (
    listed_subjects,
    options_named,
    part_named,
    part_of_array,
    script_words,
)
from niftynet_activations.errors import OptionError


def test_parts():
    assert part_named('3/10') == (3, 10) and part_named(' 1 / 1 ') == (1, 1)
    for wrong in ('0/3', '4/3', '3', 'a/b', '1/0', '-1/3', ''):
        with pytest.raises(OptionError, match='expected K/N with K from 1 to N'):
            part_named(wrong)


def array(task, first, count, step=1):
    names = ('ID', 'MIN', 'COUNT', 'STEP')
    return {
        'SLURM_ARRAY_TASK_' + name: str(value)
        for name, value in zip(names, (task, first, count, step))
    }


def test_parts_of_an_array():
    assert part_of_array({}) is None
    assert [part_of_array(array(task, 0, 4)) for task in range(4)] == [
        (1, 4),
        (2, 4),
        (3, 4),
        (4, 4),
    ]
    # --array=5-11:3 has the tasks 5, 8 and 11
    assert [part_of_array(array(task, 5, 3, 3)) for task in (5, 8, 11)] == [(1, 3), (2, 3), (3, 3)]
    # --array=3,7: what is left of another one, submitted again
    with pytest.raises(OptionError, match='has gaps'):
        part_of_array(array(7, 3, 2))


def test_lists(tmp_path, monkeypatch):
    (tmp_path / 'list').write_text('b\n\n a \n')
    assert listed_subjects(str(tmp_path / 'list')) == ['b', 'a']
    monkeypatch.setattr('sys.stdin', io.StringIO('c\n'))
    assert listed_subjects('-') == ['c']
    (tmp_path / 'list').write_text('\n')
    for path, said in ((tmp_path / 'list', 'is empty'), (tmp_path / 'none', 'cannot be read')):
        with pytest.raises(OptionError, match=said):
            listed_subjects(str(path))


def test_options_of_jobs():
    assert options_named('partition=long, cores=4') == {'partition': 'long', 'cores': '4'}
    assert options_named('') == {}
    with pytest.raises(OptionError, match='expected name=value'):
        options_named('long')


def test_words_come_out_of_a_shell_as_they_went_in():
    words = ['-c', "a's config.ini", '--activation_layers=res_2_*, conv', '', 'plain/path']
    assert shlex.split(script_words(words)) == words
    assert script_words(['plain/path']) == 'plain/path'
