# -*- coding: utf-8 -*-
"""
A queue of work that is done in the background while the network computes the next window.

A *job* is a function without arguments, and the bytes of memory that it keeps alive. The queue
is bounded in bytes, those of running jobs included: the *producer* (the network's thread) waits
when it is full. Jobs with the same *key* belong together. A job put *in turn* starts when all
earlier jobs of its key are done, and a job put *after* a future when the future is done; until then
the threads do other jobs.
"""

import threading
from typing import Callable, Hashable, Iterable, List, NamedTuple, Optional, Set

from niftynet_activations.errors import ActivationError, WriteError
from niftynet_activations.running.background import Awaited

Job = Callable[[], object]


class _Item(NamedTuple):
    job: Job
    size: int
    key: Hashable
    in_turn: bool
    after: Optional[Awaited]
    last: bool


class Pipeline(object):
    """
    A bounded queue with background threads.

    An error in a job is raised to the producer at its next ``put`` or at ``close``, the same one
    every time; jobs still waiting are then dropped, but for the last ones of keys of which nothing
    else waits: what is complete is finished, whatever became of the rest.

    :ivar limit_bytes: memory that waiting and running jobs may keep alive
    """

    def __init__(self, limit_bytes: int = 0, workers: int = 2) -> None:
        """
        :param limit_bytes: memory that waiting and running jobs may keep alive
        :param workers: most threads; they start when there are jobs for them
        """
        self.limit_bytes, self._workers = limit_bytes, workers
        self._change = threading.Condition()
        self._waiting: List[_Item] = []
        self._running: List[_Item] = []
        self._given_up: Set[Hashable] = set()  # keys
        self._held = 0
        self._error: Optional[ActivationError] = None
        self._ended = False
        self._threads: List[threading.Thread] = []

    @property
    def held_bytes(self) -> int:
        """
        :return: bytes that waiting and running jobs keep alive
        """
        return self._held

    @property
    def ended(self) -> bool:
        """
        :return: whether it takes no more jobs
        """
        return self._ended

    def put(
        self,
        job: Job,
        size: int = 0,
        key: Hashable = None,
        in_turn: bool = False,
        after: Optional[Awaited] = None,
        last: bool = False,
        soon: bool = True,
    ) -> None:
        """
        Have a job done; this call waits while the queue is full.

        A job larger than the whole limit runs alone, and this call waits until it is done, so
        that the tensors of one step are freed before those of the next one come.

        :param job: function without arguments
        :param size: bytes that it keeps alive; a numpy view keeps the whole of its base alive
        :param key: of the jobs that it belongs to
        :param in_turn: True to run it after all earlier jobs of its key
        :param after: what must be done before the job runs, however it ends; something else than
            this pipeline must do it
        :param last: True for the last job of its key, for which all that the key needs has come
        :param soon: False where ``drain`` follows, which does it if no thread has
        :raises WriteError: an earlier job failed, or the pipeline has ended
        """
        with self._change:
            if not self._has_room(size):
                self._wake()
            self._change.wait_for(lambda: self._refuses() or self._has_room(size))
            self._raise_error()
            if self._ended:
                raise WriteError('nothing can be written after the end of the run')
            self._waiting.append(_Item(job, size, key, in_turn, after, last))
            self._held += size
            if soon or size > self.limit_bytes:
                self._wake()
            if size > self.limit_bytes:
                self._change.wait_for(lambda: self._refuses() or not self._held)
                self._raise_error()
        if after is not None:
            after.add_done_callback(self._look_again)

    def give_up(self, keys: Iterable[Hashable]) -> None:
        """
        Drop the waiting jobs of some keys. An error of such a job that runs already is ignored.

        :param keys: of jobs that are no longer wanted
        """
        with self._change:
            self._given_up.update(keys)
            self._drop([item for item in self._waiting if item.key in self._given_up])
            self._change.notify_all()

    def check(self) -> None:
        """
        Raise the error of an earlier job, if there was one.

        :raises WriteError: an earlier job failed
        """
        with self._change:
            self._raise_error()

    def drain(self) -> None:
        """
        Have all jobs done that were put, the calling thread beside the others; more can be put
        afterwards.

        :raises WriteError: a job failed
        """
        with self._change:
            if len(self._waiting) > 1:
                self._wake()
        self._work(self._idle)
        self.check()

    def close(self) -> None:
        """
        Wait until all jobs are done and end the threads; a second call waits for nothing.

        :raises WriteError: a job failed
        """
        with self._change:
            self._change.wait_for(self._idle)
            self._ended = True
            self._change.notify_all()
        self._join()
        with self._change:
            self._raise_error()

    def abandon(self) -> None:
        """
        Drop the waiting jobs, wait for the running ones and end the threads; raises nothing.
        """
        with self._change:
            self._ended = True
            self._drop(list(self._waiting))
            self._change.notify_all()
        self._join()

    def _wake(self) -> None:
        """Let threads look at what waits, and start one where it is one too few; locked."""
        at_work = len(self._waiting) + len(self._running)
        if at_work > len(self._threads) < self._workers:
            name = 'activations-{}'.format(len(self._threads))
            # a daemon, so that an ending of the program that skips ``abandon`` does not hang
            thread = threading.Thread(
                target=self._work, args=(self._finished,), name=name, daemon=True
            )
            self._threads.append(thread)
            thread.start()
        self._change.notify_all()

    def _work(self, enough: Callable[[], bool]) -> None:
        """
        Do what waits.

        :param enough: whether to end when there is nothing to do now
        """
        while True:
            with self._change:
                self._change.wait_for(lambda: self._next() is not None or enough())
                item = self._next()
                if item is None:
                    return
                self._waiting.remove(item)
                self._running.append(item)
            error = _run(item.job)
            with self._change:
                self._running.remove(item)
                self._held -= item.size
                if error is not None and item.key not in self._given_up:
                    self._error = self._error or error
                    self._drop_unfinished(item.key)
                # so that the thread does not keep the job's memory while it waits for another job
                item = None
                self._change.notify_all()

    def _next(self) -> Optional[_Item]:
        """
        :return: the first waiting item that may run now, or None
        """
        before = [item.key for item in self._running]
        for item in self._waiting:
            ready = item.after is None or item.after.done()
            if ready and (not item.in_turn or item.key not in before):
                return item
            before.append(item.key)
        return None

    def _look_again(self, _: Awaited) -> None:
        with self._change:
            self._change.notify_all()

    def _drop(self, items: Iterable[_Item]) -> None:
        for item in items:
            self._waiting.remove(item)
            self._held -= item.size

    def _drop_unfinished(self, failed: Hashable) -> None:
        """Drop waiting jobs, except the last job of a key that has not failed and has no other."""
        lacking = {item.key for item in self._waiting if not item.last} | {failed}
        self._drop([item for item in self._waiting if item.key in lacking])

    def _has_room(self, size: int) -> bool:
        return self._held == 0 or self._held + size <= self.limit_bytes

    def _idle(self) -> bool:
        return not self._waiting and not self._running

    def _finished(self) -> bool:
        return self._ended and not self._waiting

    def _refuses(self) -> bool:
        return self._ended or self._error is not None

    def _raise_error(self) -> None:
        if self._error is not None:
            raise self._error

    def _join(self) -> None:
        for thread in self._threads:
            thread.join()


def _run(job: Job) -> Optional[ActivationError]:
    """
    Run a job, keeping its error for the producer.

    :param job: function without arguments
    :return: None, or the error: an ActivationError as it is, anything else as a WriteError,
        because NiftyNet takes some kinds of error for a normal end
    """
    try:
        job()
    except ActivationError as error:
        return error
    except Exception as error:
        failure = WriteError('writing failed: {}: {}'.format(type(error).__name__, error))
        failure.__cause__ = error
        return failure
    return None
