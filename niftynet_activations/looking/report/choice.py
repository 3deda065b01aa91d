# -*- coding: utf-8 -*-
"""
What a person wants to see in the report, in place of all of it.
"""

from typing import List, NamedTuple, Optional, Sequence, Tuple

from niftynet_activations.errors import OptionError
from niftynet_activations.looking.maps import ActivationMaps

Key = Tuple[str, str]


class Choice(NamedTuple):
    """What is shown; None stands for all, or for what the report takes by itself."""

    modality: Optional[str] = None
    subjects: Optional[Sequence[str]] = None
    layers: Optional[Sequence[str]] = None
    channels: Optional[str] = None  # 0:8 or 0,3,5, by the network's numbers
    at: Optional[Sequence[float]] = None  # mm


def words(text: Optional[str]) -> Optional[List[str]]:
    """
    :param text: names with commas between them; None
    :return: the names; None where nothing was given
    """
    return None if text is None else [word.strip() for word in text.split(',') if word.strip()]


def chosen_keys(maps: ActivationMaps, choice: Choice) -> List[Key]:
    """
    :param maps: of a folder
    :param choice: what is shown
    :return: subject and layer of the maps that are shown, in the order of the folder
    :raises OptionError: if the folder lacks a name, or nothing is left
    """
    layers: Optional[List[str]] = None
    if choice.layers is not None:
        other_names = {name: one.layer for one in maps.values() for name in one.names}
        _check('--layers', choice.layers, list(other_names))
        layers = [other_names[name] for name in choice.layers]
    if choice.subjects is not None:
        _check('--subjects', choice.subjects, maps.subjects)
    found = [
        key
        for key in maps
        if (choice.subjects is None or key[0] in choice.subjects)
        and (layers is None or key[1] in layers)
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
    :param text: which of them: ``0:8`` or ``0,3,5``; None for all
    :return: their places in the map, from 0; those that the map does not have are left out
    :raises OptionError: if the text is no list of numbers
    """
    if text is None:
        return list(range(len(numbers)))
    wanted: List[int] = []
    for part in text.split(','):
        low, colon, high = part.strip().partition(':')
        try:
            first = int(low or 0) if colon else int(low)
            last = int(high) if high else max(numbers) + 1
        except ValueError:
            raise OptionError("--channels '{}': expected 0:8 or 0,3,5".format(text)) from None
        wanted.extend(range(first, last) if colon else [first])
    return [numbers.index(number) for number in dict.fromkeys(wanted) if number in numbers]
