# -*- coding: utf-8 -*-
"""
Subjects handed out to a real Dask cluster of several processes, whose workers are killed at random
moments: every subject is there to the byte of a single run, and one that kills its process is told
as failed.
"""

import os
import random
import subprocess
import sys
import threading
import time

import pytest
from cohort_folders import contents, states

from niftynet_activations.cohort.time_left import Counts

pytestmark = pytest.mark.slow
KILLS = 3


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


@pytest.fixture
def cluster(toy, tmp_path):
    """Two workers with a GPU, as they say, and one without."""
    from dask_cluster import Cluster

    (tmp_path / 'sitecustomize.py').write_text(IN_WAIT)
    environment = dict(os.environ, PYTHONPATH=os.pathsep.join([str(tmp_path)] + sys.path))
    environment['TF_NUM_INTRAOP_THREADS'] = '2'
    started = Cluster(tmp_path / 'dask', environment)
    try:
        started.start({'x': ['--resources', 'GPU=1'], 'y': ['--resources', 'GPU=1'], 'z': []})
        yield started
    finally:
        started.stop()


def test_killed_workers_and_a_subject_that_kills(toy, cluster, tmp_path):
    from dask_cluster import variables_of
    from toy_runs import LAYER

    config, single = toy
    out = tmp_path / 'out'
    words = [sys.executable, '-m', 'niftynet_activations.command_line', 'cohort', '-c', config]
    words += ['--save_seg_dir', str(out), '--activation_layers', LAYER]
    words += ['--scheduler', cluster.address, '--gpus', '1']
    process = subprocess.Popen(
        words,
        env=dict(os.environ, PYTHONPATH=os.pathsep.join(sys.path)),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    killed, seen, threads = [], set(), set()

    def kill_workers():
        chance = random.Random(5)
        moment = 0.0
        while process.poll() is None:
            tasks = cluster.tasks()
            seen.update(tasks)
            threads.update(
                variables_of(task).get('TF_NUM_INTRAOP_THREADS', '') for _, task in tasks.values()
            )
            if tasks and not moment:
                moment = time.time() + chance.uniform(0.5, 8)
            if tasks and time.time() > moment and len(killed) < KILLS:
                name = chance.choice(sorted(tasks))
                if cluster.kill_worker(name):
                    killed.append(name)
                    moment = 0.0
            time.sleep(0.2)

    thread = threading.Thread(target=kill_workers)
    thread.start()
    said = process.communicate()[1].decode()
    thread.join()
    assert process.returncode == 2 and "'c': its process ended while it was under way" in said
    assert len(killed) == KILLS
    assert seen == {'x', 'y'}  # z has no GPU
    assert threads - {''} == {'2'}
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


def test_a_scheduler_that_does_not_answer(toy, tmp_path, capfd, monkeypatch):
    from niftynet_activations.cohort import clusters
    from niftynet_activations.command_line import main

    monkeypatch.setattr(clusters, 'CONNECTING', 1)
    words = ['cohort', '-c', toy[0], '--save_seg_dir', str(tmp_path / 'out')]
    assert main(words + ['--scheduler', 'tcp://127.0.0.1:9']) == 2
    assert "--scheduler 'tcp://127.0.0.1:9': no Dask scheduler answers there" in (
        capfd.readouterr().err
    )


def test_the_last_line_tells_of_a_second_try(capsys):
    from niftynet_activations.cohort.engines import _progress

    with _progress(3) as tell:
        # all have ended once, one of them is tried again
        for counts in (Counts(2, 0, 2), Counts(3, 1, 3), Counts(2, 0, 3), Counts(3, 0, 3)):
            tell(counts)
        tell(Counts(3, 0, 3))
    first, second = capsys.readouterr().err.splitlines()
    assert '2 of 3 subjects done, 1 failed' in first and '3 of 3 subjects done' in second
