# -*- coding: utf-8 -*-
"""
A background thread that does jobs one after the other, beside the pipeline that writes windows.
"""

import functools
import queue
import threading
from concurrent.futures import Future
from typing import Callable, Optional, Sequence, TypeVar, Union

from niftynet_activations.exactness.judgement import MapVerdict

Result = TypeVar('Result')
Awaited = Union['Future[None]', 'Future[MapVerdict]']  # what the end of a map waits for


def all_done(futures: Sequence[Awaited]) -> Optional[Awaited]:
    """
    :param futures: any number of futures
    :return: a future that is done when all of them are done, with or without an error; None for
        an empty list
    """
    if len(futures) < 2:
        return futures[0] if futures else None
    together: 'Future[None]' = Future()
    lock, left = threading.Lock(), list(futures)

    def one_less(future: Awaited) -> None:
        with lock:
            left.remove(future)
            last = not left
        if last:
            together.set_result(None)

    for each in futures:
        each.add_done_callback(one_less)
    return together


class Background(object):
    """
    Does jobs one after the other, in the order in which they are put.

    :param name: of the thread. It is a daemon, so that a long job does not keep a program alive
        that ends without :meth:`close`
    """

    def __init__(self, name: str) -> None:
        self._jobs: 'queue.Queue[Optional[Callable[[], None]]]' = queue.Queue()
        self._thread = threading.Thread(target=self._work, name=name, daemon=True)
        self._thread.start()

    def put(self, job: Callable[[], Result]) -> 'Future[Result]':
        """
        :param job: function without arguments
        :return: a future of what the job returns or raises
        """
        future: 'Future[Result]' = Future()
        self._jobs.put(functools.partial(_do, job, future))
        return future

    def close(self) -> None:
        """Do the waiting jobs, and end the thread; a second call does nothing."""
        self._jobs.put(None)
        self._thread.join()

    def _work(self) -> None:
        while True:
            item = self._jobs.get()
            if item is None:
                return
            item()


def _do(job: Callable[[], Result], future: 'Future[Result]') -> None:
    try:
        future.set_result(job())
    except BaseException as error:  # raised in the thread that asks for the result
        future.set_exception(error)
