# -*- coding: utf-8 -*-
"""
Parsing arguments that several subcommands have in common: lists, points in space, file names.

Vocabulary of this module:

list
    names or numbers with commas between them, as ``--layers a,b``.
channel numbers
    the network's; a map may hold some of the network's channels only.
"""

import os
from typing import List, Optional, Sequence

from niftynet_activations.capturing.channels import parse_channel_list
from niftynet_activations.errors import OptionError, SelectionError

FOLDER_HELP = 'the folder that the maps were written to (activation_dir)'


def words(text: Optional[str]) -> Optional[List[str]]:
    """
    :param text: names with commas between them; None
    :return: the names; None where nothing was given
    """
    return None if text is None else [word.strip() for word in text.split(',') if word.strip()]


def numbers(text: Optional[str], count: int, option: str) -> Optional[List[float]]:
    """
    :param text: numbers separated by commas, or None
    :param count: how many there have to be
    :param option: for the message
    :return: the numbers, or None
    :raises OptionError: if they are not as many, or no numbers
    """
    if text is None:
        return None
    try:
        found = [float(word) for word in text.split(',')]
    except ValueError:
        found = []
    if len(found) != count or (count == 2 and found[0] >= found[1]):
        wanted = 'low,high with low below high' if count == 2 else 'x,y,z in mm'
        raise OptionError("{} = '{}': expected {}".format(option, text, wanted))
    return found


def channel_numbers(text: str, last: int) -> List[int]:
    """
    :param text: ``0:8`` or ``0,3,5``, by the network's numbers
    :param last: the highest channel number that there is, which ends a slice without an end
    :return: the numbers, in the order written, each once
    :raises OptionError: if the text is no list of numbers
    """
    found: List[int] = []
    try:
        for part in parse_channel_list(text):
            if isinstance(part, slice):
                end = last + 1 if part.stop is None else part.stop
                found.extend(range(end)[part.start :: part.step])
            else:
                found.append(part)
    except (SelectionError, ValueError):  # ValueError: a step of 0
        raise OptionError("--channels '{}': expected 0:8 or 0,3,5".format(text)) from None
    return list(dict.fromkeys(found))


def check_path(path: str, suffixes: Sequence[str]) -> None:
    """
    Check a file name before the work for the file begins.

    :param path: of a file to be written
    :param suffixes: the allowed suffixes, in lower case
    :raises OptionError: if its suffix is not allowed, or its folder does not exist
    """
    if not path.lower().endswith(tuple(suffixes)):
        raise OptionError(
            "'{}': expected a name that ends in {}".format(path, ' or '.join(suffixes))
        )
    folder = os.path.dirname(os.path.abspath(path))
    if not os.path.isdir(folder):
        raise OptionError("'{}': the folder {} is not there; make it first".format(path, folder))
