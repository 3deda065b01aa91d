# -*- coding: utf-8 -*-
"""
Where TensorFlow gets the memory of tensors on the processor from.

With oneDNN, which TensorFlow 2 for x86 is built with, large tensors come from a *pool* that grows
by pieces and never shrinks. Tensors of the next stage do not fit into the gaps that those of the
last stage left, so the pool can become twice as large as the tensors in it. An environment variable
makes TensorFlow ask the system for each tensor instead, as TensorFlow 1 and a TensorFlow without
oneDNN do: then a process holds what its tensors hold. TensorFlow reads that variable only once,
before the first tensor of the process.
"""

import ctypes
import os
from typing import Optional

from niftynet_activations.host.log import LOGGER
from niftynet_activations.host.tensorflow import tf

OLD_TENSORFLOW = tf.__version__.startswith('1.')
VARIABLE = 'TF_ONEDNN_USE_SYSTEM_ALLOCATOR'
ROOM_ROW = 1 << 20  # bytes in a row of the tensor by which room is reserved
TRIED = 1 << 30  # bytes of a tensor that is never written to, made to see whether there is a pool
NO_POOL = float('inf')
GROWN = 1.6  # largest measured size of the pool over the tensors in it
STATISTICS = '/proc/self/statm'


def take_from_system() -> None:
    """
    Have TensorFlow ask the system for the memory of each tensor, if it has made no tensor so far.
    A value that the user has set is not changed.
    """
    os.environ.setdefault(VARIABLE, '1')


class _Room(object):
    """The largest free piece that TensorFlow's pool is known to have."""

    def __init__(self) -> None:
        self._bytes = NO_POOL if OLD_TENSORFLOW else 0.0

    def reserve(self, size: float) -> None:
        """
        Make sure that the pool has so much room in one piece.

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
        :return: memory of the process over that of its tensors
        """
        self.reserve(TRIED)
        return 1.0 if self._bytes == NO_POOL else GROWN


_ROOM = _Room()


def growth() -> float:
    """
    :return: memory that the process will take, as a multiple of that of its tensors: more than 1
        where there is a pool
    """
    return _ROOM.growth()


def reserve(size: float) -> None:
    """
    Where there is a pool, have it reserve room for all stages in one piece, in which gaps can join.

    The room is not written to, so it becomes memory of the process only as far as it is used.

    :param size: bytes
    """
    _ROOM.reserve(size)


def _make_empty(size: int) -> Optional[int]:
    """
    Make a tensor that is not written to, and drop it.

    :return: bytes by which the address space of the process has grown; None if there is no room
    """
    with tf.Graph().as_default() as graph, tf.device('/cpu:0'):
        # two axes, since an axis is limited to 32 bits
        shape = [size // ROOM_ROW + 1, ROOM_ROW]
        room = tf.raw_ops.Empty(shape=shape, dtype=tf.uint8, init=False)
        start = tf.constant(0)
        with tf.Session(graph=graph) as session:
            session.run(start)  # starts threads first, which take address space too
            before = _address_space()
            try:
                session.run(room.op)
            except tf.errors.ResourceExhaustedError:
                # a system without overcommit of memory: the pool grows by pieces as before
                LOGGER.info('no room of %d MB in one piece: the pool may get larger', size / 1e6)
                return None
            # where the system does not report address space, a pool is assumed
            return _address_space() - before if before else size


def _address_space() -> int:
    """Bytes of the process's address space; 0 where the system does not report it."""
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
