# -*- coding: utf-8 -*-
"""
Time an ablation sweep over the channels of a layer against as many single runs.

    python -m benchmarks.ablation [--channels 64] [--timed 8,24] [--workloads outer,inner]
        [--cut 112,128,112] [--quick]

A *sweep* is the command ``net_activations ablate``, in a process of its own: each channel set to
zero in turn. A *run* is ``net_run`` with ``activation_pass = whole`` and no map, which makes one
segmentation of the same volume. The *ratio* is the time of the sweep divided by that of as many
runs as it has channels. A sweep repeats the same computation for each channel, so its time grows
linearly with their number: with ``--timed``, sweeps of fewer channels are timed, and the time of
all channels is extrapolated from the first and the last of them.

*Without starting* is the same ratio after the start-up time (that of a run on a volume of one small
window) is subtracted from each run and from the sweep. It shows what the sweep saves by keeping
intermediate results.

The workloads are layers of highres3dnet's last residual block, which has 64 channels: ``outer`` is
the block's output, ``inner`` the output of the first of its two convolutions. ``light`` is toynet's
first layer, to try the program out.
"""

import argparse
import os
import statistics
import sys
import tempfile
from typing import Dict, List, NamedTuple, Optional, Sequence, Tuple

from benchmarks.runs import Prepared, Run, prepare, watch
from benchmarks.workloads import TOY_LAYER, Workload, quick

CUT, WINDOW = (160, 176, 160), 96  # 4.5 million voxels
START = Workload('toynet', (30, 34, 26), 1, 24, 0)
HEAVY = Workload('highres3dnet', CUT, 1, WINDOW, 0)
LAYERS: Dict[str, Tuple[Workload, str]] = {
    'outer': (HEAVY, 'res_3_2'),
    'inner': (HEAVY, 'res_3_2/conv_0'),
    'light': (Workload('toynet', CUT, 1, WINDOW, 0), TOY_LAYER),
}
TARGET = 0.35
GB = 1e9


class Measured(NamedTuple):
    """One workload."""

    channels: int
    sweeps: Dict[int, Run]  # number of channels that were timed -> the sweep, the fewest first
    runs: List[Run]  # of which the median counts
    start: Run

    @property
    def ratio(self) -> float:
        """The time of the sweep divided by that of as many runs."""
        return self.sweep_seconds / (self.channels * self.run_seconds)

    @property
    def ratio_without_start(self) -> float:
        """The same after the start-up time is subtracted from both."""
        once = self.run_seconds - self.start.seconds
        return (self.sweep_seconds - self.start.seconds) / (self.channels * once)

    @property
    def sweep_seconds(self) -> float:
        """Seconds of a sweep over all channels."""
        few, many = min(self.sweeps), max(self.sweeps)
        seconds = self.sweeps[many].seconds
        if many == self.channels:
            return seconds
        each = (seconds - self.sweeps[few].seconds) / (many - few)
        return seconds + each * (self.channels - many)

    @property
    def run_seconds(self) -> float:
        """Median seconds of one run."""
        return statistics.median(each.seconds for each in self.runs)


def main(arguments: Optional[Sequence[str]] = None) -> int:
    """
    :param arguments: of the command line
    :return: exit status
    """
    parser = argparse.ArgumentParser(description=__doc__.partition('\n\n')[0])
    parser.add_argument('--channels', type=int, default=64, help='of the sweep')
    parser.add_argument('--timed', help='how many of them, such as 8,24; all if not given')
    parser.add_argument('--cut', type=_numbers, default=CUT, help='voxels: 112,128,112')
    parser.add_argument('--workloads', default='outer,inner', help='of ' + ', '.join(LAYERS))
    parser.add_argument('--memory', default='2', help='GiB, activation_memory of both')
    parser.add_argument('--repeats', type=int, default=3, help='of the run')
    parser.add_argument('--quick', action='store_true', help='small volumes, to try it out')
    options = parser.parse_args(arguments)
    timed = _numbers(options.timed or str(options.channels))
    if len(timed) == 1 and timed[0] != options.channels:
        parser.error('one number tells nothing of a line: --timed 8,24')
    found = {}
    with tempfile.TemporaryDirectory(prefix='benchmark-') as folder:
        start = _run(prepare(START, [], os.path.join(folder, 'start')), options.memory)
        for name in options.workloads.split(','):
            workload, layer = LAYERS[name]
            workload = quick(workload) if options.quick else workload._replace(cut=options.cut)
            prepared = prepare(workload, [], os.path.join(folder, name))
            sweeps = {n: _sweep(prepared, layer, n, options.memory) for n in sorted(timed)}
            runs = [_run(prepared, options.memory) for _ in range(options.repeats)]
            found[name] = Measured(options.channels, sweeps, runs, start)
    sys.stdout.write(table(found))
    return 0


def table(found: Dict[str, Measured]) -> str:
    """
    :param found: workload -> what was measured
    :return: lines of Markdown
    """
    lines = [
        '| workload | channels | sweep, s | run, s | start, s | ratio (target {}) | without '
        'starting | memory of the sweep, GB | of a run, GB |'.format(TARGET),
        '| --- | --- | --- | --- | --- | --- | --- | --- | --- |',
    ]
    for name, each in found.items():
        lines.append(
            '| {} | {} | {:.1f} | {:.1f} | {:.1f} | {:.3f} | {:.3f} | {:.2f} | {:.2f} |'.format(
                '{} (`{}`)'.format(name, LAYERS[name][1]),
                each.channels,
                each.sweep_seconds,
                each.run_seconds,
                each.start.seconds,
                each.ratio,
                each.ratio_without_start,
                max(sweep.bytes for sweep in each.sweeps.values()) / GB,
                max(run.bytes for run in each.runs) / GB,
            )
        )
    return '\n'.join(lines) + '\n'


def _numbers(text: str) -> Tuple[int, ...]:
    return tuple(int(each) for each in text.split(','))


def _sweep(prepared: Prepared, layer: str, channels: int, memory: str) -> Run:
    words = [sys.executable, '-m', 'niftynet_activations.command_line', 'ablate']
    words += ['-c', os.path.join(prepared.folder, 'benchmark.ini'), '--layers', layer]
    words += ['--channels', '0:{}'.format(channels), '--activation_memory', memory]
    return watch(words, prepared.environment, os.path.join(prepared.folder, 'sweep.log'))


def _run(prepared: Prepared, memory: str) -> Run:
    output = os.path.join(prepared.folder, 'output')
    words = [os.path.join(os.path.dirname(sys.executable), 'net_run'), 'inference']
    words += ['-a', 'niftynet_activations.app']
    words += ['-c', os.path.join(prepared.folder, 'benchmark.ini'), '--save_seg_dir', output]
    words += ['--activation_layers', 'none', '--activation_pass', 'whole']
    words += ['--activation_memory', memory]
    return watch(words, prepared.environment, os.path.join(prepared.folder, 'run.log'))


if __name__ == '__main__':
    sys.exit(main())
