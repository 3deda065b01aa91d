# -*- coding: utf-8 -*-
"""
Work done in the background while the network computes the next window.

A *job* is a function without arguments, and the bytes of memory that it keeps alive. The queue
is bounded in bytes, those of running jobs included: the *producer* (the network's thread) waits
when it is full. Jobs with the same *key* belong together; a job put *in turn* runs when all
earlier ones of its key are done.
"""

import threading
import typing

from niftynet_activations.errors import ActivationError, WriteError


class _Item(typing.NamedTuple):
    job: typing.Callable
    size: int
    key: typing.Hashable
    in_turn: bool


class Pipeline:
    """
    A bounded queue with background threads.

    An error in a job is raised to the producer at its next ``put`` or at ``close``, the same one
    every time; jobs still waiting are then dropped.
    """

    def __init__(self, limit_bytes, workers=2):
        """
        :param limit_bytes: memory that waiting and running jobs may keep alive
        :param workers: number of threads
        """
        self._limit = limit_bytes
        self._change = threading.Condition()
        self._waiting = []
        self._running = []
        self._held = 0
        self._error = None
        self._ended = False
        # daemons, so that an ending of the program that skips ``abandon`` does not hang
        self._threads = [
            threading.Thread(target=self._work, name='activations-{}'.format(i), daemon=True)
            for i in range(workers)
        ]
        for thread in self._threads:
            thread.start()

    @property
    def held_bytes(self):
        """
        :return: bytes that waiting and running jobs keep alive
        """
        return self._held

    def put(self, job, size=0, key=None, in_turn=False):
        """
        Have a job done; waits while the queue is full.

        A job larger than the whole limit runs alone and is waited for, so that the tensors of
        one step are gone before those of the next one come.

        :param job: function without arguments
        :param size: bytes that it keeps alive; a numpy view keeps the whole of its base alive
        :param key: what it belongs to
        :param in_turn: True to run it after all earlier jobs of its key
        :raises WriteError: an earlier job failed, or the pipeline has ended
        """
        with self._change:
            self._change.wait_for(lambda: self._refuses() or self._has_room(size))
            self._raise_error()
            if self._ended:
                raise WriteError('nothing can be written after the end of the run')
            self._waiting.append(_Item(job, size, key, in_turn))
            self._held += size
            self._change.notify_all()
            if size > self._limit:
                self._change.wait_for(lambda: self._refuses() or not self._held)
                self._raise_error()

    def check(self):
        """
        Raise the error of an earlier job, if there was one.

        :raises WriteError: an earlier job failed
        """
        with self._change:
            self._raise_error()

    def close(self):
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

    def abandon(self):
        """
        Drop the waiting jobs, wait for the running ones and end the threads; raises nothing.
        """
        with self._change:
            self._ended = True
            self._drop_waiting()
            self._change.notify_all()
        self._join()

    def _work(self):
        while True:
            with self._change:
                self._change.wait_for(lambda: self._next() is not None or self._finished())
                item = self._next()
                if item is None:
                    return
                self._waiting.remove(item)
                self._running.append(item)
            error = _run(item.job)
            with self._change:
                self._running.remove(item)
                self._held -= item.size
                if error is not None:
                    self._error = self._error or error
                    self._drop_waiting()
                # the thread must not keep the job's memory while it waits for the next one
                item = None
                self._change.notify_all()

    def _next(self):
        """
        :return: the first waiting item that may run now, or None
        """
        before = [item.key for item in self._running]
        for item in self._waiting:
            if not item.in_turn or item.key not in before:
                return item
            before.append(item.key)
        return None

    def _drop_waiting(self):
        self._held -= sum(item.size for item in self._waiting)
        self._waiting.clear()

    def _has_room(self, size):
        return self._held == 0 or self._held + size <= self._limit

    def _idle(self):
        return not self._waiting and not self._running

    def _finished(self):
        return self._ended and not self._waiting

    def _refuses(self):
        return self._ended or self._error is not None

    def _raise_error(self):
        if self._error is not None:
            raise self._error

    def _join(self):
        for thread in self._threads:
            thread.join()


def _run(job):
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
