# -*- coding: utf-8 -*-
"""The array script that is printed."""

import shlex
import subprocess
import sys

import pytest

from niftynet_activations.command_line import main

SAY = 'import sys\nprint(repr(sys.argv[1:]))\n'


def printed(capsys, *words):
    assert main(['cohort', '-c', "a's.ini", '--print-sbatch'] + list(words)) == 0
    return capsys.readouterr().out


def test_script_runs_the_same_command(tmp_path, capsys):
    text = printed(
        capsys,
        '--workers',
        '7',
        '--slurm',
        'partition=long,cores=4,memory=16GB,qos=night',
        '--gpus',
        '1',
        '--activation_layers',
        'res_2_*, conv',
    )
    lines = text.splitlines()
    assert lines[0] == '#!/bin/sh'
    assert {line[len('#SBATCH --') :] for line in lines if line.startswith('#SBATCH')} == {
        'job-name=activations',
        'array=1-7',
        'requeue',
        'open-mode=append',
        'output=activations-%A_%a.log',
        'cpus-per-task=4',
        'gpus-per-task=1',
        'mem=16G',
        'partition=long',
        'qos=night',
        'time=04:00:00',
    }
    # what the shell makes of its last line
    (tmp_path / 'say').write_text(
        '#!{0}\nimport sys\nprint(repr(sys.argv[1:]))\n'.format(sys.executable)
    )
    (tmp_path / 'say').chmod(0o755)
    script = text.replace(shlex.quote(sys.executable), str(tmp_path / 'say'))
    (tmp_path / 'script').write_text(script)
    environment = {'SLURM_ARRAY_TASK_ID': '3', 'SLURM_CPUS_PER_TASK': '4', 'PATH': '/bin:/usr/bin'}
    said = subprocess.run(
        ['/bin/sh', str(tmp_path / 'script')], env=environment, stdout=subprocess.PIPE, check=True
    )
    words = said.stdout.decode().strip()
    assert words == repr(
        ['-m', 'niftynet_activations.command_line', 'cohort', '-c', "a's.ini"]
        + ['-a', 'niftynet_activations.app', '--part', '3/7']
        + ['--activation_layers=res_2_*, conv']
    )


def test_usual_size(capsys):
    lines = printed(capsys, '--subjects', 'list').splitlines()
    assert '#SBATCH --array=1-10' in lines and '#SBATCH --mem=8G' in lines
    assert '--subjects list --part "$SLURM_ARRAY_TASK_ID/10"' in lines[-1]


@pytest.mark.parametrize('words', [['--slurm', 'long'], ['--workers', '0']])
def test_what_cannot_be_asked(capsys, words):
    assert main(['cohort', '-c', 'a.ini', '--print-sbatch'] + words) == 2
    assert 'expected' in capsys.readouterr().err
