# -*- coding: utf-8 -*-
"""
Waiting times of a user, as rows of a table.
"""

import statistics
import time
from typing import Callable, List, NamedTuple, Sequence

MEBI = 1 << 20


class Row(NamedTuple):
    """One thing that a user waits for."""

    folder: str
    name: str
    seconds: List[float]  # of each try
    note: str = ''
    processor: Sequence[float] = ()  # seconds of the viewer, of each try


def timed(action: Callable[[], object]) -> float:
    """
    :param action: a function without arguments
    :return: seconds that its call took
    """
    begun = time.time()
    action()
    return time.time() - begun


def memory_row(folder: str, name: str, size: int) -> Row:
    """
    :param folder: its name in the table
    :param name: name of the row
    :param size: bytes of memory
    :return: a row with the size in its note
    """
    return Row(folder, name, [], '{:.0f} MiB'.format(size / MEBI))


def as_table(rows: Sequence[Row]) -> str:
    """
    :param rows: waiting times
    :return: a table in Markdown
    """
    lines = ['| folder | waited for | seconds | slowest | processor | |', '| --- ' * 6 + '|']
    return '\n'.join(lines + [as_line(row) for row in rows]) + '\n'


def as_line(row: Row) -> str:
    """
    :param row: a row
    :return: a line in Markdown: the median over its tries, and the slowest of several
    """
    middle, processor = (
        '{:.2f}'.format(statistics.median(each)) if each else ''
        for each in (row.seconds, row.processor)
    )
    slowest = '{:.2f}'.format(max(row.seconds)) if len(row.seconds) > 1 else ''
    return '| {} |'.format(' | '.join([*row[:2], middle, slowest, processor, row.note]))
