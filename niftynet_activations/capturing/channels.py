# -*- coding: utf-8 -*-
"""
Which channels of a layer are saved: the option ``activation_channels``.

A *channel list* is ``0:8`` or ``0,3,5``: zero-based Python slices and indices. The option
holds one list for all layers, or items ``selector=list`` separated by ``;``.
"""

import difflib
import re
from typing import List, NamedTuple, Sequence, Set, Union

from niftynet_activations.capturing.selectors import (
    LAYERS_OPTION,
    Candidate,
    Catalogue,
    select,
    split_selectors,
)
from niftynet_activations.errors import SelectionError

ALL_CHANNELS = 'all'
_PART = re.compile(r'\s*(-?\d+)\s*\Z|\s*(-?\d*)\s*:\s*(-?\d*)\s*(?::\s*(-?\d*)\s*)?\Z')

OPTION = 'activation_channels'
Part = Union[int, slice]
# a list of channels in which a comma is followed by no channel: the comma should be a semicolon
_ANOTHER_ITEM = re.compile(r'=[\s\d:,-]*\d[\s:]*,\s*[^\s\d:,-]')


class ChannelItem(NamedTuple):
    """A part of the option: which channels of which layers."""

    selectors: str  # empty for all layers
    channels: str


def parse_channel_items(text: str) -> List[ChannelItem]:
    """
    :param text: the value of ``activation_channels``
    :return: items in the order written; ``selectors`` is empty where the list is for all layers
    :raises SelectionError: for a list that is not made of indices and slices
    """
    items = []
    for item in split_selectors(text, ';'):
        if _ANOTHER_ITEM.search(item):
            raise SelectionError(
                "items for several layers are separated by ';', as in 'res_1_*=0:8;conv_1=3'"
            )
        selectors, _, channels = item.rpartition('=')
        parse_channel_list(channels)
        items.append(ChannelItem(selectors.strip(), channels.strip()))
    return items


def parse_channel_list(text: str) -> List[Part]:
    """
    :param text: ``0:8``, ``0,3,5`` or ``all``
    :return: indices and slices
    :raises SelectionError: for anything else
    """
    if text.strip() == ALL_CHANNELS:
        return [slice(None)]
    parts: List[Part] = []
    for part in text.split(','):
        match = _PART.match(part)
        if not match:
            raise SelectionError(
                "'{}' is no list of channels: expected indices and slices such as 0:8 or 0,3,5, or "
                'conv_1=0:8 for one layer'.format(text)
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
            "{} '{}' names a channel of layer '{}' twice".format(OPTION, text, layer)
        )
    return numbers


def _expand_part(part: Part, count: int, text: str, layer: str) -> List[int]:
    if isinstance(part, slice):
        ends = [end for end in (part.start, part.stop) if end is not None]
        beyond = any(end > count or end < -count for end in ends) or part.step == 0
        numbers = [] if beyond else list(range(count))[part]
    else:
        beyond = not -count <= part < count
        numbers = [] if beyond else [part % count]
    if beyond or not numbers:
        raise SelectionError(
            "{} '{}' reaches beyond layer '{}', which has {} channels (0 to {})".format(
                OPTION, text, layer, count, count - 1
            )
        )
    return numbers


def check_items(
    items: Sequence[ChannelItem], chosen: Sequence[Candidate], catalogue: Catalogue
) -> None:
    """
    :param items: as parsed
    :param chosen: the layers that are saved
    :param catalogue: what the items' selectors choose from
    :raises SelectionError: if an item is for none of the chosen layers
    """
    names = [each.name for each in chosen]
    for item in items:
        if item.selectors and not _names_of(item, catalogue) & set(names):
            near = difflib.get_close_matches(item.selectors, names, n=3, cutoff=0.0)
            raise SelectionError(
                "{} = '{}={}': none of the layers that {} chooses is meant; they are {}{}: choose "
                'the layer there too, or take the item away'.format(
                    OPTION,
                    item.selectors,
                    item.channels,
                    LAYERS_OPTION,
                    ', '.join(near),
                    ' and {} more'.format(len(names) - len(near)) if len(names) > len(near) else '',
                )
            )


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
        if not item.selectors or candidate.name in _names_of(item, catalogue):
            wanted = item.channels
    return expand_channels(wanted, count, candidate.name)


def _names_of(item: ChannelItem, catalogue: Catalogue) -> Set[str]:
    return {each.name for each in select(item.selectors, catalogue, OPTION)}
