# -*- coding: utf-8 -*-
"""
Time calls of an Extractor against the time of the network alone, and against a run from files.

    python -m benchmarks.extractor_calls [--calls 5] [--workloads light,two,first] [--quick]

A *call* is one image through a network that is built already. *Network* is the time that it spends
in TensorFlow's ``session.run``, *reading* that for making the image a file and letting it go again,
reading its header, and NiftyNet's reading and preparing of its numbers; both are taken inside the
same call, so that other work on the machine meets all parts alike. The *ratio* is
(call - reading) / network, and *of both* call / (network + reading). The *array* is the map as one
array, made by who asked for it after the call. The *first call* builds the network and restores its
checkpoint. A *run from files* is ``na.extract`` in the same process, once TensorFlow is imported;
it makes the segmentation too.

The workloads: toynet with ten channels of its first layer, in three windows of 72 voxels, in two
of 96 and in one of 96; highres3dnet with its first layer (16 channels), and with its last one (80),
of which the mean is taken.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from typing import TYPE_CHECKING, Callable, Dict, List, NamedTuple, Optional, Sequence, Tuple

from benchmarks.runs import prepare
from benchmarks.volumes import ROOT
from benchmarks.workloads import FIRST_LAYER, LAST_LAYER, TOY_LAYER, Workload, quick
from niftynet_activations.hints import Argument

if TYPE_CHECKING:
    from niftynet_activations.extractor import Extractor

CUT, WINDOW, BORDER = (56, 56, 168), 72, 8  # three windows
HEAVY = Workload('highres3dnet', CUT, 1, WINDOW, BORDER)
WIDER = 96
PLAIN: Dict[str, Argument] = {}
# a workload, the layer, and options of the Extractor
LAYERS: Dict[str, Tuple[Workload, str, Dict[str, Argument]]] = {
    'light': (Workload('toynet', CUT, 1, WINDOW, BORDER), TOY_LAYER, PLAIN),
    # NiftyNet's own grid has one window or at least three
    'two': (Workload('toynet', (80, 80, 160), 1, WIDER, BORDER), TOY_LAYER, {'grid': 'aligned'}),
    'one': (Workload('toynet', (80, 80, 80), 1, WIDER, BORDER), TOY_LAYER, PLAIN),
    'first': (HEAVY, FIRST_LAYER, PLAIN),
    'last': (HEAVY, LAST_LAYER, {'reduce': 'mean'}),
}
TARGET = 1.05
MILLI = 1e3


class Call(NamedTuple):
    """The times of one call, in seconds."""

    call: float
    network: float
    reading: float

    @property
    def ratio(self) -> float:
        """The time of the call without reading, divided by the network's time."""
        return (self.call - self.reading) / self.network

    @property
    def of_both(self) -> float:
        """The call, as a multiple of the network's time and that of reading."""
        return self.call / (self.network + self.reading)


class Measured(NamedTuple):
    """One workload."""

    first: float  # seconds of the first call
    calls: List[Call]  # those after it
    run: float  # seconds of a run from files
    array: float  # seconds of making an array of the map, after a call


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
        '| workload | call, ms | network, ms | reading, ms | ratio (target {0}) | '
        'of both (target {0}) | array, ms | first call, s | run from files, s |'.format(TARGET),
        '| --- | --- | --- | --- | --- | --- | --- | --- | --- |',
    ]
    for name, each in found.items():
        parts = [MILLI * statistics.median(values) for values in zip(*each.calls)]
        cells = ['{:.1f}'.format(value) for value in parts]
        cells.append(_spread([call.ratio for call in each.calls]))
        cells.append(_spread([call.of_both for call in each.calls]))
        cells.append('{:.1f}'.format(MILLI * each.array))
        cells += ['{:.2f}'.format(value) for value in (each.first, each.run)]
        lines.append('| {} |'.format(' | '.join([name] + cells)))
    return '\n'.join(lines) + '\n'


def _spread(values: Sequence[float]) -> str:
    return '{:.3f} ({:.3f} to {:.3f})'.format(statistics.median(values), min(values), max(values))


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
    first, taken, run, array = json.loads(line[len('MEASURED ') :])
    return Measured(first, [Call(*each) for each in taken], run, array)


def measure(folder: str, name: str, calls: int) -> Measured:
    """
    :param folder: folder of a prepared workload
    :param name: its name
    :param calls: how many calls after the first one
    :return: their times
    """
    import numpy as np

    from niftynet_activations.extraction import extract as run_from_files
    from niftynet_activations.extractor import Extractor
    from niftynet_activations.store.lazy_arrays import load_nifti

    config = os.path.join(folder, 'benchmark.ini')
    image = load_nifti(os.path.join(folder, 'data', 'mni152_T1.nii.gz'))
    given = {'T1': (image.get_fdata(dtype='float32'), image.affine)}
    _, layer, options = LAYERS[name]
    with Extractor(config, layer, **options) as extract:
        first = _timed(lambda: extract(given))
        clock = _Clock(extract)
        taken: List[Call] = []
        kept: List[object] = []
        for _ in range(calls):
            kept.clear()  # maps are let go outside of the call
            clock.network = clock.reading = 0.0
            call = _timed(lambda: kept.append(extract(given)))
            taken.append(Call(call, clock.network, clock.reading))
        (one,) = extract(given).values()
        array = _timed(lambda: np.asarray(one.data))
    maps = os.path.join(folder, 'maps')
    run = _timed(lambda: run_from_files(config, layer, dir=maps, **options))
    return Measured(first, taken, run, array)


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
