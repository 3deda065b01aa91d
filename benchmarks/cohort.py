# -*- coding: utf-8 -*-
"""
Time of ``net_activations cohort`` for each subject, compared with a plain loop of ``net_run``.

``python -m benchmarks.cohort [--subjects N] [--repeats N] [--workers N]``, on a machine that does
nothing else. The network is NiftyNet's toynet on small volumes, so that mostly the time outside of
the network is measured. The loop calls ``net_run`` once for each subject, as a shell script would.
"""

import argparse
import os
import shutil
import statistics
import sys
import tempfile
import time
from typing import Callable, Dict, List, Optional, Sequence

from benchmarks.runs import watch
from benchmarks.volumes import ROOT

SHAPE = (30, 33, 35)
TARGET = 0.7


def main(arguments: Optional[Sequence[str]] = None) -> int:
    """
    :param arguments: of the command line
    :return: exit status: 0, also where the target is missed
    """
    options = _parser().parse_args(arguments)
    folder = tempfile.mkdtemp(prefix='cohort-')
    try:
        measured = measure(folder, options.subjects, options.repeats, options.workers)
    finally:
        shutil.rmtree(folder)
    sys.stdout.write(table(measured, options.subjects))
    return 0


def measure(folder: str, subjects: int, repeats: int, workers: int) -> Dict[str, List[float]]:
    """
    :param folder: for the volumes and results
    :param subjects: how many there are
    :param repeats: how often each way is measured, in turn
    :param workers: how many worker processes, for a third way; 0: not with workers
    :return: way -> seconds of each repeat
    """
    sys.path.insert(0, os.path.join(ROOT, 'trials'))
    from toy_runs import change_config, make_toy

    names = ['s{:03d}'.format(number) for number in range(subjects)]
    toy = os.path.join(folder, 'toy')
    config = make_toy(toy, {name: SHAPE for name in names})
    single = {}
    for name in names:
        single[name] = shutil.copyfile(config, os.path.join(folder, name + '.ini'))
        change_config(single[name], {'T1': {'filename_contains': 'T1,' + name}})
    variables = dict(os.environ, niftynet_config_home=folder, TF_CPP_MIN_LOG_LEVEL='2')
    variables['PYTHONPATH'] = os.pathsep.join([ROOT, os.environ.get('PYTHONPATH', '')])
    with open(os.path.join(folder, 'config.ini'), 'w') as home:
        home.write('[global]\nhome = {}\n'.format(folder))
    log = os.path.join(folder, 'log')

    def loop(output: str) -> None:
        program = os.path.join(os.path.dirname(sys.executable), 'net_run')
        for name in names:
            words = [program, 'inference', '-a', 'niftynet_activations.app', '-c', single[name]]
            watch(words + ['--save_seg_dir', output], variables, log)

    def cohort(*words: str) -> Callable[[str], None]:
        command = [sys.executable, '-m', 'niftynet_activations.command_line', 'cohort']
        command += ['-c', config] + list(words)
        return lambda output: _ignore(watch(command + ['--save_seg_dir', output], variables, log))

    ways = {'loop': loop, 'one process': cohort()}
    if workers:
        ways['{} workers'.format(workers)] = cohort('--workers', str(workers))
    measured: Dict[str, List[float]] = {way: [] for way in ways}
    for number in range(repeats):
        for way, run in ways.items():
            output = os.path.join(folder, '{}-{}'.format(way.replace(' ', '-'), number))
            begun = time.monotonic()
            run(output)
            measured[way].append(time.monotonic() - begun)
    return measured


def table(measured: Dict[str, List[float]], subjects: int) -> str:
    """
    :param measured: way -> seconds of each repeat; ``loop`` among them
    :param subjects: how many there were
    :return: seconds a subject, and their ratio to the loop's, in Markdown
    """
    loop = statistics.median(measured['loop'])
    lines = ['| way | seconds a subject | of the loop (target {}) |'.format(TARGET)]
    lines += ['| --- | --- | --- |']
    for way, seconds in measured.items():
        middle = statistics.median(seconds)
        lines.append('| {} | {:.2f} | {:.2f} |'.format(way, middle / subjects, middle / loop))
    return '\n'.join(lines) + '\n'


def _ignore(_: object) -> None:
    """Drop the result: the time is measured around the command."""


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--subjects', type=int, default=12)
    parser.add_argument('--repeats', type=int, default=3)
    parser.add_argument('--workers', type=int, default=2, help='0: not with workers')
    return parser


if __name__ == '__main__':
    sys.exit(main())
