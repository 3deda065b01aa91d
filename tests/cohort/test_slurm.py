# -*- coding: utf-8 -*-
"""
A cohort as an array of a real SLURM cluster, on this machine: a task and the node's daemon are
killed in the middle, the task is queued again, and every subject is there to the byte of a single
run.
"""

import os
import re
import signal
import subprocess
import sys
import time

import pytest

pytestmark = pytest.mark.slow
pytest.importorskip('niftynet')

import slurm  # noqa: E402
from cohort_folders import contents, states  # noqa: E402
from inference_runs import run_activations  # noqa: E402
from toy_runs import LAYER, make_toy  # noqa: E402

from niftynet_activations.command_line import main  # noqa: E402

SHAPES = {name: (12, 14, 16 + number % 2) for number, name in enumerate('abcde')}
SHAPES['b'] = (60, 70, 80)  # long enough to be met


@pytest.fixture
def cluster(tmp_path_factory):
    reason = slurm.missing()
    if reason:
        pytest.skip('no SLURM cluster can be started here: ' + reason)
    started = slurm.Cluster(tmp_path_factory.mktemp('slurm'))
    try:
        started.start()
        yield started
    finally:
        started.stop()


def tasks_of(out):
    """
    :return: number of the part -> process id, of the tasks that are under way
    """
    said = subprocess.run(
        ['ps', '-ww', '-eo', 'pid,args'], stdout=subprocess.PIPE, check=True
    ).stdout
    found = {}
    for line in said.decode().splitlines():
        part = re.search(r'^\s*(\d+) .*command_line cohort .*--part (\d)/2.*' + str(out), line)
        if part:
            found[int(part.group(2))] = int(part.group(1))
    return found


def wait_until(condition, seconds=240):
    deadline = time.time() + seconds
    while not condition():
        assert time.time() < deadline
        time.sleep(0.05)


def test_an_array_whose_task_and_daemon_are_killed(cluster, tmp_path, capsys):
    config = make_toy(tmp_path / 'toy', SHAPES)
    run_activations(config, tmp_path / 'single', '--activation_layers', LAYER)
    out = tmp_path / 'out'
    words = ['cohort', '-c', config, '--print-sbatch', '--workers', '2']
    words += ['--slurm', 'cores=1,memory=1G', '--activation_layers', LAYER]
    capsys.readouterr()
    assert main(words + ['--save_seg_dir', str(out)]) == 0
    script = capsys.readouterr().out.replace('#SBATCH --mem=1G\n', '')  # the node tells no memory
    (tmp_path / 'script').write_text(script)
    cluster.environment.update(PYTHONPATH=os.pathsep.join(sys.path))
    said = cluster.run('sbatch', '--chdir', str(tmp_path), str(tmp_path / 'script'))
    job = re.search(r'\d+', said).group()

    def told():
        try:
            return states(out)
        except OSError:
            return {}

    # NiftyNet writes a segmentation when the first window of the next subject has come
    wait_until(lambda: (told().get('a'), told().get('b')) == ('done', 'running'))
    os.kill(tasks_of(out)[1], signal.SIGKILL)
    cluster.kill_daemon('slurmd')
    cluster.start_daemon('slurmd')
    cluster.wait(240)
    before = told()
    assert before['a'] == 'done' and before['b'] == 'failed'
    assert {before[name] for name in 'cde'} == {'done'}
    cluster.run('scontrol', 'requeue', job + '_1')
    cluster.wait(240)
    assert set(told().values()) == {'done'}, tmp_path / 'activations-{}_1.log'.format(job)
    assert contents(out) == contents(tmp_path / 'single')
