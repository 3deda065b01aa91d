# -*- coding: utf-8 -*-
"""
Where TensorFlow gets the memory of tensors on the processor from.

With oneDNN, as TensorFlow 2 is built for x86, large tensors come from a *pool* that grows by pieces
and never shrinks. Tensors of the next stage do not fit into the gaps that those of the last one
left, so that it gets up to twice as large as what is held at a time. TensorFlow can be told to ask
the system for each tensor instead, as TensorFlow 1 and a TensorFlow without oneDNN do: then a
process holds what its tensors hold. That is heard only before the first tensor of the process.
"""

import ctypes
import os
from typing import Optional

from niftynet_activations.host.log import LOGGER
from niftynet_activations.host.tensorflow import tf

OLD_TENSORFLOW = tf.__version__.startswith('1.')
VARIABLE = 'TF_ONEDNN_USE_SYSTEM_ALLOCATOR'
ROOM_ROW = 1 << 20  # bytes
TRIED = 1 << 30  # bytes, of addresses alone, to see whether there is a pool
NO_POOL = float('inf')
GROWN = 1.6  # the pool's size over what tensors hold at a time, at most as measured
STATISTICS = '/proc/self/statm'


def take_from_system() -> None:
    """
    Have TensorFlow ask the system for the memory of each tensor, if it has made none so far.

    What a user has set stays.
    """
    os.environ.setdefault(VARIABLE, '1')


class _Room(object):
    """How much room TensorFlow's pool is known to have in one piece."""

    def __init__(self) -> None:
        self._bytes = NO_POOL if OLD_TENSORFLOW else 0.0

    def reserve(self, size: float) -> None:
        """
        :param size: bytes
        """
        if size <= self._bytes:
            return
        size = max(size, TRIED)
        grown = _make_empty(int(size))
        if grown is not None:
            self._bytes = size if grown > size / 2 else NO_POOL

    def growth(self) -> float:
        """
        :return: what the process holds over what its tensors hold
        """
        self.reserve(TRIED)
        return 1.0 if self._bytes == NO_POOL else GROWN


_ROOM = _Room()


def growth() -> float:
    """
    :return: what the process comes to hold, as a multiple of what tensors hold at a time: more than
        1 where there is a pool
    """
    return _ROOM.growth()


def reserve(size: float) -> None:
    """
    Where there is a pool, have it take room for all stages in one piece, in which gaps join.

    The room is not written to: only what is used of it later becomes memory of the process.

    :param size: bytes
    """
    _ROOM.reserve(size)


def _make_empty(size: int) -> Optional[int]:
    """
    Make a tensor that is not written to, and drop it.

    :return: by how many addresses the process has grown; None where there is no room
    """
    with tf.Graph().as_default() as graph, tf.device('/cpu:0'):
        # two axes, since each is a number of 32 bits
        shape = [size // ROOM_ROW + 1, ROOM_ROW]
        room = tf.raw_ops.Empty(shape=shape, dtype=tf.uint8, init=False)
        start = tf.constant(0)
        with tf.Session(graph=graph) as session:
            session.run(start)  # threads begin, which takes addresses too
            before = _address_space()
            try:
                session.run(room.op)
            except tf.errors.ResourceExhaustedError:
                # a system that promises no more than it has: the pool grows by pieces all the same
                LOGGER.info('no room of %d MB in one piece: the pool may get larger', size / 1e6)
                return None
            # where the system does not tell, there may be a pool
            return _address_space() - before if before else size


def _address_space() -> int:
    """Bytes of addresses that the process has; 0 where the system does not tell."""
    try:
        with open(STATISTICS) as numbers:
            return int(numbers.read().split()[0]) * os.sysconf('SC_PAGE_SIZE')
    except OSError:
        return 0


def give_back() -> None:
    """Give memory that is free inside the process back to the system, where its C library can."""
    try:
        ctypes.CDLL('libc.so.6').malloc_trim(0)
    except (OSError, AttributeError):
        pass  # not glibc: other libraries need no such call
