# -*- coding: utf-8 -*-
"""
Progress over subjects in words, with the time that is left.
"""

import time
from typing import Callable, Optional

SECONDS_BETWEEN_LINES = 10.0


class TimeLeft(object):
    """
    :param total: how many subjects there are
    :param now: gives seconds
    """

    def __init__(self, total: int, now: Callable[[], float] = time.monotonic) -> None:
        self._total, self._now = total, now
        self._begun, self._told = now(), now()
        self._settled = self._failed = 0

    def settled(self, failed: bool) -> Optional[str]:
        """
        Count one subject.

        :param failed: whether it failed
        :return: a line, now and then and for the last subject; else None
        """
        self._settled += 1
        self._failed += failed
        now = self._now()
        if now - self._told < SECONDS_BETWEEN_LINES and self._settled < self._total:
            return None
        self._told = now
        return progress_line(self._settled, self._failed, self._total, now - self._begun)


def progress_line(settled: int, failed: int, total: int, seconds: float) -> str:
    """
    :param settled: subjects that are done or failed
    :param failed: those of them that failed
    :param total: all
    :param seconds: that it took
    :return: a line with the time left, as long as the rest takes as long for each as so far
    """
    line = 'cohort: {} of {} subjects done'.format(settled - failed, total)
    if failed:
        line += ', {} failed'.format(failed)
    if 0 < settled < total:
        line += ', about {} left'.format(duration(seconds / settled * (total - settled)))
    return line


def duration(seconds: float) -> str:
    """
    :param seconds: of a time span
    :return: it in the two largest units that matter: ``2 h 10 min``
    """
    minutes, rest = divmod(int(round(seconds)), 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    if days:
        return '{} d {} h'.format(days, hours)
    if hours:
        return '{} h {} min'.format(hours, minutes)
    return '{} min {} s'.format(minutes, rest) if minutes else '{} s'.format(rest)
