# -*- coding: utf-8 -*-
"""
The list of a network's layers, as ``net_activations layers`` prints it and ``layers.csv`` holds it.

It works on names and shapes, without TensorFlow.
"""

import json
import os
import textwrap
from fnmatch import fnmatchcase
from typing import IO, Dict, List, NamedTuple, Optional, Sequence

from niftynet_activations.capturing.selectors import NONE, Candidate, Catalogue, select
from niftynet_activations.errors import OptionError, SelectionError

Numbers = Optional[List[Optional[float]]]


class LayerInfo(NamedTuple):
    """One layer of a network."""

    name: str
    type: str  # the layer's class
    tensor: str  # name of the TensorFlow tensor that the layer returns
    shape: Optional[List[Optional[int]]]  # of that tensor for one window, without the batch axis
    channels: Optional[int]
    stride: Numbers  # voxels, for x, y, z
    offset: Numbers  # voxels
    period: Numbers  # voxels
    receptive_field: Numbers  # voxels; None on an axis where it spans the window
    megabytes: Optional[float]  # of the first subject's float32 map, 1e6 bytes
    # border and volume padding with which its map is exact (aligned grid): voxels for x, y, z
    exact_with_border: Optional[List[int]]
    inexact_because: Optional[str]  # why there is no such border


def matching(
    pattern: str, candidates: Sequence[Candidate], catalogue: Catalogue
) -> List[Candidate]:
    """
    :param pattern: a part of layers' names, or selectors as in ``activation_layers``
    :param candidates: the layers that are listed without a pattern
    :param catalogue: what selectors choose from
    :return: the candidates that fit, in the same order, or what the selectors pick
    :raises SelectionError: if nothing fits, or an expression cannot be compiled
    """
    if pattern == NONE:
        raise SelectionError("the pattern 'none' lists nothing: leave it out to list all layers")
    part = '*{}*'.format(pattern)
    found = [each for each in candidates if fnmatchcase(each.name, part)]
    if found and not catalogue.is_word(pattern):
        return found
    return select(pattern, catalogue, 'the pattern')


def to_depth(layers: Sequence[LayerInfo], depth: Optional[int]) -> List[LayerInfo]:
    """
    :param layers: the inventory
    :param depth: how many scopes deep to go; 1 for the layers without ``/`` in their names
    :return: the layers that fit, in the same order; all where no depth is given
    :raises OptionError: if the depth is below 1
    :raises SelectionError: if it leaves none
    """
    if depth is None:
        return list(layers)
    if depth < 1:
        raise OptionError('--depth {}: expected 1, for the outermost layers, or more'.format(depth))
    kept = [layer for layer in layers if layer.name.count('/') < depth]
    if layers and not kept:
        raise SelectionError(
            '--depth {} leaves none of the {} layers: the outermost of them is {} deep'.format(
                depth, len(layers), 1 + min(layer.name.count('/') for layer in layers)
            )
        )
    return kept


def to_json(layers: Sequence[LayerInfo]) -> str:
    """
    :param layers: the inventory
    :return: a JSON list of objects, one a layer
    """
    return json.dumps([layer._asdict() for layer in layers], indent=1)


def to_table(layers: Sequence[LayerInfo], width: Optional[int] = None) -> str:
    """
    :param layers: the inventory
    :param width: how many characters a line may have; None for any number
    :return: aligned columns under a header, one line for each layer. Columns without any value are
        left out, and so are those for which the width has no room; a note names the latter. Names
        are never cut
    """
    rows = [_cells(layer) for layer in layers]
    columns = [name for name in _HEADERS if any(row[name] for row in rows)]
    reasons = _reasons(layers)
    for row, layer in zip(rows, layers):
        if layer.inexact_because:
            row['exact_with_border'] = '- ({})'.format(1 + reasons.index(layer.inexact_because))
    lines, left_out = _lines(rows, columns), []
    while width is not None and _too_wide(lines, width) and len(columns) > 1:
        left_out.append(next(name for name in _LEFT_OUT_FIRST if name in columns))
        columns = [name for name in columns if name != left_out[-1]]
        lines = _lines(rows, columns, high_header=True)
    notes = _notes(layers, reasons)
    if left_out:
        names = ', '.join(_HEADERS[name] for name in left_out)
        notes += ['', 'Left out for want of room: {} (--json has all).'.format(names)]
    if width is not None:
        notes = [textwrap.fill(note, max(width, 20)) for note in notes]
    return '\n'.join(lines + notes)


def terminal_width(stream: IO[str]) -> Optional[int]:
    """
    :param stream: the stream that a table is written to
    :return: characters of a line if it is a terminal, 80 if the terminal does not tell; None if it
        is no terminal
    """
    if not stream.isatty():
        return None
    try:
        return os.get_terminal_size(stream.fileno()).columns or USUAL_COLUMNS
    except (OSError, ValueError):
        return USUAL_COLUMNS


def _lines(
    rows: Sequence[Dict[str, str]], columns: Sequence[str], high_header: bool = False
) -> List[str]:
    table = [[_HEADERS[name] for name in columns]]
    if high_header:
        # two lines: the last word of each name in the second
        ends = [name.rpartition(' ') for name in table[0]]
        table = [[start for start, _, _ in ends], [end for _, _, end in ends]]
    table += [[row[name] for name in columns] for row in rows]
    widths = [max(len(row[column]) for row in table) for column in range(len(columns))]
    lines = ['  '.join(cell.ljust(width) for cell, width in zip(row, widths)) for row in table]
    return [line.rstrip() for line in lines]


def _too_wide(lines: Sequence[str], width: int) -> bool:
    return max(len(line) for line in lines) > width


def _reasons(layers: Sequence[LayerInfo]) -> List[str]:
    """The reasons without repetition, in the order of the layers."""
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
    'this, the map equals one pass of the network over the whole volume. MB: of the first subject.'
)

USUAL_COLUMNS = 80
# columns that are left out on a narrow terminal, the least important first
_LEFT_OUT_FIRST = (
    'tensor',
    'type',
    'period',
    'shape',
    'megabytes',
    'receptive_field',
    'stride',
    'exact_with_border',
    'channels',
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


def _cell(value: object) -> str:
    if value is None:
        return ''
    if isinstance(value, (list, tuple)):
        texts = ['all' if item is None else '{:g}'.format(item) for item in value]
        return texts[0] if len(texts) == 3 and len(set(texts)) == 1 else ' x '.join(texts)
    return '{:.1f}'.format(value) if isinstance(value, float) else str(value)
