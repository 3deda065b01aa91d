# -*- coding: utf-8 -*-
"""
Parsing the arguments of ``net_activations cohort``.
"""

import os
import re
import sys
from typing import Dict, List, Mapping, Optional, Tuple

from niftynet_activations.errors import OptionError

Part = Tuple[int, int]  # K and N, from 1 to N


def part_named(text: str) -> Part:
    """
    :param text: ``K/N``
    :return: K and N
    :raises OptionError: if the text is not K/N with K from 1 to N
    """
    found = re.fullmatch(r'\s*(\d+)\s*/\s*(\d+)\s*', text)
    if found:
        number, count = int(found.group(1)), int(found.group(2))
        if 1 <= number <= count:
            return number, count
    raise OptionError(
        "--part '{}': expected K/N with K from 1 to N, such as 3/10 for the third of ten".format(
            text
        )
    )


def part_of_array(environment: Mapping[str, str]) -> Optional[Part]:
    """
    :param environment: of the process
    :return: number of this task in a SLURM array, and how many tasks the array has; None outside of
        an array
    :raises OptionError: if the array has gaps, so that the part cannot be told
    """
    if 'SLURM_ARRAY_TASK_ID' not in environment:
        return None
    task, first, count, step = (
        int(environment.get('SLURM_ARRAY_TASK_' + name, default))
        for name, default in (('ID', '0'), ('MIN', '0'), ('COUNT', '1'), ('STEP', '1'))
    )
    number = (task - first) // max(step, 1) + 1
    if number > count:
        raise OptionError(
            'task {} of a SLURM array of {} tasks from {} on: the array has gaps, and does not '
            'tell which part this is; give --part K/N'.format(task, count, first)
        )
    return number, count


def listed_subjects(path: str) -> List[str]:
    """
    :param path: of a file with one subject in each line, or ``-`` for standard input
    :return: the names
    :raises OptionError: if it cannot be read, or holds no name
    """
    try:
        if path == '-':
            text = sys.stdin.read()
        else:
            with open(path, encoding='utf-8') as stream:
                text = stream.read()
    except (OSError, UnicodeDecodeError) as error:
        raise OptionError("--subjects '{}' cannot be read: {}".format(path, error)) from error
    names = [line.strip() for line in text.splitlines() if line.strip()]
    if not names:
        raise OptionError(
            "--subjects '{}': the list is empty; expected a name of a subject a line".format(path)
        )
    return names


def options_named(text: str) -> Dict[str, str]:
    """
    :param text: ``partition=long,walltime=04:00:00``
    :return: name -> value
    :raises OptionError: if an item is not name=value
    """
    found = {}
    for item in filter(None, (each.strip() for each in text.split(','))):
        name, equals, value = item.partition('=')
        if not equals or not name.strip():
            raise OptionError(
                "--slurm '{}': expected name=value items, such as partition=long,cores=4,"
                'memory=16GB,walltime=04:00:00'.format(item)
            )
        found[name.strip()] = value.strip()
    return found


def script_words(words: List[str]) -> str:
    """
    :param words: of a command
    :return: the same as one text for a shell, with quotation marks where needed
    """
    return ' '.join(
        "'{}'".format(word.replace("'", "'\\''")) if _odd(word) else word for word in words
    )


def _odd(word: str) -> bool:
    return not re.fullmatch(r'[\w@%+=:,./-]+', word) or not os.fspath(word)
