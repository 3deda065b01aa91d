# -*- coding: utf-8 -*-
"""What is asked of SLURM's jobs, a real cluster of this computer, and Dask that is not there."""

import os
import sys
import types

import pytest

from niftynet_activations.cohort import clusters
from niftynet_activations.cohort.clusters import open_cluster
from niftynet_activations.errors import OptionError


def test_without_dask_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, 'distributed', None)
    with pytest.raises(OptionError, match=r"'niftynet_activations\[cluster\]'"):
        with open_cluster(2, None, None, 0, 5, 'logs'):
            pass


@pytest.mark.parametrize(
    'version,extra,directives',
    [
        ('0.9.0', 'worker_extra_args', 'job_extra_directives'),
        ('0.7.4', 'extra', 'job_extra'),  # the newest for Python 3.7
    ],
)
def test_what_is_asked_of_slurm(monkeypatch, version, extra, directives):
    asked = {}
    module = types.ModuleType('dask_jobqueue')
    module.__version__ = version
    module.SLURMCluster = lambda **named: asked.update(named)
    monkeypatch.setitem(sys.modules, 'dask_jobqueue', module)
    clusters._slurm_cluster(
        {'partition': 'long', 'mem': '9GB', 'qos': 'night', 'cores': '4'}, 1, '/logs'
    )
    assert asked == {
        'queue': 'long',
        'memory': '9GB',
        'cores': 4,
        'walltime': '04:00:00',
        'log_directory': '/logs',
        'processes': 1,
        extra: ['--nthreads', '1', '--resources', 'GPU=1'],
        directives: ['--qos=night', '--gpus-per-task=1'],
    }
    monkeypatch.setitem(sys.modules, 'dask_jobqueue', None)
    with pytest.raises(OptionError, match="needs the package 'dask-jobqueue'"):
        clusters._slurm_cluster({}, 0, '/logs')


@pytest.mark.slow
def test_a_cluster_of_this_computer(tmp_path, monkeypatch):
    pytest.importorskip('distributed')
    monkeypatch.chdir(tmp_path)
    with open_cluster(1, None, None, 2, 5, 'logs') as cluster:
        assert (cluster.workers, cluster.shared_gpus) == (1, 2) and cluster.threads >= 1
        assert cluster.takes_gpu and not cluster.fault()
        assert not cluster.wait(0.01)
        future = cluster.submit(os.getpid)
        found = []
        while not found:
            found = cluster.wait(0.2)
        assert found == [future] and future.result() != os.getpid()
        # without the GPUs that tasks need
        (worker,) = cluster.client.scheduler_info()['workers'].values()
        assert worker['resources'] == {'GPU': 1}
        other = cluster._replace(client=SchedulerOf({'a': {'resources': {}}}))
        assert 'no worker announces the resource GPU' in other.fault()
        empty = cluster._replace(client=SchedulerOf({}))
        assert empty.fault() == 'the cluster has no worker now'
        assert '; what its jobs say is in /x' in empty._replace(logs='/x').fault()
    assert os.listdir(str(tmp_path)) == []  # nothing of Dask's where the user stands


class SchedulerOf(object):
    def __init__(self, workers):
        self._workers = workers

    def scheduler_info(self):
        return {'workers': self._workers}
