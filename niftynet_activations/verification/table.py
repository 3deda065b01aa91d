# -*- coding: utf-8 -*-
"""
The table, or JSON, that ``net_activations verify`` prints.
"""

import json
from typing import List, NamedTuple, Optional, Sequence

from niftynet_activations.space.sizes import as_product
from niftynet_activations.verification.compare import LayerResult, to_object


class Verification(NamedTuple):
    """The results of all layers for one subject."""

    subject: str
    network: str
    volume: List[int]  # (x, y, z) voxels of the volume that windows were cut from
    cropped_from: Optional[List[int]]  # size of the volume before it was cropped; None: not cropped
    layers: List[LayerResult]


HEADERS = (
    'LAYER',
    'EXACT',
    'DIFFERENCE',
    'OF RANGE',
    'VOXEL',
    'WORLD (MM)',
    'SAMPLES',
    'PASS OVER',
)
SAID = {True: 'yes', False: 'no', None: 'unknown'}


def to_json(found: Verification) -> str:
    """
    :param found: results of a verification
    :return: a JSON list of objects, one a layer
    """
    shared = dict(subject=found.subject, volume=found.volume, cropped_from=found.cropped_from)
    return json.dumps(
        [dict(to_object(each), **shared) for each in found.layers], indent=1, allow_nan=False
    )


def to_table(found: Verification) -> str:
    """
    :param found: results of a verification
    :return: a line on what was compared, aligned columns under a header, remarks, and a last line
        that sums it up
    """
    rows = [list(HEADERS)] + [_row(each) for each in found.layers]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADERS))]
    lines = ['{}, subject {}: {}'.format(found.network, found.subject, _seen(found)), '']
    for row in rows:
        cells = [cell.ljust(width) for cell, width in zip(row, widths)]
        lines.append('  '.join(cells).rstrip())
    return '\n'.join(lines + [''] + _remarks(found.layers) + [_sum(found.layers)])


def _seen(found: Verification) -> str:
    volume = as_product(found.volume)
    if found.cropped_from is None:
        return 'a volume of {} voxels'.format(volume)
    return (
        'a crop of {} voxels from the middle of {}, for which activation_memory suffices; both '
        'the windows and the pass are over the cropped image'.format(
            volume, as_product(found.cropped_from)
        )
    )


def _row(result: LayerResult) -> List[str]:
    cells = [result.layer, SAID[result.exact]]
    cells += ['-' if each is None else '{:.3g}'.format(each) for each in (result.difference,)]
    cells += ['-' if result.share is None else '{:.2g}'.format(result.share)]
    cells += [_numbers(result.voxel), _numbers(result.world), str(result.samples)]
    return cells + ['-' if result.reference_shape is None else as_product(result.reference_shape)]


def _numbers(values: Optional[Sequence[float]]) -> str:
    return '-' if values is None else ', '.join('{:g}'.format(round(v, 2) + 0.0) for v in values)


def _remarks(layers: Sequence[LayerResult]) -> List[str]:
    lines = []
    for each in layers:
        if each.is_rounding:
            lines.append(
                '{}: its values are rounding: they change by {:.2g} of their range with the last '
                "digits of the image's numbers".format(each.layer, each.rounding or 0.0)
            )
        reason = each.not_compared or each.inexact_because
        if reason:
            word = 'not compared' if each.not_compared else SAID[each.exact]
            lines.append('{}: {}: {}'.format(each.layer, word, reason))
    return lines + [''] if lines else lines


def _sum(layers: Sequence[LayerResult]) -> str:
    exact = [each for each in layers if each.exact]
    wrong = [each.layer for each in exact if each.wrong]
    if wrong:
        return 'WRONG: {} of {} maps that call themselves exact are not: {}'.format(
            len(wrong), len(exact), ', '.join(wrong)
        )
    if not exact:
        return 'None of {} maps calls itself exact.'.format(len(layers))
    return '{} of {} maps call themselves exact, and are.'.format(len(exact), len(layers))
