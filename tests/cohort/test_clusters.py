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
        with open_cluster(2, None, None, 0, 5):
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
    clusters._slurm_cluster({'partition': 'long', 'mem': '9GB', 'qos': 'night', 'cores': '4'}, 1)
    assert asked == {
        'queue': 'long',
        'memory': '9GB',
        'cores': 4,
        'walltime': '04:00:00',
        'processes': 1,
        extra: ['--nthreads', '1', '--resources', 'GPU=1'],
        directives: ['--qos=night', '--gpus-per-task=1'],
    }
    monkeypatch.setitem(sys.modules, 'dask_jobqueue', None)
    with pytest.raises(OptionError, match="needs the package 'dask-jobqueue'"):
        clusters._slurm_cluster({}, 0)


@pytest.mark.slow
def test_a_cluster_of_this_computer():
    pytest.importorskip('distributed')
    with open_cluster(1, None, None, 2, 5) as cluster:
        assert (cluster.workers, cluster.gpus) == (1, 2) and cluster.threads >= 1
        future = cluster.submit(os.getpid)
        while not cluster.wait([future], 0.2):
            pass
        assert future.result() != os.getpid()
