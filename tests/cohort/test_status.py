# -*- coding: utf-8 -*-
"""What has become of a cohort, also one of 10,000 subjects."""

import json
import os
import subprocess
import sys
import time

import pytest

from niftynet_activations.cohort.private_folder import LOG
from niftynet_activations.cohort.records import ENDING, Journal, write_subjects
from niftynet_activations.cohort.status import cohort_status, status_text
from niftynet_activations.command_line import main


def row(subject):
    name = 'activation_l_{}_x.nii'.format(subject)
    return [subject, 'l', name, 1, 2, 3, 4, 'float32', True]


@pytest.fixture
def folder(tmp_path):
    """A cohort of five subjects in two journals, one of which is of a live process: this one."""
    out, seg = tmp_path / 'maps', tmp_path / 'seg'
    seg.mkdir()
    write_subjects(str(out), ['a', 'b', 'c', 'd', 'e'], segmentations=str(seg))
    journal = Journal(str(out))
    for name in 'abc':
        (out / row(name)[2]).write_text('')
        (seg / (name + '.nii.gz')).write_text('')
        journal.add(name, 'running')
        journal.add(name, 'done', rows=[row(name)], result='{}/{}.nii.gz'.format(seg, name))
    journal.add('d', 'failed', reason="'d.nii.gz' cannot be read")
    journal.add('e', 'running')
    log = os.path.join(journal.records, 'runs', journal.name, LOG)
    os.makedirs(os.path.dirname(log))
    with open(log, 'w'):
        pass
    yield out, log, journal
    journal.close()


def test_states_reasons_and_what_is_gone(folder, tmp_path, capsys):
    out, log, journal = folder
    (out / row('b')[2]).unlink()
    (tmp_path / 'seg' / 'c.nii.gz').unlink()
    assert main(['status', str(out)]) == 1
    assert capsys.readouterr().out.splitlines() == [
        '5 subjects: 1 done, 1 failed, 1 running, 2 missing',
        "failed   d: 'd.nii.gz' cannot be read; log: " + log,
        'running  e',
        "missing  b: 'activation_l_b_x.nii' is gone",
        "missing  c: 'c.nii.gz' is gone",
    ]
    assert main(['status', str(out), '--failed']) == 1
    assert capsys.readouterr().out == 'd\n'


def test_status_0_only_if_all_are_done(folder, capsys):
    out, _, journal = folder
    for name in 'de':
        assert main(['status', str(out)]) == 1
        (out / row(name)[2]).write_text('')
        journal.add(name, 'done', rows=[row(name)], result=None)
    assert main(['status', str(out)]) == 0
    assert '5 done, 0 failed, 0 running, 0 missing' in capsys.readouterr().out


def test_a_folder_without_a_cohort_is_told(tmp_path, capsys):
    assert main(['status', str(tmp_path)]) == 2
    assert 'holds no cohort' in capsys.readouterr().err


def test_many_missing_are_counted(tmp_path):
    write_subjects(str(tmp_path), ['{:04d}'.format(number) for number in range(12)])
    lines = status_text(cohort_status(str(tmp_path))).splitlines()
    assert len(lines) == 12 and lines[-1] == 'missing  and 2 more'


@pytest.mark.slow
def test_ten_thousand_subjects(tmp_path):
    names = ['{:05d}'.format(number) for number in range(10000)]
    write_subjects(str(tmp_path), names, segmentations=str(tmp_path))
    # as many processes as an array of a thousand tasks has
    for first in range(0, len(names), 10):
        journal = Journal(str(tmp_path))
        journal.close()
        with open(os.path.join(journal.records, 'journals', journal.name + ENDING), 'w') as stream:
            for name in names[first : first + 10]:
                told = dict(subject=name, rows=[row(name)], result=None)
                stream.write(json.dumps(dict(told, state='running', time=first)) + '\n')
                stream.write(json.dumps(dict(told, state='done', time=first + 1)) + '\n')
    for name in names:
        with open(str(tmp_path / row(name)[2]), 'w'):
            pass
    begun = time.time()
    environment = dict(os.environ, PYTHONPATH=os.pathsep.join(sys.path))
    words = [sys.executable, '-m', 'niftynet_activations.command_line', 'status', str(tmp_path)]
    said = subprocess.run(words, env=environment, stdout=subprocess.PIPE, check=True).stdout
    assert said == b'10000 subjects: 10000 done, 0 failed, 0 running, 0 missing\n'
    # the target is 2 s; this is on a machine that does other things too
    assert time.time() - begun < 4


def test_the_command_does_without_tensorflow(folder):
    code = (
        'import sys\n'
        'from niftynet_activations.command_line import main\n'
        'main(["status", sys.argv[1]])\n'
        'assert not {"tensorflow", "niftynet", "distributed"}.intersection(sys.modules)\n'
    )
    environment = dict(os.environ, PYTHONPATH=os.pathsep.join(sys.path))
    words = [sys.executable, '-c', code, str(folder[0])]
    assert subprocess.run(words, env=environment).returncode == 0
