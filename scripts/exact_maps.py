#!/usr/bin/env python
# -*- coding: utf-8 -*-
"""
Compare every layer's map of NiftyNet's segmentation networks, stitched from windows, with one pass
over the whole volume.

    python scripts/exact_maps.py toynet vnet
    python scripts/exact_maps.py --axes x --folder measured

Each measurement (a network, and the axis along which the volume is longer than the window) is
kept in a file of its own in ``--folder`` and not repeated, so that the work can be interrupted and
continued. The page is written from all files in the folder. The exit status is 1 if a map that is
marked as exact is not.
"""

import argparse
import os
import re
import sys
from typing import Dict, List, Mapping, Optional, Sequence

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from measurements import (
    AXES,
    ExactLayer,
    ExactRun,
    add_places,
    by,
    measure_once,
    read_measurements,
    row,
    versions_of,
)

MOST_SHARE = 1e-4
NETWORKS = (
    'toynet highres3dnet_small highres3dnet scalenet deepmedic unet_2d dense_vnet holisticnet '
    'nonewnet highres3dnet_large vnet unet'
).split()

INTRODUCTION = """\
# Exact maps of windows: every layer beside one pass over the whole volume

With `activation_pass = whole` every layer is exact: [whole_maps.md](whole_maps.md) has the
measurement. This page is about windows, and what a border as wide as the layer sees makes of them.

For every layer with spatial axes of {networks} of NiftyNet's segmentation networks: a real run with
windows, and one pass of the network over the whole *reference volume* (the padded image, a few
voxels larger where the network takes no such size or the windows would not fit), compared sample by
sample by the functions of `net_activations verify`. Made by `scripts/exact_maps.py` with TensorFlow
{versions}; random weights, real numbers of channels of which the last one is compared, no
whitening.

The volume is longer than the window along one axis at a time, by an odd number of voxels, so that
it needs an extension; along the others one window covers it. The border along the long axis is the
one that the program suggests for the layers of a run (`activation_grid = aligned`), and no less
than NiftyNet needs for the smaller outputs of unet (44), unet_2d (92) and deepmedic (24).

- *tried*: layers that some border would make exact, by their receptive fields along the long axis;
  counted once for each such axis;
- *exact*: those whose maps call themselves exact;
- *largest difference*: of these from the pass, as a part of the range of the pass's values. At most
  1e-4 is float32 rounding; 0 means the same to the last bit. A map whose values are nothing but
  rounding, such as a mean of values whose mean was taken away, has no range to speak of:
  `net_activations verify` then asks by how much the pass itself changes with the last digits of the
  image's numbers, and calls the map wrong only where it differs by more than ten times that.
"""


def main(args: Optional[Sequence[str]] = None) -> int:
    """
    :param args: words of the command line
    :return: exit status
    """
    options = _get_parser().parse_args(args)
    os.makedirs(options.folder, exist_ok=True)
    for axis in options.axes:
        for network in options.networks:
            _measure_once(options.folder, network, AXES.index(axis))
    measurements: Dict[str, List[ExactRun]] = read_measurements(options.folder)
    with open(options.write, 'w') as page:
        page.write(page_of(measurements))
    print('written:', options.write)
    wrong = [
        '{} {}'.format(name, layer['name'])
        for name, runs in measurements.items()
        for run in runs
        for layer in run['layers']
        if _is_wrong(layer)
    ]
    print('{} maps call themselves exact and are not'.format(len(wrong)), *wrong, sep='\n')
    return 1 if wrong else 0


def _get_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__.strip().splitlines()[0])
    parser.add_argument('networks', nargs='*', default=NETWORKS, help='default: all twelve')
    parser.add_argument('--axes', default='xyz', help='that are long in turn, for example xz')
    add_places(parser, 'exact_maps')
    return parser


def _measure_once(folder: str, network: str, axis: int) -> None:
    from exact_runs import NETWORKS as SETTINGS
    from exact_runs import try_network

    if axis < SETTINGS[network].dimensions:
        made = measure_once(folder, network, axis, try_network)
        if made:
            print('{} {}: {} s'.format(network, AXES[axis], made['seconds']))


def page_of(measurements: Mapping[str, Sequence[ExactRun]]) -> str:
    """
    :param measurements: of at least one network
    :return: the page, in Markdown
    """
    lines = [INTRODUCTION.format(networks=len(measurements), versions=versions_of(measurements))]
    lines += ['| network | long axes | layers | tried | exact | largest difference | seconds |']
    lines += ['| --- | --- |' + ' ---: |' * 5]
    lines += [_summary(name, runs) for name, runs in measurements.items()]
    lines += [
        '',
        '## Volumes and windows',
        '',
        '| network | volume | window |',
        '| --- | --- | --- |',
    ]
    for name, runs in measurements.items():
        lines += [row([name, by(run['volume']), by(run['window'])]) for run in runs]
    lines += ['', '## Layers that are not exact', '']
    lines += [
        'With the reason that the program gives; why a layer was not tried, where it was not.'
    ]
    for name, runs in measurements.items():
        lines += _not_exact(name, runs)
    return '\n'.join(lines) + '\n'


def _summary(name: str, runs: Sequence[ExactRun]) -> str:
    layers = [layer for run in runs for layer in run['layers']]
    tried = [layer for layer in layers if layer['tried']]
    exact = [layer for layer in tried if layer['exact']]
    shares = [float('inf') if each['share'] is None else each['share'] for each in exact]
    cells: List[object] = [
        name,
        ', '.join(AXES[run['axis']] for run in runs),
        len(runs[0]['layers']),
    ]
    cells += [len(tried), len(exact), '{:.1g}'.format(max(shares)) if shares else '-']
    return row(cells + [round(sum(run['seconds'] for run in runs))])


def _not_exact(name: str, runs: Sequence[ExactRun]) -> List[str]:
    """List the layers of a network under each reason; a layer of several axes is listed once."""
    reasons: Dict[str, List[str]] = {}
    for run in runs:
        for layer in run['layers']:
            if not layer['exact']:
                names = reasons.setdefault(_without_places(layer['because'] or 'unknown'), [])
                if layer['name'] not in names:
                    names.append(layer['name'])
    lines = ['', '### ' + name, ''] if reasons else []
    for reason, names in reasons.items():
        shown = ', '.join('`{}`'.format(each) for each in names[:6])
        more = ' and {} more'.format(len(names) - 6) if len(names) > 6 else ''
        lines.append('- {}: {}{}'.format(reason, shown, more))
    return lines


def _without_places(reason: str) -> str:
    """Give a reason without names of operations, so that layers with the same reason are joined."""
    first = reason.split('; ')[0]
    return re.sub(r"'?worker_0/[^' ]*'?", '...', first)


def _is_wrong(layer: ExactLayer) -> bool:
    return bool(layer['exact']) and (layer['share'] is None or layer['share'] > MOST_SHARE)


if __name__ == '__main__':
    sys.exit(main())
