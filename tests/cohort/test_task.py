# -*- coding: utf-8 -*-
"""The process of a task, and how it ends with its worker."""

import os
import signal
import subprocess
import sys
import time
import types

import pytest

from niftynet_activations.cohort import task
from niftynet_activations.cohort.task import MARK, Order, run_task

ORDER = Order('c.ini', 'app', [], ['a'], {}, {}, os.sep, 2, 0)
POPEN = subprocess.Popen
SAY = """
import json, sys
order = json.loads(sys.stdin.readline())
print('some line')
{}
"""


def run_with(monkeypatch, code):
    """Let the process be another one."""

    def start(words, **named):
        assert words[1:] == ['-m', 'niftynet_activations.cohort.task']
        return POPEN([sys.executable, '-c', SAY.format(code)], **named)

    monkeypatch.setattr(task.subprocess, 'Popen', start)
    return run_task(ORDER)


def test_what_the_process_tells(monkeypatch):
    code = "print('{}' + json.dumps(dict(done=order['names'], threads=os.environ['T'])))"
    code = 'import os; ' + code.format(MARK).replace("['T']", "['TF_NUM_INTRAOP_THREADS']")
    assert run_with(monkeypatch, code) == dict(done=['a'], threads='2')


@pytest.fixture
def worker(monkeypatch):
    """What a task finds of its worker."""
    found = types.SimpleNamespace(name=3, state=types.SimpleNamespace(nthreads=2))
    module = types.ModuleType('distributed')
    module.get_worker = lambda: found
    monkeypatch.setitem(sys.modules, 'distributed', module)
    for name in ('TF_NUM_INTRAOP_THREADS', 'SLURM_CPUS_PER_TASK', 'OMP_NUM_THREADS'):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.delenv('CUDA_VISIBLE_DEVICES', raising=False)
    return found


@pytest.mark.parametrize(
    'given,threads',
    [
        ({}, '1'),
        ({'OMP_NUM_THREADS': '8'}, '4'),  # two tasks at a time
        ({'OMP_NUM_THREADS': '1', 'SLURM_CPUS_PER_TASK': '6'}, '3'),
        ({'TF_NUM_INTRAOP_THREADS': '1', 'SLURM_CPUS_PER_TASK': '6'}, '1'),
    ],
)
def test_threads_are_what_the_worker_has(worker, monkeypatch, given, threads):
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    found = task._environment(ORDER._replace(threads=0))
    assert (found['TF_NUM_INTRAOP_THREADS'], found['OMP_NUM_THREADS']) == (threads, threads)
    assert 'CUDA_VISIBLE_DEVICES' not in found


@pytest.mark.parametrize(
    'name,allowed,device',
    [
        (0, None, '0'),
        (3, None, '1'),
        (3, '4,7', '7'),
        ('SLURMCluster-0', '5', '5'),
        (2, '4,7', '4'),
    ],
)
def test_workers_of_a_computer_share_its_gpus(worker, monkeypatch, name, allowed, device):
    worker.name = name
    if allowed:
        monkeypatch.setenv('CUDA_VISIBLE_DEVICES', allowed)
    assert task._environment(ORDER._replace(gpus=2))['CUDA_VISIBLE_DEVICES'] == device
    # elsewhere it is as SLURM, or whoever started the worker, has set it
    assert task._environment(ORDER).get('CUDA_VISIBLE_DEVICES') == allowed


def test_how_a_process_ends_that_tells_nothing(monkeypatch):
    killed = 'import os, signal; os.kill(os.getpid(), signal.SIGKILL)'
    assert run_with(monkeypatch, killed)['said'] == 'its process was killed by signal 9'
    said = run_with(monkeypatch, 'sys.exit("no module of that name")')['said']
    assert said == 'its process ended with status 1: no module of that name'


def test_a_process_ends_with_its_worker():
    code = (
        'import sys, threading, time\n'
        'from niftynet_activations.cohort import task\n'
        'threading.Thread(target=task._end_with_worker, daemon=True).start()\n'
        'time.sleep(60)\n'
    )
    environment = dict(os.environ, PYTHONPATH=os.pathsep.join(sys.path))
    words = [sys.executable, '-c', code]
    process = subprocess.Popen(words, stdin=subprocess.PIPE, env=environment)
    time.sleep(0.2)
    assert process.poll() is None
    process.stdin.close()  # as when the worker is killed
    assert process.wait(30) == -signal.SIGTERM
