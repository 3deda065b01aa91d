# -*- coding: utf-8 -*-
"""
What the report shows, where the user chose a part of the folder.
"""

from typing import List, NamedTuple, Optional, Sequence, Tuple

from niftynet_activations.errors import OptionError
from niftynet_activations.looking.arguments import channel_numbers
from niftynet_activations.looking.maps import ActivationMaps

Key = Tuple[str, str]


class Choice(NamedTuple):
    """What is shown; None stands for all, or for the report's own choice."""

    modality: Optional[str] = None
    subjects: Optional[Sequence[str]] = None
    layers: Optional[Sequence[str]] = None
    channels: Optional[str] = None  # 0:8 or 0,3,5, by the network's numbers
    at: Optional[Sequence[float]] = None  # (x, y, z) in mm, RAS+


def chosen_keys(maps: ActivationMaps, choice: Choice) -> List[Key]:
    """
    :param maps: of a folder
    :param choice: what is shown
    :return: subject and layer of the maps that are shown, in the order of the folder
    :raises OptionError: if the folder lacks a name, or nothing is left
    """
    layers = maps.layers_named(choice.layers)
    if choice.subjects is not None:
        _check('--subjects', choice.subjects, maps.subjects)
    found = [
        key
        for key in maps
        if (choice.subjects is None or key[0] in choice.subjects) and key[1] in layers
    ]
    if not found and len(maps):
        raise OptionError('no map is both of the chosen subjects and of the chosen layers')
    return found


def _check(option: str, given: Sequence[str], known: Sequence[str]) -> None:
    missing = [name for name in given if name not in known]
    if missing or not given:
        raise OptionError(
            "{} '{}': the folder holds {}".format(option, ','.join(missing), ', '.join(known))
        )


def channel_places(numbers: Sequence[int], text: Optional[str]) -> List[int]:
    """
    :param numbers: the network's numbers of a map's channels
    :param text: the chosen numbers, as ``0:8`` or ``0,3,5``; None for all
    :return: indices of these channels in the map, from 0; numbers that the map does not have are
        left out
    :raises OptionError: if the text is no list of numbers
    """
    if text is None:
        return list(range(len(numbers)))
    wanted = channel_numbers(text, max(numbers))
    return [numbers.index(number) for number in wanted if number in numbers]
