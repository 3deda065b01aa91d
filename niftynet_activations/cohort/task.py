# -*- coding: utf-8 -*-
"""
One task of a Dask cluster: a process that does a few subjects.

:func:`run_task` runs on the worker, and starts the process ``python -m
niftynet_activations.cohort.task``. The process reads its order from its standard input, which stays
open as long as the worker lives: when the input ends, the process ends too.
"""

import io
import json
import os
import signal
import subprocess
import sys
import threading
import time
from typing import Dict, List, Mapping, NamedTuple, Optional, Sequence

from niftynet_activations.cohort.records import Subject
from niftynet_activations.hints import TypedDict

Lists = Dict[str, Dict[str, List[str]]]  # section -> subject -> its files
MARK = 'niftynet_activations task: '  # begins the line of the process's report
GRACE = 10.0  # seconds from SIGTERM to SIGKILL


# the report of a task: fields of an Outcome, or one of ``wrong`` and ``said``
Told = TypedDict(
    'Told',
    {
        'done': List[str],
        'failed': Dict[str, str],
        'elsewhere': List[str],
        'known': Optional[Sequence[object]],
        'wrong': str,
        'said': str,
    },
    total=False,
)


class Order(NamedTuple):
    """The order of a task: which subjects to do, and how. It can be sent to another computer."""

    config: str
    application: str
    overrides: List[str]
    names: List[str]
    lists: Lists  # the files of these subjects
    before: Dict[str, Subject]  # subject -> fields of its entry in the records
    folder: str  # working folder
    threads: int  # TensorFlow's threads; 0: as many as the worker was given
    gpus: int  # GPUs that the workers of this computer share; 0: GPUs are not set


def run_task(order: Order) -> Told:
    """
    :param order: the order of the task
    :return: the task's report: ``done``, ``failed`` and ``elsewhere`` of an Outcome; or ``wrong``,
        an error in the config; or ``said``, the last line of a process that ended without a report
    """
    process = subprocess.Popen(
        [sys.executable, '-m', __name__],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=_environment(order),
        cwd=order.folder if os.path.isdir(order.folder) else None,
    )
    assert process.stdin is not None and process.stdout is not None
    last = ''
    told: Optional[Told] = None
    try:
        with process.stdin as given:
            given.write((json.dumps(order._asdict()) + '\n').encode('utf-8'))
            given.flush()
            for line in io.TextIOWrapper(process.stdout, errors='replace'):
                last = line.strip() or last
                if line.startswith(MARK):
                    told = json.loads(line[len(MARK) :])
            status = process.wait()
    finally:
        process.kill()
        process.wait()
    if told is not None:
        return told
    if status < 0:
        return {'said': 'its process was killed by signal {}'.format(-status)}
    return {'said': 'its process ended with status {}: {}'.format(status, last[-300:])}


def _environment(order: Order) -> Dict[str, str]:
    threads = str(order.threads or _own_threads())
    environment = dict(os.environ, TF_CPP_MIN_LOG_LEVEL='2', OMP_NUM_THREADS=threads)
    environment.update(TF_NUM_INTRAOP_THREADS=threads, TF_NUM_INTEROP_THREADS='1')
    if order.gpus:
        environment['CUDA_VISIBLE_DEVICES'] = _gpu_of_worker(order.gpus, environment)
    return environment


def _gpu_of_worker(gpus: int, environment: Mapping[str, str]) -> str:
    """A GPU for this worker, another one for each worker as far as there are enough."""
    from distributed import get_worker

    number = get_worker().name
    allowed = environment.get('CUDA_VISIBLE_DEVICES', '').split(',')
    names = allowed if allowed != [''] else [str(each) for each in range(gpus)]
    return names[(number if isinstance(number, int) else 0) % min(gpus, len(names))]


def _own_threads() -> int:
    """
    TensorFlow's threads for a task: those that a user gave the worker, or the processors of its
    SLURM job, shared by the tasks that it runs at a time.
    """
    from distributed import get_worker

    worker = get_worker()
    at_once = getattr(getattr(worker, 'state', worker), 'nthreads', 1)
    for name in ('TF_NUM_INTRAOP_THREADS', 'SLURM_CPUS_PER_TASK', 'OMP_NUM_THREADS'):
        given = os.environ.get(name, '')
        if given.isdigit():
            return max(1, int(given) // at_once)
    return 1


def main() -> int:
    """
    :return: exit status
    """
    order = Order(**json.loads(sys.stdin.readline()))
    threading.Thread(target=_end_with_worker, daemon=True).start()
    told = _do(order)
    sys.stdout.write('\n{}{}\n'.format(MARK, json.dumps(told)))
    sys.stdout.flush()
    return 0


def _do(order: Order) -> Told:
    from niftynet_activations.cohort.found_files import FoundFiles
    from niftynet_activations.cohort.part import do_subjects
    from niftynet_activations.cohort.setting import read_setting
    from niftynet_activations.errors import ActivationError

    try:
        setting = read_setting(order.config, order.application, order.overrides)
        before = {name: Subject(*told) for name, told in order.before.items()}
        found = FoundFiles(order.lists)
        made = do_subjects(setting, found, order.names, before)
    except ActivationError as error:
        return {'wrong': str(error)}
    return Told(done=made.done, failed=made.failed, elsewhere=made.elsewhere, known=made.known)


def _end_with_worker() -> None:
    sys.stdin.read()
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(GRACE)
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == '__main__':
    sys.exit(main())
