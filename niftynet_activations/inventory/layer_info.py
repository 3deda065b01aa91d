# -*- coding: utf-8 -*-
"""
The inventory of a network's layers, as users list it and as ``layers.csv`` holds it.

Free of TensorFlow: it works on names and shapes.
"""

import json
from fnmatch import fnmatchcase
from typing import Any, Dict, List, NamedTuple, Optional, Sequence

from niftynet_activations.capturing.selectors import name_pattern

Numbers = Optional[List[Any]]

LayerInfo = NamedTuple(
    'LayerInfo',
    [
        ('name', str),
        ('type', str),  # the layer's class
        ('tensor', str),  # the TensorFlow operation's output
        ('shape', Optional[List[Optional[int]]]),  # of the window's output, no batch axis
        ('channels', Optional[int]),
        ('stride', Numbers),  # voxels, for x, y, z
        ('offset', Numbers),  # voxels
        ('period', Numbers),  # voxels
        ('receptive_field', Numbers),  # voxels; None on an axis where it spans the window
        ('megabytes', Optional[float]),  # of the first subject's float32 map, 1e6 bytes
        # border, and volume padding, with which it is exact on an aligned grid: voxels, for x, y, z
        ('exact_with_border', Optional[List[int]]),
        ('inexact_because', Optional[str]),  # why there is no such border
    ],
)


def filter_layers(
    layers: Sequence[LayerInfo], pattern: Optional[str] = None, depth: Optional[int] = None
) -> List[LayerInfo]:
    """
    :param layers: the inventory
    :param pattern: a selector's glob or ``re:`` expression, or a part of a name
    :param depth: how many scopes deep to go; 1 for the layers without ``/`` in their names
    :return: the layers that fit, in the same order
    :raises SelectionError: for an expression that cannot be compiled
    """
    kept = list(layers)
    if depth is not None:
        kept = [layer for layer in kept if layer.name.count('/') < depth]
    if pattern:
        whole = name_pattern(pattern)
        kept = [
            layer
            for layer in kept
            if whole.match(layer.name) or fnmatchcase(layer.name, '*{}*'.format(pattern))
        ]
    return kept


def to_json(layers: Sequence[LayerInfo]) -> str:
    """
    :param layers: the inventory
    :return: a JSON list of objects, one a layer
    """
    return json.dumps([layer._asdict() for layer in layers], indent=1)


def to_table(layers: Sequence[LayerInfo]) -> str:
    """
    :param layers: the inventory
    :return: aligned columns under a header, one line a layer; columns without any value left out
    """
    rows = [_cells(layer) for layer in layers]
    columns = [name for name in _HEADERS if any(row[name] for row in rows)]
    reasons = _reasons(layers)
    for row, layer in zip(rows, layers):
        if layer.inexact_because:
            row['exact_with_border'] = '- ({})'.format(1 + reasons.index(layer.inexact_because))
    table = [[_HEADERS[name] for name in columns]]
    table += [[row[name] for name in columns] for row in rows]
    widths = [max(len(row[column]) for row in table) for column in range(len(columns))]
    lines = ['  '.join(cell.ljust(width) for cell, width in zip(row, widths)) for row in table]
    return '\n'.join([line.rstrip() for line in lines] + _notes(layers, reasons))


def _reasons(layers: Sequence[LayerInfo]) -> List[str]:
    """Each once, in the order of the layers."""
    found: List[str] = []
    for layer in layers:
        if layer.inexact_because and layer.inexact_because not in found:
            found.append(layer.inexact_because)
    return found


def _notes(layers: Sequence[LayerInfo], reasons: Sequence[str]) -> List[str]:
    notes = []
    if any(layer.exact_with_border for layer in layers):
        notes += ['', BORDER_NOTE]
    notes += [] if notes or not reasons else ['']
    return notes + ['({}) {}'.format(place, reason) for place, reason in enumerate(reasons, 1)]


BORDER_NOTE = (
    'EXACT WITH BORDER: with activation_grid = aligned, border = this and volume_padding_size = '
    'this,\nthe map equals one pass of the network over the whole volume. MB: of the first subject.'
)

_HEADERS = {
    'name': 'LAYER',
    'type': 'TYPE',
    'shape': 'WINDOW OUTPUT',
    'channels': 'CHANNELS',
    'stride': 'STRIDE',
    'period': 'PERIOD',
    'receptive_field': 'RECEPTIVE FIELD',
    'megabytes': 'MB',
    'exact_with_border': 'EXACT WITH BORDER',
    'tensor': 'TENSOR',
}


def _cells(layer: LayerInfo) -> Dict[str, str]:
    values = layer._asdict()
    cells = {name: _cell(values[name]) for name in _HEADERS}
    if layer.shape:
        cells['shape'] = ' x '.join('?' if size is None else str(size) for size in layer.shape[:-1])
    return cells


def _cell(value: Any) -> str:
    if value is None:
        return ''
    if isinstance(value, (list, tuple)):
        texts = ['all' if item is None else '{:g}'.format(item) for item in value]
        return texts[0] if len(texts) == 3 and len(set(texts)) == 1 else ' x '.join(texts)
    return '{:.1f}'.format(value) if isinstance(value, float) else str(value)
