# -*- coding: utf-8 -*-
"""
Progress lines over the subjects of a cohort, with the time that is left.
"""

import time
from typing import Callable, NamedTuple, Optional

SECONDS_BETWEEN_LINES = 10.0


class Counts(NamedTuple):
    """Numbers of subjects of a cohort."""

    settled: int  # done or failed
    failed: int  # of the settled ones: failed
    made: int  # of the settled ones: worked on, and not complete before


class TimeLeft(object):
    """
    :param total: how many subjects there are
    :param now: gives seconds
    """

    def __init__(self, total: int, now: Callable[[], float] = time.monotonic) -> None:
        self._total, self._now = total, now
        self._begun, self._told = now(), now()
        self._settled = self._failed = self._made = 0

    def settled(self, failed: bool, made: bool = True) -> Optional[str]:
        """
        Count one subject.

        :param failed: whether it failed
        :param made: whether it was worked on, and not complete before
        :return: a line, now and then and for the last subject; else None
        """
        self._settled += 1
        self._failed += failed
        self._made += made
        now = self._now()
        if now - self._told < SECONDS_BETWEEN_LINES and self._settled < self._total:
            return None
        self._told = now
        counts = Counts(self._settled, self._failed, self._made)
        return progress_line(counts, self._total, now - self._begun)


def progress_line(counts: Counts, total: int, seconds: float) -> str:
    """
    :param counts: numbers of subjects so far
    :param total: number of all subjects
    :param seconds: time so far
    :return: a line with the time left, estimated from the subjects that were worked on so far
    """
    line = 'cohort: {} of {} subjects done'.format(counts.settled - counts.failed, total)
    if counts.failed:
        line += ', {} failed'.format(counts.failed)
    if counts.made and counts.settled < total:
        left = seconds / counts.made * (total - counts.settled)
        line += ', about {} left'.format(duration(left))
    return line


def duration(seconds: float) -> str:
    """
    :param seconds: of a time span
    :return: the time in its two largest units, such as ``2 h 10 min``
    """
    minutes, rest = divmod(int(round(seconds)), 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    if days:
        return '{} d {} h'.format(days, hours)
    if hours:
        return '{} h {} min'.format(hours, minutes)
    return '{} min {} s'.format(minutes, rest) if minutes else '{} s'.format(rest)
