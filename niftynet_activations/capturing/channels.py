# -*- coding: utf-8 -*-
"""
Which channels of a layer are saved: the option ``activation_channels``.

A *channel list* is ``0:8`` or ``0,3,5``: zero-based Python slices and indices. The option
holds one list for all layers, or items ``selector=list`` separated by ``;``.
"""

import re
from typing import List, NamedTuple, Sequence

from niftynet_activations.capturing.selectors import Candidate, Catalogue, select, split_selectors
from niftynet_activations.errors import SelectionError

ALL_CHANNELS = 'all'
_PART = re.compile(r'\s*(-?\d+)\s*\Z|\s*(-?\d*)\s*:\s*(-?\d*)\s*(?::\s*(-?\d*)\s*)?\Z')

ChannelItem = NamedTuple('ChannelItem', [('selectors', str), ('channels', str)])


def parse_channel_items(text: str) -> List[ChannelItem]:
    """
    :param text: the value of ``activation_channels``
    :return: items in the order written; ``selectors`` is empty where the list is for all layers
    :raises SelectionError: for a list that is not made of indices and slices
    """
    items = []
    for item in split_selectors(text, ';'):
        selectors, _, channels = item.rpartition('=')
        parse_channel_list(channels)
        items.append(ChannelItem(selectors.strip(), channels.strip()))
    return items


def parse_channel_list(text: str) -> List[object]:
    """
    :param text: ``0:8``, ``0,3,5`` or ``all``
    :return: indices and slices
    :raises SelectionError: for anything else
    """
    if text.strip() == ALL_CHANNELS:
        return [slice(None)]
    parts: List[object] = []
    for part in text.split(','):
        match = _PART.match(part)
        if not match:
            raise SelectionError(
                "activation_channels '{}': expected indices and slices such as 0:8 or 0,3,5".format(
                    text
                )
            )
        index, start, stop, step = match.groups()
        if index is not None:
            parts.append(int(index))
        else:
            parts.append(slice(*(int(value) if value else None for value in (start, stop, step))))
    return parts


def expand_channels(text: str, count: int, layer: str) -> List[int]:
    """
    :param text: a channel list
    :param count: how many channels the layer has
    :param layer: its name, for messages
    :return: channel numbers, in the order written
    :raises SelectionError: if a part reaches beyond the channels, picks none, or one twice
    """
    numbers: List[int] = []
    for part in parse_channel_list(text):
        numbers.extend(_expand_part(part, count, text, layer))
    if len(set(numbers)) < len(numbers):
        raise SelectionError(
            "activation_channels '{}' names a channel of layer '{}' twice".format(text, layer)
        )
    return numbers


def _expand_part(part, count: int, text: str, layer: str) -> List[int]:
    if isinstance(part, slice):
        ends = [end for end in (part.start, part.stop) if end is not None]
        beyond = any(end > count or end < -count for end in ends) or part.step == 0
        numbers = [] if beyond else list(range(count))[part]
    else:
        beyond = not -count <= part < count
        numbers = [] if beyond else [part % count]
    if beyond or not numbers:
        raise SelectionError(
            "activation_channels '{}' reaches beyond layer '{}', which has {} channels "
            '(0 to {})'.format(text, layer, count, count - 1)
        )
    return numbers


def channels_of(
    items: Sequence[ChannelItem], candidate: Candidate, catalogue: Catalogue, count: int
) -> List[int]:
    """
    :param items: as parsed; where several match, the last one counts
    :param candidate: the layer
    :param catalogue: what the items' selectors choose from
    :param count: how many channels the layer has
    :return: the channel numbers to save, in order
    :raises SelectionError: as :func:`expand_channels`
    """
    wanted = ALL_CHANNELS
    for item in items:
        if not item.selectors or candidate.name in {
            chosen.name for chosen in select(item.selectors, catalogue)
        }:
            wanted = item.channels
    return expand_channels(wanted, count, candidate.name)
