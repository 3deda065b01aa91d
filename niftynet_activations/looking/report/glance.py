# -*- coding: utf-8 -*-
"""
The report's table of all maps: one row for each layer, one column for each subject.

A row shows one channel, the one with the largest standard deviation in the first subject's map,
with one colour scale, so that subjects can be compared.
"""

from typing import Dict, List, Optional, Tuple

import numpy as np

from niftynet_activations.hints import JsonObject, TypedDict
from niftynet_activations.looking.figures.scales import scale_of
from niftynet_activations.looking.report import pictures

# The template's values for one map; for a map that cannot be read only the first four.
Section = TypedDict(
    'Section',
    {
        'layer': str,
        'subject': str,
        'error': Optional[str],
        'sided': bool,
        'glance': pictures.View,
        'glance_channel': int,  # the network's number
        'lead': int,
        'centre': str,
        'place': str,
        'planes': str,
        'triplanar': str,
        'colours': Optional[Dict[str, str]],
        'montage': str,
        'montage_plane': str,
        'montage_shown': int,
        'histogram': str,
        'scale': List[str],
        'signed': bool,
        'channels': List[Dict[str, str]],
        'dead': List[int],
        'saturated': List[int],
        'duplicates': List[str],
        'strongest': List[JsonObject],
        'exact': Tuple[str, str, str],
        'facts': List[Tuple[str, str]],
        'means': List[JsonObject],
        'source_note': str,
        'inputs': List[str],
        'input': Optional[str],
        'picture': bool,
        'best': List[JsonObject],
    },
    total=False,
)
Group = TypedDict('Group', {'subject': str, 'sections': List[Section]})


def glance_rows(groups: List[Group]) -> List[JsonObject]:
    """
    :param groups: subjects and their sections; a section with ``error`` has no picture
    :return: one row for each layer: its name, ``channel``, ``scale`` as text, and ``cells``, one
        for each subject: None where there is no such map, else ``link`` and ``picture`` (None if
        the map cannot be read)
    """
    layers = dict.fromkeys(each['layer'] for group in groups for each in group['sections'])
    return [_row(layer, groups) for layer in layers]


def _row(layer: str, groups: List[Group]) -> JsonObject:
    found: Dict[int, Section] = {}
    links: Dict[int, str] = {}
    for column, group in enumerate(groups):
        for place, section in enumerate(group['sections']):
            if section['layer'] == layer:
                found[column] = section
                links[column] = 's{}-{}'.format(column + 1, place + 1)
    whole = {column: section for column, section in found.items() if not section['error']}
    values = [section['glance'].values.ravel() for section in whole.values()]
    scale = scale_of(np.concatenate(values) if values else np.zeros(0))
    cells: List[Optional[JsonObject]] = []
    for column, group in enumerate(groups):
        if column not in found:
            cells.append(None)
            continue
        picture = None
        if column in whole:
            view = whole[column]['glance']
            picture = pictures.small(view, scale, pictures.source_range([view.source]))
        cells.append({'link': links[column], 'picture': picture, 'subject': group['subject']})
    first = next(iter(whole.values()), None)
    return {
        'layer': layer,
        'channel': first['glance_channel'] if first else None,
        'scale': '{:.3g} to {:.3g}'.format(scale.low, scale.high),
        'cells': cells,
    }
