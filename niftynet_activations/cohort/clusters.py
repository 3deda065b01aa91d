# -*- coding: utf-8 -*-
"""
Dask clusters that run a cohort: processes of this computer, a scheduler that runs already, or SLURM
jobs.
"""

import contextlib
import os
import queue
import tempfile
import time
from typing import Callable, Dict, Iterator, List, NamedTuple, Optional

from niftynet_activations.cohort.task import Told
from niftynet_activations.errors import OptionError
from niftynet_activations.hints import Dask, DaskClient, DaskCluster, Future, JobCluster

EXTRA = "pip install 'niftynet_activations[cluster]'"
CONNECTING = 20  # seconds to wait for a scheduler's answer
SECONDS_BETWEEN_JOBS = 10.0  # before lost SLURM jobs are asked for again
JOBS = 4  # number of SLURM jobs where --workers is not given
NAMES = {'partition': 'queue', 'cpus-per-task': 'cores', 'mem': 'memory', 'time': 'walltime'}
OWN = ('queue', 'account', 'project', 'walltime', 'memory', 'cores', 'interface')


class Cluster(NamedTuple):
    """A cluster that is connected to."""

    client: DaskClient
    workers: int  # how many workers there are, or will be
    threads: int  # TensorFlow's threads in a task; 0: as many as the worker was given
    takes_gpu: bool  # whether a task needs a GPU
    shared_gpus: int  # GPUs that the workers of this computer share; 0: a task's GPUs are not set
    finished: 'queue.Queue[Future[Told]]'
    keep: Callable[[], None]  # replaces lost workers, where Dask does not do that itself
    logs: str = ''  # folder of the logs of its SLURM jobs

    def submit(self, function: Callable[..., Told], *arguments: object) -> 'Future[Told]':
        """
        :param function: run by a worker, which imports it by its name
        :param arguments: of it
        :return: Dask's future
        """
        resources = {'GPU': 1} if self.takes_gpu else None
        future = self.client.submit(function, *arguments, pure=False, resources=resources)
        future.add_done_callback(self.finished.put)
        return future

    def wait(self, seconds: float) -> 'List[Future[Told]]':
        """
        :param seconds: the longest time to wait
        :return: futures of tasks that have ended since the last call; may be empty
        """
        found: 'List[Future[Told]]' = []
        with contextlib.suppress(queue.Empty):
            found.append(self.finished.get(timeout=seconds))
            while True:
                found.append(self.finished.get_nowait())
        return found

    def fault(self) -> str:
        """
        :return: why no task can be run now; empty where one can
        """
        workers = self.client.scheduler_info()['workers'].values()
        if not workers:
            told = '; what its jobs say is in {}'.format(self.logs) if self.logs else ''
            return 'the cluster has no worker now' + told
        if self.takes_gpu and not any('GPU' in each.get('resources', {}) for each in workers):
            return 'no worker announces the resource GPU (dask worker --resources GPU=1)'
        return ''


@contextlib.contextmanager
def open_cluster(
    workers: Optional[int],
    scheduler: Optional[str],
    slurm: Optional[Dict[str, str]],
    gpus: int,
    most: int,
    logs: str,
) -> Iterator[Cluster]:
    """
    :param workers: how many processes or jobs; None for one on each core of this computer, or JOBS
        jobs
    :param scheduler: address of a Dask scheduler, or None
    :param slurm: options of SLURM jobs, or None
    :param gpus: number of GPUs of this computer; each task needs one. 0: tasks need none
    :param most: the largest number of tasks that is useful
    :param logs: folder for the logs of SLURM jobs
    :return: the cluster, which is closed after the body of the ``with`` block
    :raises OptionError: if Dask is not installed, or the cluster cannot be reached
    """
    try:
        import distributed
    except ImportError as error:
        raise OptionError(
            "--workers, --scheduler and --slurm need Dask's package 'distributed' ({}): {}".format(
                error, EXTRA
            )
        ) from error
    finished: 'queue.Queue[Future[Told]]' = queue.Queue()
    with contextlib.ExitStack() as opened:
        if scheduler:
            client = _connected(distributed, scheduler)
            opened.enter_context(contextlib.closing(client))
            count = max(1, len(client.scheduler_info()['workers']))
            yield Cluster(client, count, 0, gpus > 0, 0, finished, _nothing)
            return
        count = min(most, workers or (JOBS if slurm is not None else _cores()))
        if slurm is not None:
            cluster = opened.enter_context(_slurm_cluster(slurm, gpus, logs))
            threads, shared, keep = 0, 0, _job_keeper(cluster, count)
            keep()
        else:
            # Dask for Python 3.7 would make this folder in the working folder, and leave it there
            scratch = opened.enter_context(tempfile.TemporaryDirectory(prefix='dask-'))
            cluster = opened.enter_context(_local_cluster(distributed, count, gpus, scratch))
            threads, shared, keep = max(1, _cores() // count), gpus, _nothing
        client = opened.enter_context(contextlib.closing(distributed.Client(cluster)))
        where = logs if slurm is not None else ''
        yield Cluster(client, count, threads, gpus > 0, shared, finished, keep, where)


def _nothing() -> None:
    """Do nothing: the cluster replaces its workers itself, or others look after them."""


def _job_keeper(cluster: JobCluster, count: int) -> Callable[[], None]:
    """A function that has Dask submit jobs in place of those whose time limit has ended."""
    asked: List[float] = []

    def keep() -> None:
        if not asked or time.monotonic() - asked[-1] > SECONDS_BETWEEN_JOBS:
            asked.append(time.monotonic())
            cluster.scale(jobs=count)

    return keep


def _local_cluster(distributed: Dask, count: int, gpus: int, scratch: str) -> DaskCluster:
    return distributed.LocalCluster(
        n_workers=count,
        threads_per_worker=1,
        processes=True,
        host='127.0.0.1',
        dashboard_address=None,
        memory_limit=0,  # the tasks' own processes hold the memory
        resources={'GPU': 1} if gpus else None,
        local_directory=scratch,
    )


def _connected(distributed: Dask, address: str) -> DaskClient:
    try:
        return distributed.Client(address, timeout=CONNECTING)
    except (OSError, ValueError) as error:
        raise OptionError(
            "--scheduler '{}': no Dask scheduler answers there ({}); expected an address such as "
            'tcp://host:8786'.format(address, ' '.join(str(error).split()))
        ) from error


def _slurm_cluster(options: Dict[str, str], gpus: int, logs: str) -> JobCluster:
    try:
        from dask_jobqueue import SLURMCluster
        from dask_jobqueue import __version__ as version
    except ImportError as error:
        raise OptionError(
            "--slurm needs the package 'dask-jobqueue' ({}): {}".format(error, EXTRA)
        ) from error
    named = {NAMES.get(name, name): value for name, value in options.items()}
    words = {'cores': '2', 'memory': '8GB', 'walltime': '04:00:00'}
    words.update((name, value) for name, value in named.items() if name in OWN)
    own: Dict[str, object] = dict(words, cores=int(words['cores']), log_directory=logs)
    further = ['--{}={}'.format(name, each) for name, each in named.items() if name not in OWN]
    extra = ['--nthreads', '1']
    if gpus:
        further.append('--gpus-per-task=1')
        extra += ['--resources', 'GPU=1']
    new = tuple(int(part) for part in version.split('.')[:2]) >= (0, 8)
    own['worker_extra_args' if new else 'extra'] = extra
    own['job_extra_directives' if new else 'job_extra'] = further
    make: Callable[..., JobCluster] = SLURMCluster  # its parameters differ between versions
    return make(processes=1, **own)


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, 'sched_getaffinity') else 1
