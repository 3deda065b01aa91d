# -*- coding: utf-8 -*-
"""
Time calls of an Extractor against the time of the network alone, and against a run from files.

    python -m benchmarks.extractor_calls [--calls 5] [--workloads light,first,last] [--quick]

A *call* passes one image through a network that is built already. *Network* is the part of its time
in TensorFlow's ``session.run``; *reading* the part for turning the image into a file and removing
it, reading the header, and NiftyNet's loading and preprocessing. Both are measured inside the same
call, so that other work on the machine slows all parts alike. The *ratio* is
(call - reading) / network. The *first call* builds the network and restores its checkpoint. A *run
from files* is ``na.extract`` in the same process, after TensorFlow is imported; it also makes the
segmentation.

The workloads: toynet with ten channels of its first layer; highres3dnet with its first layer (16
channels), and with the mean over the channels of its last layer (80).
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from typing import TYPE_CHECKING, Callable, Dict, List, NamedTuple, Optional, Sequence

from benchmarks.cases import FIRST_LAYER, LAST_LAYER, TOY_LAYER, Workload, quick
from benchmarks.runs import prepare
from benchmarks.volumes import ROOT
from niftynet_activations.hints import Argument

if TYPE_CHECKING:
    from niftynet_activations.extractor import Extractor

CUT, WINDOW, BORDER = (56, 56, 168), 72, 8  # three windows
HEAVY = Workload('highres3dnet', CUT, 1, WINDOW, BORDER)
LAYERS = {
    'light': (Workload('toynet', CUT, 1, WINDOW, BORDER), TOY_LAYER, 'none'),
    'first': (HEAVY, FIRST_LAYER, 'none'),
    'last': (HEAVY, LAST_LAYER, 'mean'),
}
TARGET = 1.05


class Call(NamedTuple):
    """The times of one call, in seconds."""

    call: float
    network: float
    reading: float

    @property
    def ratio(self) -> float:
        """The time of the call without reading, divided by the network's time."""
        return (self.call - self.reading) / self.network


class Measured(NamedTuple):
    """One workload."""

    first: float  # seconds of the first call
    calls: List[Call]  # those after it
    run: float  # seconds of a run from files


def main(arguments: Optional[Sequence[str]] = None) -> int:
    """
    :param arguments: of the command line
    :return: exit status
    """
    parser = argparse.ArgumentParser(description=__doc__.partition('\n\n')[0])
    parser.add_argument('--calls', type=int, default=5, help='after the first one')
    parser.add_argument('--workloads', default=','.join(LAYERS), help='of ' + ', '.join(LAYERS))
    parser.add_argument('--quick', action='store_true', help='small volumes, to try it out')
    parser.add_argument('--measure', help=argparse.SUPPRESS)  # in a process of its own
    options = parser.parse_args(arguments)
    if options.measure:
        measured = measure(options.measure, options.workloads, options.calls)
        sys.stdout.write('MEASURED ' + json.dumps(measured) + '\n')
        return 0
    found = {}
    for name in options.workloads.split(','):
        workload = quick(LAYERS[name][0]) if options.quick else LAYERS[name][0]
        found[name] = _in_a_process(name, workload, options.calls)
    sys.stdout.write(table(found))
    return 0


def table(found: Dict[str, Measured]) -> str:
    """
    :param found: workload -> what was measured
    :return: lines of Markdown
    """
    lines = [
        '| workload | call, s | network, s | reading, s | ratio (target {}) | '
        'first call, s | run from files, s |'.format(TARGET),
        '| --- | --- | --- | --- | --- | --- | --- |',
    ]
    for name, each in found.items():
        middle = Call(*(statistics.median(parts) for parts in zip(*each.calls)))
        ratios = sorted(call.ratio for call in each.calls)
        lines.append(
            '| {} | {:.2f} | {:.2f} | {:.2f} | {:.3f} ({:.3f} to {:.3f}) | {:.2f} | {:.2f} '
            '|'.format(
                name,
                *middle,
                statistics.median(ratios),
                ratios[0],
                ratios[-1],
                each.first,
                each.run,
            )
        )
    return '\n'.join(lines) + '\n'


def _in_a_process(name: str, workload: Workload, calls: int) -> Measured:
    with tempfile.TemporaryDirectory(prefix='benchmark-') as folder:
        place = os.path.join(folder, name)
        prepared = prepare(workload, [LAYERS[name][1]], place)
        words = [sys.executable, '-m', 'benchmarks.extractor_calls', '--measure', place]
        words += ['--workloads', name, '--calls', str(calls)]
        said = subprocess.check_output(
            words, env=prepared.environment, cwd=ROOT, universal_newlines=True
        )
    (line,) = [each for each in said.splitlines() if each.startswith('MEASURED ')]
    first, taken, run = json.loads(line[len('MEASURED ') :])
    return Measured(first, [Call(*each) for each in taken], run)


def measure(folder: str, name: str, calls: int) -> Measured:
    """
    :param folder: folder of a prepared workload
    :param name: its name
    :param calls: how many calls after the first one
    :return: their times
    """
    from niftynet_activations.extraction import extract as run_from_files
    from niftynet_activations.extractor import Extractor
    from niftynet_activations.store.lazy_arrays import load_nifti

    config = os.path.join(folder, 'benchmark.ini')
    image = load_nifti(os.path.join(folder, 'data', 'mni152_T1.nii.gz'))
    given = {'T1': (image.get_fdata(dtype='float32'), image.affine)}
    _, layer, reduce = LAYERS[name]
    with Extractor(config, layer, reduce=reduce) as extract:
        first = _timed(lambda: extract(given))
        clock = _Clock(extract)
        taken = []
        for _ in range(calls):
            clock.network = clock.reading = 0.0
            taken.append(Call(_timed(lambda: extract(given)), clock.network, clock.reading))
    maps = os.path.join(folder, 'maps')
    run = _timed(lambda: run_from_files(config, layer, reduce=reduce, dir=maps))
    return Measured(first, taken, run)


class _Clock(object):
    """Sums the time that an Extractor spends in its network and on reading."""

    def __init__(self, extract: 'Extractor') -> None:
        from niftynet_activations import extractor

        self.network = self.reading = 0.0
        assert extract._network is not None and extract._network._network is not None
        built = extract._network._network
        self._time(built.session, 'run', 'network')
        self._time(built, 'read', 'reading')
        self._time(extractor, 'as_files', 'reading')
        self._time(extractor.NamelessFiles, '__exit__', 'reading')
        self._time(type(built.application.readers[0]), '__call__', 'reading')

    def _time(self, owner: object, name: str, part: str) -> None:
        function = getattr(owner, name)

        def timed(*given: Argument, **named: Argument) -> Argument:
            began = time.perf_counter()
            try:
                return function(*given, **named)
            finally:
                setattr(self, part, getattr(self, part) + time.perf_counter() - began)

        setattr(owner, name, timed)


def _timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


if __name__ == '__main__':
    sys.exit(main())
