# -*- coding: utf-8 -*-
"""
Subjects handed out to real Dask workers, of which some are killed: every subject is there to the
byte of a single run, and one that kills its process is told as failed.
"""

import os
import random
import signal
import subprocess
import sys
import threading
import time

import pytest
from cohort_folders import contents, states

from niftynet_activations.cohort.engines import size_of_tasks


def test_tasks_are_neither_tiny_nor_late():
    assert size_of_tasks(1, 4) == 1
    assert size_of_tasks(6, 2) == 3  # one task a worker: the start of a process counts more
    assert size_of_tasks(40, 2) == 5
    assert size_of_tasks(10000, 20) == 16
    assert all(size_of_tasks(n, w) * w * 16 >= min(n, 16) for n in (1, 7, 99) for w in (1, 5, 300))


@pytest.fixture(scope='module')
def toy(tmp_path_factory):
    pytest.importorskip('niftynet')
    pytest.importorskip('distributed', reason="pip install 'niftynet_activations[cluster]'")
    from inference_runs import run_activations
    from toy_runs import LAYER, make_toy

    folder = tmp_path_factory.mktemp('engines')
    config = make_toy(folder / 'toy', {name: (12, 14, 16) for name in 'abcdef'})
    run_activations(config, folder / 'single', '--activation_layers', LAYER)
    return config, folder / 'single'


def descendants(pid):
    """
    :return: process id -> the words of its command, of all processes that came of this one
    """
    said = subprocess.run(
        ['ps', '-ww', '-eo', 'pid,ppid,args'], stdout=subprocess.PIPE, check=True
    ).stdout
    rows = [line.split(None, 2) for line in said.decode().splitlines()[1:]]
    found, young = {}, {pid}
    while young:
        young = {int(row[0]) for row in rows if int(row[1]) in young}
        found.update((int(row[0]), row[2]) for row in rows if int(row[0]) in young)
    return found


# a module that the process of a task imports at its start, and that lies in wait for a subject
IN_WAIT = """
import os, sys
if 'niftynet_activations.cohort.task' in open('/proc/self/cmdline').read().split(chr(0)):
    from niftynet_activations.cohort import recorder
    begun = recorder.Recorder.begun
    def lie_in_wait(self, subject):
        begun(self, subject)
        if subject == 'c':
            os.kill(os.getpid(), 9)
    recorder.Recorder.begun = lie_in_wait
"""


@pytest.mark.slow
def test_killed_workers_and_a_subject_that_kills(toy, tmp_path):
    from toy_runs import LAYER

    config, single = toy
    (tmp_path / 'sitecustomize.py').write_text(IN_WAIT)
    out = tmp_path / 'out'
    words = [sys.executable, '-m', 'niftynet_activations.command_line', 'cohort', '-c', config]
    words += ['--save_seg_dir', str(out), '--activation_layers', LAYER, '--workers', '2']
    environment = dict(os.environ, PYTHONPATH=os.pathsep.join([str(tmp_path)] + sys.path))
    process = subprocess.Popen(
        words, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    killed = []

    def kill_a_worker():
        """One that has a task, at a random moment."""
        while process.poll() is None:
            workers = with_a_task(process.pid)
            time.sleep(random.Random(5).uniform(0.5, 2))
            if workers and workers[0] in with_a_task(process.pid):
                killed.append(workers[0])
                os.kill(workers[0], signal.SIGKILL)
                return

    thread = threading.Thread(target=kill_a_worker)
    thread.start()
    said = process.communicate()[1].decode()
    thread.join()
    assert len(killed) == 1
    assert process.returncode == 2 and "'c': its process ended while it was under way" in said
    assert states(out) == dict({name: 'done' for name in 'abdef'}, c='failed')
    assert '5 of 6 subjects done, 1 failed' in said
    # all that is there, and nothing of the one that failed
    found, wanted = contents(out), contents(single)
    lists = [name for name in wanted if name.endswith('.csv')]
    assert set(wanted) - set(found) == {name for name in wanted if '_c_x.' in name}
    assert {name: found[name] for name in found if name not in lists} == {
        name: wanted[name] for name in found if name not in lists
    }
    for name in ('activations.csv', 'inferred.csv'):
        rows = wanted[name].splitlines()
        assert found[name].splitlines() == [row for row in rows if not row.startswith(b'c,')]


def with_a_task(pid):
    """
    :return: process ids of workers of which a task is under way
    """
    there = descendants(pid)
    tasks = {one for one, said in there.items() if 'cohort.task' in said}
    return [one for one in there if tasks.intersection(children(one))]


def children(pid):
    said = subprocess.run(['ps', '--ppid', str(pid), '-o', 'pid='], stdout=subprocess.PIPE).stdout
    return {int(each) for each in said.split()}


@pytest.mark.slow
def test_a_scheduler_that_does_not_answer(toy, tmp_path, capfd, monkeypatch):
    from niftynet_activations.cohort import clusters
    from niftynet_activations.command_line import main

    monkeypatch.setattr(clusters, 'CONNECTING', 1)
    words = ['cohort', '-c', toy[0], '--save_seg_dir', str(tmp_path / 'out')]
    assert main(words + ['--scheduler', 'tcp://127.0.0.1:9']) == 2
    assert "--scheduler 'tcp://127.0.0.1:9': no Dask scheduler answers there" in (
        capfd.readouterr().err
    )
