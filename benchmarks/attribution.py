# -*- coding: utf-8 -*-
"""
Measure what ``net_activations attribute`` costs: ``python -m benchmarks.attribution``.

The network has a layer of 80 channels at full resolution, the volume 8.7 million voxels. The table
gives the wall time of each method, this time divided by that of ``net_segment`` with the same
windows, and the peak memory less that of ``net_segment``. The network itself computes next to
nothing, so that the cost of gradients and maps is seen.
"""

import argparse
import os
import shutil
import sys
import tempfile
from typing import List, Optional, Sequence

from benchmarks.answers import MEBI, cost_of
from benchmarks.runs import prepare
from benchmarks.workloads import WIDE_LAYER, WORKLOADS, quick
from niftynet_activations.hints import TypedDict

SEGMENT = (
    'import sys\nsys.argv = ["net_segment"] + sys.argv[1:]\nimport niftynet\n'
    'sys.exit(niftynet.main())\n'
)
COMMAND = (
    'import sys\nfrom niftynet_activations.command_line import main\nsys.exit(main(sys.argv[1:]))\n'
)
METHODS = ('gradcam', 'hirescam', 'saliency')
LABEL = '1'

# of the table
Row = TypedDict('Row', {'name': str, 'seconds': float, 'ratio': float, 'mebibytes': float})


def measure(config: str, folder: str, methods: Sequence[str] = METHODS) -> List[Row]:
    """
    :param config: path of a config whose network has the layer
    :param folder: folder for results, which are removed between the runs
    :param methods: names of methods
    :return: rows of the table
    """
    result = os.path.join(folder, 'result')
    plain = cost_of(SEGMENT, ['inference', '-c', config, '--save_seg_dir', result])
    rows: List[Row] = [Row(name='net_segment', seconds=plain.seconds, ratio=1.0, mebibytes=0.0)]
    for method in methods:
        shutil.rmtree(result, ignore_errors=True)
        words = ['attribute', '-c', config, '--label', LABEL, '--method', method]
        words += ['--activation_dir', result]
        if method != 'saliency':
            words += ['--layers', WIDE_LAYER]
        found = cost_of(COMMAND, words)
        rows.append(
            Row(
                name=method,
                seconds=found.seconds,
                ratio=found.seconds / plain.seconds,
                mebibytes=(found.bytes - plain.bytes) / MEBI,
            )
        )
    return rows


def as_table(rows: Sequence[Row]) -> str:
    """
    :param rows: of :func:`measure`
    :return: Markdown
    """
    lines = ['| run | seconds | of net_segment | MiB more |', '| --- | --- | --- | --- |']
    lines += [
        '| {name} | {seconds:.1f} | {ratio:.2f} | {mebibytes:.0f} |'.format(**row) for row in rows
    ]
    return '\n'.join(lines) + '\n'


def main(arguments: Optional[Sequence[str]] = None) -> int:
    """
    :param arguments: of the command line
    :return: exit status
    """
    parser = argparse.ArgumentParser(description=__doc__.partition('\n\n')[0])
    parser.add_argument('--quick', action='store_true', help='a small volume, to try it out')
    parser.add_argument('--methods', default=','.join(METHODS))
    options = parser.parse_args(arguments)
    workload = WORKLOADS['wide']
    if options.quick:
        workload = quick(workload)
    with tempfile.TemporaryDirectory(prefix='attribution-') as folder:
        prepared = prepare(workload, [WIDE_LAYER], folder)
        os.environ.update(prepared.environment)
        config = os.path.join(prepared.folder, 'benchmark.ini')
        rows = measure(config, folder, options.methods.split(','))
        sys.stdout.write(as_table(rows))
    return 0


if __name__ == '__main__':
    sys.exit(main())
