# -*- coding: utf-8 -*-
"""
A thread for work that nothing but its result waits for, beside the pipeline that writes windows.
"""

import queue
import threading
from concurrent.futures import Future
from typing import Any, Callable, Optional, Sequence, Tuple

Item = Tuple['Future[Any]', Callable[[], object]]


def all_done(futures: 'Sequence[Future[Any]]') -> 'Optional[Future[Any]]':
    """
    :param futures: that end in any order, with a result or not
    :return: one that is done when all of them are; None where there is none
    """
    if len(futures) < 2:
        return futures[0] if futures else None
    together: 'Future[Any]' = Future()
    lock, left = threading.Lock(), list(futures)

    def one_less(future: 'Future[Any]') -> None:
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
        self._jobs: 'queue.Queue[Optional[Item]]' = queue.Queue()
        self._thread = threading.Thread(target=self._work, name=name, daemon=True)
        self._thread.start()

    def put(self, job: Callable[[], object]) -> 'Future[Any]':
        """
        :param job: function without arguments
        :return: holds what the job returns or raises, once it is done
        """
        future: 'Future[Any]' = Future()
        self._jobs.put((future, job))
        return future

    def close(self) -> None:
        """Do what is waiting, and end the thread; calling it again does nothing."""
        self._jobs.put(None)
        self._thread.join()

    def _work(self) -> None:
        while True:
            item = self._jobs.get()
            if item is None:
                return
            future, job = item
            try:
                future.set_result(job())
            except BaseException as error:  # whoever asks for the result gets it
                future.set_exception(error)
