# -*- coding: utf-8 -*-
"""
Facts of a map and of its channels as text for the report.
"""

import os
from typing import Dict, List, Tuple

from niftynet_activations.looking.report.statistics import ChannelFacts
from niftynet_activations.store.description import Sidecar

FACTS = (
    'type',
    'tensor',
    'network',
    'checkpoint',
    'iteration',
    'source_images',
    'shape',
    'dtype',
    'resolution',
    'stride',
    'offset',
    'period',
    'receptive_field',
    'margin',
    'reference_shape',
    'inexact_because',
    'reduce',
    'stitch',
    'grid',
    'windows',
    'missing',
    'nan',
    'versions',
)


def channel_row(channel: ChannelFacts) -> Dict[str, str]:
    """
    Make one row of the table of channels.

    :param channel: facts of a channel
    :return: column -> text
    """
    row = {'number': str(channel.number), 'state': channel.state}
    row['missing'] = str(channel.missing)
    for name in ('mean', 'std', 'lowest', 'highest'):
        row[name] = '{:.4g}'.format(getattr(channel, name))
    return row


def fact_rows(info: Sidecar) -> List[Tuple[str, str]]:
    """
    Turn the sidecar's facts into text.

    :param info: the sidecar
    :return: names and values, in a fixed order
    """
    return [(name.replace('_', ' '), as_text(info.get(name))) for name in FACTS]


def as_text(value: object) -> str:
    """
    Turn a value of a sidecar into text.

    :param value: anything that JSON holds
    :return: lists with x between numbers, paths by their file names, null as a dash
    """
    if value is None:
        return '–'
    if isinstance(value, bool):
        return 'yes' if value else 'no'
    if isinstance(value, dict):
        return ', '.join('{} {}'.format(key, as_text(part)) for key, part in value.items())
    if isinstance(value, (list, tuple)):
        words = all(isinstance(part, str) for part in value)
        return (', ' if words else ' × ').join(as_text(part) for part in value)
    if isinstance(value, float):
        return '{:g}'.format(value)
    return (
        os.path.basename(value) if isinstance(value, str) and os.path.isabs(value) else str(value)
    )
