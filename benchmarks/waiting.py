# -*- coding: utf-8 -*-
"""
What a person waits for, as rows of a table.
"""

import statistics
import time
from typing import Callable, List, NamedTuple, Sequence

MEBI = 1 << 20


class Row(NamedTuple):
    """One thing that a person waits for."""

    folder: str
    name: str
    seconds: List[float]  # of each try
    note: str = ''
    processor: Sequence[float] = ()  # seconds of the viewer, of each try


def timed(action: Callable[[], object]) -> float:
    """
    :param action: anything
    :return: how long it took, seconds
    """
    begun = time.time()
    action()
    return time.time() - begun


def memory_row(folder: str, name: str, size: int) -> Row:
    """
    :param folder: its name in the table
    :param name: whose memory
    :param size: bytes
    :return: a row that tells it
    """
    return Row(folder, name, [], '{:.0f} MiB'.format(size / MEBI))


def as_table(rows: Sequence[Row]) -> str:
    """
    :param rows: what was waited for
    :return: Markdown
    """
    lines = ['| folder | waited for | seconds | slowest | processor | |', '| --- ' * 6 + '|']
    return '\n'.join(lines + [as_line(row) for row in rows]) + '\n'


def as_line(row: Row) -> str:
    """
    :param row: of the table
    :return: the medians of its tries, and the slowest of several
    """
    middle, processor = (
        '{:.2f}'.format(statistics.median(each)) if each else ''
        for each in (row.seconds, row.processor)
    )
    slowest = '{:.2f}'.format(max(row.seconds)) if len(row.seconds) > 1 else ''
    return '| {} |'.format(' | '.join([*row[:2], middle, slowest, processor, row.note]))
