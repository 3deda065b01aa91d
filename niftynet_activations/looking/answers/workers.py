# -*- coding: utf-8 -*-
"""
Work on parts of a map in threads, while the next parts are read.

A *worker* is a thread that works on one part. Threads are enough, because numpy and decompression
release Python's lock.
"""

import contextlib
import threading
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Callable, Deque, Iterator, TypeVar

WORKERS = 2  # each worker more needs memory for one part more
Part = TypeVar('Part')
Made = TypeVar('Made')


def read_ahead(parts: Iterator[Part]) -> Iterator[Part]:
    """
    Read the next part while the caller works on the last one.

    :param parts: parts that are read from disk
    :return: the same parts; two of them are in memory at a time
    """
    with ThreadPoolExecutor(1) as reader:
        coming = reader.submit(next, parts, None)
        while True:
            part = coming.result()
            if part is None:
                return
            coming = reader.submit(next, parts, None)
            yield part


def in_workers(work: Callable[[Part], Made], parts: Iterator[Part]) -> Iterator[Made]:
    """
    Work on several parts at a time, and read the next one meanwhile.

    Meanwhile the linear algebra library (BLAS) is limited to one thread in the whole process, as
    its own threads would compete with the workers for processors.

    :param work: a function of a part; it is called in several threads
    :param parts: parts that are read from disk
    :return: the results, in the order of the parts; ``WORKERS`` + 2 parts are in memory at a time
    """
    with _one_thread(), ThreadPoolExecutor(WORKERS) as pool:
        waiting: Deque['Future[Made]'] = deque()
        try:
            for part in read_ahead(parts):
                waiting.append(pool.submit(work, part))
                del part
                if len(waiting) >= WORKERS:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()


class _Limit(object):
    """
    How many callers need BLAS limited to one thread: the first sets the limit, the last ends it.
    """

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.wanted_by = 0
        self.ended = contextlib.ExitStack()


_limit = _Limit()


@contextlib.contextmanager
def _one_thread() -> Iterator[None]:
    from threadpoolctl import threadpool_limits

    with _limit.lock:
        if not _limit.wanted_by:
            _limit.ended.enter_context(threadpool_limits(1, 'blas'))
        _limit.wanted_by += 1
    try:
        yield
    finally:
        with _limit.lock:
            _limit.wanted_by -= 1
            if not _limit.wanted_by:
                _limit.ended.close()
