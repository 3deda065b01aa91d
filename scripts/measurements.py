# -*- coding: utf-8 -*-
"""
Long measurements of networks, each kept in a file of its own.

A *measurement* is a dictionary with at least ``network``, ``axis`` (0, 1 or 2: the long axis of the
measured window), ``seconds`` and ``tensorflow``. It is not made again if its file exists, so that
the work can be interrupted and continued.
"""

import argparse
import json
import os
from typing import Callable, Dict, List, Mapping, Optional, Sequence, TypeVar

from niftynet_activations.hints import TypedDict

AXES = 'xyz'
ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

# fields of every measurement; there is one for each network and long axis
Run = TypedDict(
    'Run',
    {
        'network': str,
        'axis': int,
        'window': List[int],
        'tensorflow': str,
        'seconds': float,
    },
)
# whether the map of a layer is that of a whole pass
ExactLayer = TypedDict(
    'ExactLayer',
    {
        'name': str,
        'tried': bool,
        'exact': Optional[bool],
        'share': Optional[float],
        'because': Optional[str],
    },
)
ExactRun = TypedDict(
    'ExactRun',
    {
        'network': str,
        'axis': int,
        'window': List[int],
        'tensorflow': str,
        'seconds': float,
        'volume': List[int],
        'layers': List[ExactLayer],
    },
)
# the receptive field of a layer along the long axis; without geometry the first five
FieldLayer = TypedDict(
    'FieldLayer',
    {
        'name': str,
        'type': str,
        'tensor': str,
        'derived': Optional[float],
        'state': str,
        'measured': Optional[float],
        'stride': float,
        'offset': float,
        'period': int,
        'inexact_because': Optional[str],
    },
    total=False,
)
FieldRun = TypedDict(
    'FieldRun',
    {
        'network': str,
        'axis': int,
        'window': List[int],
        'tensorflow': str,
        'seconds': float,
        'double': bool,
        'tensors': int,
        'layers': List[FieldLayer],
    },
)
One = TypeVar('One', bound=Run)  # a kind of measurement


def add_places(parser: argparse.ArgumentParser, name: str) -> None:
    """
    :param parser: gets the options ``--folder`` of the measurements and ``--write`` of the page
    :param name: name of the page in ``docs``, and of the default folder
    """
    folder = os.path.join(ROOT, 'test-output', name)
    parser.add_argument('--folder', default=folder, help='of files')
    page = os.path.join(ROOT, 'docs', name + '.md')
    parser.add_argument('--write', default=page, help='the page')


def measure_once(
    folder: str, network: str, axis: int, measure: Callable[[str, int], One]
) -> Optional[One]:
    """
    :param folder: folder of the measurements
    :param network: its name
    :param axis: the long axis, 0 to 2
    :param measure: function of network and axis that returns a measurement
    :return: the measurement; None if it had been made before
    """
    path = os.path.join(folder, '{}_{}.json'.format(network, AXES[axis]))
    if os.path.exists(path):
        return None
    result = measure(network, axis)
    with open(path + '.part', 'w') as output:
        json.dump(result, output, indent=1)
    os.replace(path + '.part', path)
    return result


def read_measurements(folder: str) -> Dict[str, List[One]]:
    """
    :param folder: of the files, all of one kind
    :return: network -> its measurements, by axis
    """
    found: Dict[str, List[One]] = {}
    for name in sorted(os.listdir(folder)):
        if name.endswith('.json'):
            with open(os.path.join(folder, name)) as lines:
                result = json.load(lines)
            found.setdefault(result['network'], []).append(result)
    return {name: sorted(found[name], key=lambda each: each['axis']) for name in sorted(found)}


def versions_of(measurements: Mapping[str, Sequence[Run]]) -> str:
    """
    :param measurements: at least one
    :return: the versions of TensorFlow that they were made with
    """
    return ' and '.join(
        sorted({each['tensorflow'] for runs in measurements.values() for each in runs})
    )


def by(sizes: Sequence[object]) -> str:
    """
    :param sizes: sizes of a window or volume
    :return: text such as ``5 x 7 x 11``
    """
    return ' x '.join(str(size) for size in sizes)


def row(cells: Sequence[object]) -> str:
    """
    :param cells: cells of a table
    :return: a row of it in Markdown
    """
    return '| ' + ' | '.join(str(cell) for cell in cells) + ' |'
