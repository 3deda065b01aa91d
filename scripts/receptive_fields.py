#!/usr/bin/env python
# -*- coding: utf-8 -*-
"""
Compare the derived receptive fields of all layers of NiftyNet's networks with gradients.

    python scripts/receptive_fields.py --networks toynet,vnet
    python scripts/receptive_fields.py --axes x --folder measured

Each measurement (a network, and the axis along which its window is long) is kept in a file of its
own in ``--folder`` and not repeated, so that the work can be interrupted. The table is written from
all files in the folder. The exit status is 1 if a field differs or is not known.
"""

import argparse
import os
import sys
from collections import Counter
from typing import Callable, Dict, List, Mapping, Optional, Sequence

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from measurements import (
    AXES,
    FieldLayer,
    FieldRun,
    add_places,
    by,
    measure_once,
    read_measurements,
    row,
    versions_of,
)

NONE = {'differs': 0, 'unknown': 0}

INTRODUCTION = """\
# Receptive fields: derived and measured

For every layer of {networks} of NiftyNet's segmentation networks: the receptive field that is
derived from the graph, and the one found by gradients. Made by `scripts/receptive_fields.py` with
TensorFlow {versions}.

A measured field reaches from the first to the last voxel of the input for which the gradient of
one activation is not zero, in the union over several draws of positive weights. Both ends are
compared, voxel by voxel, for the samples whose fields reach farthest below and above the layer's
lattice and for the longest field. The window is longer than the fields along one axis at a time,
short along the others. Where TensorFlow has all operations of a network in float64, that is what
is used. unet, unet_2d and vnet are measured with an eighth of their channels, which is no matter of
geometry.

*Stride* and *period* in the tables are explained in the [glossary](glossary.md).
Remarks in the tables:

- *smaller*: a convolution before the layer has a constant kernel that holds zeros (deepmedic's
  downsampling keeps one voxel of 3 x 3 x 3), so the layer cannot see all that the kernel covers.
  The derived field counts the kernel as a whole and is never too small. `deepmedic_filled` is the
  same network with ones in place of those zeros;
- *window*: each sample depends on the window as a whole; the reason is given below the table;
- *wider*: no sample's field lies inside of the window; the part inside is what was compared;
- *differs*: the derived field is wrong;
- *unknown*: an operation before the layer is not known, so that nothing is derived.
"""


def main(args: Optional[Sequence[str]] = None) -> int:
    """
    :param args: words of the command line
    :return: exit status
    """
    options = _get_parser().parse_args(args)
    os.makedirs(options.folder, exist_ok=True)
    for network in options.networks.split(','):
        for axis in options.axes:
            _measure_once(options.folder, network, AXES.index(axis))
    measurements: Dict[str, List[FieldRun]] = read_measurements(options.folder)
    with open(options.write, 'w') as page:
        page.write(page_of(measurements))
    print('written:', options.write)
    states = Counter(layer['state'] for layer in _layers(measurements))
    print('{differs} layers differ, {unknown} are unknown'.format(**dict(NONE, **states)))
    return 1 if states['differs'] or states['unknown'] else 0


def _get_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__.strip().splitlines()[0])
    everything = 'toynet,highres3dnet,highres3dnet_small,highres3dnet_large,unet,nonewnet,vnet,'
    everything += 'dense_vnet,deepmedic,deepmedic_filled,scalenet,holisticnet,unet_2d'
    parser.add_argument('--networks', default=everything, help='separated by commas')
    parser.add_argument('--axes', default='xyz', help='that are long in turn, for example xz')
    add_places(parser, 'receptive_fields')
    return parser


def _measure_once(folder: str, network: str, axis: int) -> None:
    from measured_fields import NETWORKS, measure

    if axis < NETWORKS[network].dimensions:
        made = measure_once(folder, network, axis, measure)
        if made:
            states = Counter(layer['state'] for layer in made['layers'])
            print('{} {}: {} s, {}'.format(network, AXES[axis], made['seconds'], dict(states)))


def page_of(measurements: Mapping[str, Sequence[FieldRun]]) -> str:
    """
    :param measurements: of at least one network
    :return: the page, in Markdown
    """
    networks = [name for name in measurements if not name.endswith('_filled')]
    lines = [INTRODUCTION.format(networks=len(networks), versions=versions_of(measurements))]
    lines += ['| network | long axes | layers | tensors | equal | smaller | window | wider | ']
    lines[-1] += 'differs | unknown | in | seconds |'
    lines += ['| --- | --- |' + ' ---: |' * 8 + ' --- | ---: |']
    lines += [_summary(name, runs) for name, runs in measurements.items()]
    lines += ['', 'Layers are counted once for each long axis.']
    for name, runs in measurements.items():
        lines += _section(name, runs)
    return '\n'.join(lines) + '\n'


def _summary(name: str, runs: Sequence[FieldRun]) -> str:
    states = Counter(_remark(layer) for run in runs for layer in run['layers'])
    cells: List[object] = [name, ', '.join(AXES[run['axis']] for run in runs)]
    cells += [len(runs[0]['layers']), runs[0]['tensors']]
    cells += [states[each] for each in ('', 'smaller', 'window', 'wider', 'differs', 'unknown')]
    cells += ['float64' if runs[0]['double'] else 'float32', round(sum(r['seconds'] for r in runs))]
    return row(cells)


def _section(name: str, runs: Sequence[FieldRun]) -> List[str]:
    windows = [by(run['window']) for run in runs]
    lines = ['', '## ' + name, '', 'Windows of {} voxels.'.format(', '.join(windows)), '']
    lines += ['| layer | type | stride | period | derived | measured | remark |']
    lines += ['| --- | --- | ---: | ---: | ---: | ---: | --- |']
    reasons = []
    for layers in zip(*(run['layers'] for run in runs)):
        remarks = sorted({_remark(layer) for layer in layers} - {''})
        cells = ['`{}`'.format(layers[0]['name']), layers[0]['type']]
        cells.append(_each(layers, lambda layer: layer.get('stride')))
        cells.append(_each(layers, lambda layer: layer.get('period')))
        cells.append(_each(layers, lambda layer: layer.get('derived')))
        cells += [_each(layers, _seen), ', '.join(remarks)]
        lines.append(row(cells))
        reasons += [layer['inexact_because'] for layer in layers if _remark(layer) == 'window']
    # one reason is enough: later layers repeat it with other names of operations
    return lines + (['', 'Window: {}.'.format(reasons[0])] if reasons else [])


def _remark(layer: FieldLayer) -> str:
    if layer['state'] == 'agrees':
        return 'window' if layer['derived'] is None else ''
    return {'clipped': 'wider'}.get(layer['state'], layer['state'])


def _seen(layer: FieldLayer) -> Optional[float]:
    return None if _remark(layer) == 'window' else layer['measured']


def _each(layers: Sequence[FieldLayer], value: Callable[[FieldLayer], Optional[float]]) -> str:
    if any(layer['state'] == 'unknown' for layer in layers):
        return '?'
    values = [value(layer) for layer in layers]
    shown = ['window' if each is None else '{:g}'.format(each) for each in values]
    return shown[0] if len(set(shown)) == 1 else ', '.join(shown)


def _layers(measurements: Mapping[str, Sequence[FieldRun]]) -> List[FieldLayer]:
    return [layer for runs in measurements.values() for run in runs for layer in run['layers']]


if __name__ == '__main__':
    sys.exit(main())
