# -*- coding: utf-8 -*-
"""
Peak memory of a process and all its descendants.

*Memory* means pages that are not copies of a file: anonymous pages and shared memory (``RssAnon``
and ``RssShmem`` in Linux' ``/proc/PID/status``). Pages of mapped files and the system's file cache
are left out, since the system can free them when it needs memory.
"""

import glob
import re
import threading
import time
from typing import List

INTERVAL = 0.02  # seconds between two measurements
LOOKS_A_SEARCH = 10  # new descendants are searched for every so many measurements
_FIELDS = re.compile(r'^Rss(?:Anon|Shmem):\s+(\d+) kB$', re.MULTILINE)


def memory_of(pid: int) -> int:
    """
    :param pid: number of a process
    :return: its memory in bytes; 0 where it has ended
    """
    try:
        with open('/proc/{}/status'.format(pid)) as lines:
            found = _FIELDS.findall(lines.read())
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return sum(int(value) for value in found) * 1024


def descendants(pid: int) -> List[int]:
    """
    :param pid: number of a process
    :return: list of numbers, the process's own first
    """
    found = [pid]
    for each in found:
        for path in glob.glob('/proc/{}/task/*/children'.format(each)):
            try:
                with open(path) as words:
                    found.extend(int(word) for word in words.read().split())
            except (FileNotFoundError, ProcessLookupError):
                continue  # the thread has ended meanwhile
    return found


class PeakMemory(object):
    """
    Measures the memory of a process again and again while a ``with`` statement lasts.

    :ivar peak: the largest sum over the process and its descendants so far, bytes
    """

    def __init__(self, pid: int) -> None:
        """
        :param pid: number of the process
        """
        self.peak = 0
        self._pid = pid
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> 'PeakMemory':
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        looks, processes = 0, [self._pid]
        due = time.monotonic()
        while not self._over.is_set():
            if looks % LOOKS_A_SEARCH == 0:
                processes = descendants(self._pid)
            # a set, because a process between fork and exec has the same memory as its parent
            self.peak = max(self.peak, sum({memory_of(each) for each in processes}))
            looks, due = looks + 1, due + INTERVAL
            self._over.wait(max(due - time.monotonic(), INTERVAL / 4))
