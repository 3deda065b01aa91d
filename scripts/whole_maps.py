#!/usr/bin/env python
# -*- coding: utf-8 -*-
"""
Compare a whole pass in several windows with one direct pass, for every layer of NiftyNet's
segmentation networks; and the output of NiftyNet's windows with the same direct pass.

    python scripts/whole_maps.py toynet vnet

Each measurement is kept in a file of its own in ``--folder`` and not repeated. The page is written
from all files in the folder. The exit status is 1 if a layer differs by more than 1e-4 of its
range.
"""

import argparse
import os
import sys
import time
from typing import Dict, List, Mapping, Optional, Sequence

from niftynet_activations.hints import Network, TypedDict

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from measurements import (
    add_places,
    by,
    measure_once,
    read_measurements,
    row,
    versions_of,
)

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
MOST_SHARE = 1e-4
# volume, NiftyNet's window without a border, memory limit as a share of what one window over the
# whole volume needs, and number of modalities
NETWORKS = {
    'toynet': ((37, 45, 53), (24, 24, 24), 0.1, 1),
    'highres3dnet': ((40, 56, 48), (24, 24, 24), 0.2, 1),
    'highres3dnet_small': ((40, 56, 48), (24, 24, 24), 0.2, 1),
    'highres3dnet_large': ((40, 48, 56), (24, 24, 24), 0.3, 1),
    'unet': ((112, 104, 96), (96, 96, 96), 0.5, 1),
    'vnet': ((48, 64, 80), (32, 32, 32), 0.2, 1),
    'nonewnet': ((64, 48, 80), (32, 32, 32), 0.3, 1),
    'dense_vnet': ((64, 48, 96), (32, 32, 32), 0.3, 1),
    'deepmedic': ((69, 63, 75), (57, 57, 57), 0.3, 1),
    'scalenet': ((24, 24, 136), (16, 16, 32), 0.5, 2),
    'holisticnet': ((24, 40, 32), (16, 16, 16), 0.3, 1),
    'unet_2d': ((236, 220), (188, 188), 0.5, 1),
}

WholeRun = TypedDict(
    'WholeRun',
    {
        'network': str,
        'axis': int,
        'window': List[int],
        'tensorflow': str,
        'seconds': float,
        'volume': List[int],
        'stages': int,
        'windows': int,
        'work': float,
        'layers': int,
        'same': int,
        'largest': float,
        'beyond': float,
        'most': float,
    },
)

INTRODUCTION = """\
# The whole pass beside one direct pass

For every layer that {networks} of NiftyNet's segmentation networks call: the values of a whole
pass (`activation_pass = whole`) that was given so little memory that it took several windows or
stages, and those of one direct pass over the same volume. Made by `scripts/whole_maps.py` with
TensorFlow {versions}; random weights (seeded), means over space of the direct pass in double
precision.

- *largest difference*: over all layers, as a part of the range of the layer's values in the direct
  pass. At most 1e-4 is float32 rounding; 0 means the same to the last bit;
- *windows give*: how many of the values that the network returns are others, by more than 1e-4 of
  their range, where NiftyNet's windows of the told size without a border are put together as
  NiftyNet does, and by how much of the range at most.
"""


def main(args: Optional[Sequence[str]] = None) -> int:
    """
    :param args: words of the command line
    :return: exit status
    """
    options = _get_parser().parse_args(args)
    os.makedirs(options.folder, exist_ok=True)
    for network in options.networks:
        made = measure_once(options.folder, network, 0, measure)
        if made:
            print('{}: {:.0f} s'.format(network, made['seconds']), flush=True)
    measurements: Dict[str, List[WholeRun]] = read_measurements(options.folder)
    with open(options.write, 'w') as page:
        page.write(page_of(measurements))
    wrong = [name for name, (one,) in measurements.items() if not one['largest'] <= MOST_SHARE]
    print('{} networks differ: {}'.format(len(wrong), ', '.join(wrong) or 'none'))
    return 1 if wrong else 0


def _get_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__.strip().splitlines()[0])
    parser.add_argument('networks', nargs='*', default=list(NETWORKS), help='default: all twelve')
    add_places(parser, 'whole_maps')
    return parser


def measure(network: str, axis: int) -> WholeRun:
    """
    :param network: its name
    :param axis: always 0; measurements are stored by axis
    :return: the measurement
    """
    sys.path.insert(0, os.path.join(ROOT, 'trials'))
    import niftynet  # noqa: F401  before tensorflow, so that it is what NiftyNet sees
    import tensorflow as tf
    from direct_pass import both_passes, builder, differences, windows_of_output
    from niftynet.engine.application_factory import ApplicationNetFactory

    began = time.time()
    size, window, part, modalities = NETWORKS[network]

    def make() -> Network:
        kind = ApplicationNetFactory.create(network)
        return kind(num_classes=3, acti_func='relu', name=network)

    build = builder(make, modalities)
    engine, whole, direct = both_passes(build, size, part, modalities)
    found = differences(whole, direct)
    output = build(size)[1][-1].name
    beyond, most = windows_of_output(build, size, window, direct[output], modalities)
    return WholeRun(
        network=network,
        axis=axis,
        volume=list(size),
        window=list(window),
        stages=len(engine.plan.stages),
        windows=engine.steps,
        work=engine.plan.work,
        layers=len(found),
        same=int(sum(value == 0 for value in found.values())),
        largest=float(max(found.values())),
        beyond=beyond,
        most=most,
        tensorflow=tf.__version__,
        seconds=time.time() - began,
    )


def page_of(measurements: Mapping[str, Sequence[WholeRun]]) -> str:
    """
    :param measurements: of at least one network
    :return: the page, in Markdown
    """
    lines = [INTRODUCTION.format(networks=len(measurements), versions=versions_of(measurements))]
    lines.append(
        '| network | volume | stages | windows | work | tensors | same to the bit | largest '
        'difference | window | windows give |'
    )
    lines.append('| --- | --- |' + ' ---: |' * 6 + ' --- | --- |')
    for name, (one,) in measurements.items():
        lines.append(row(_cells(name, one)))
    return '\n'.join(lines) + '\n'


def _cells(name: str, one: WholeRun) -> List[object]:
    given = 'other values' if one['beyond'] else 'the same'
    if one['beyond']:
        given = '{:.0f} % others, by up to {:.2g}'.format(100 * one['beyond'], one['most'])
    return [
        name,
        by(one['volume']),
        one['stages'],
        one['windows'],
        '{:.2f}'.format(one['work']),
        one['layers'],
        one['same'],
        '{:.0e}'.format(one['largest']) if one['largest'] else '0',
        by(one['window']),
        given,
    ]


if __name__ == '__main__':
    sys.exit(main())
