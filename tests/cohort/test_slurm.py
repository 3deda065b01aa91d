# -*- coding: utf-8 -*-
"""
A cohort on a real SLURM cluster, on this machine: as an array, of which a task and the node's
daemon are killed in the middle and the task is queued again; and as Dask workers in jobs, which are
cancelled. Every subject is there to the byte of a single run.
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

import dask_cluster  # noqa: E402
import slurm  # noqa: E402
from cohort_folders import contents, states  # noqa: E402
from inference_runs import run_activations  # noqa: E402
from toy_runs import LAYER, make_toy  # noqa: E402

from niftynet_activations.command_line import main  # noqa: E402

SHAPES = {name: (12, 14, 16 + number % 2) for number, name in enumerate('abcde')}
SHAPES['b'] = (60, 70, 80)  # long enough to be met


@pytest.fixture(scope='module')
def cluster(tmp_path_factory):
    reason = slurm.missing()
    if reason:
        pytest.skip('no SLURM cluster can be started here: ' + reason)
    started = slurm.Cluster(tmp_path_factory.mktemp('slurm'))
    started.environment.update(PYTHONPATH=os.pathsep.join(sys.path))
    try:
        started.start()
        yield started
    finally:
        started.stop()


@pytest.fixture(scope='module')
def toy(cluster, tmp_path_factory):
    """
    :return: the config's path, and the folder of a single run
    """
    folder = tmp_path_factory.mktemp('toy')
    config = make_toy(folder / 'toy', SHAPES)
    run_activations(config, folder / 'single', '--activation_layers', LAYER)
    return config, folder / 'single'


def told(out):
    try:
        return states(out)
    except OSError:
        return {}


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


def wait_until(condition, seconds=600):
    deadline = time.time() + seconds
    while not condition():
        assert time.time() < deadline
        time.sleep(0.05)


def test_an_array_whose_task_and_daemon_are_killed(cluster, toy, tmp_path, capsys):
    config, single = toy
    out = tmp_path / 'out'
    words = ['cohort', '-c', config, '--print-sbatch', '--workers', '2']
    words += ['--slurm', 'cores=1,memory=1G', '--activation_layers', LAYER]
    capsys.readouterr()
    assert main(words + ['--save_seg_dir', str(out)]) == 0
    (tmp_path / 'script').write_text(capsys.readouterr().out)
    said = cluster.run('sbatch', '--chdir', str(tmp_path), str(tmp_path / 'script'))
    job = re.search(r'\d+', said).group()
    # NiftyNet writes a segmentation when the first window of the next subject has come
    wait_until(lambda: (told(out).get('a'), told(out).get('b')) == ('done', 'running'))
    os.kill(tasks_of(out)[1], signal.SIGKILL)
    cluster.kill_daemon('slurmd')
    cluster.start_daemon('slurmd')
    cluster.wait(600)
    before = told(out)
    assert before['a'] == 'done' and before['b'] == 'failed'
    assert {before[name] for name in 'cde'} == {'done'}
    cluster.run('scontrol', 'requeue', job + '_1')
    cluster.wait(600)
    assert set(told(out).values()) == {'done'}, tmp_path / 'activations-{}_1.log'.format(job)
    assert contents(out) == contents(single)


def test_dask_workers_in_jobs_that_are_cancelled(cluster, toy, tmp_path):
    pytest.importorskip('dask_jobqueue', reason="pip install 'niftynet_activations[cluster]'")
    config, single = toy
    out = tmp_path / 'out'
    words = [sys.executable, '-m', 'niftynet_activations.command_line', 'cohort', '-c', config]
    words += ['--save_seg_dir', str(out), '--activation_layers', LAYER, '--workers', '2']
    words += ['--slurm', 'cores=2,memory=1GB,walltime=00:30:00,interface=lo', '--gpus', '2']
    patience = {'DASK_DISTRIBUTED__DEPLOY__LOST_WORKER_TIMEOUT': '1s'}
    with open(str(tmp_path / 'said'), 'wb') as said:
        process = subprocess.Popen(
            words,
            env=dict(cluster.environment, **patience),
            cwd=str(tmp_path),
            stdout=said,
            stderr=said,
        )
    conf, given = cluster.environment['SLURM_CONF'], {}  # job -> threads and GPU of its task

    def look():
        for task in dask_cluster.tasks():
            found = dask_cluster.variables_of(task)
            if found.get('SLURM_CONF') == conf:
                names = ('TF_NUM_INTRAOP_THREADS', 'CUDA_VISIBLE_DEVICES')
                given[found['SLURM_JOB_ID']] = tuple(found.get(name) for name in names)
        return process.poll() is not None

    try:
        # a task is under way in both jobs
        wait_until(lambda: look() or (len(given) == 2 and 'running' in told(out).values()))
        assert {gpu for _, gpu in given.values()} == {'0', '1'}
        cluster.run('scancel', *given)
        wait_until(look)
    finally:
        process.kill()
        process.wait()
    assert process.returncode == 0, (tmp_path / 'said').read_text()
    # others were submitted in their place
    assert len(given) >= 3
    assert {threads for threads, _ in given.values()} == {'2'}
    assert set(told(out).values()) == {'done'}
    assert contents(out) == contents(single)
    assert not list(tmp_path.glob('slurm-*'))  # the logs of the jobs are in the records
