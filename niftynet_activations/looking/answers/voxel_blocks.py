# -*- coding: utf-8 -*-
"""
A map as rows of samples with all their channels, a part at a time, and the work on its parts.

Files hold one channel after the other; principal components, covariances and similarities need
all channels of a sample at once. A *block* is an array (samples, channels) of some planes of the
map. A compressed file can only be read from its beginning, and a chunk of a zarr store only as a
whole, so that taking planes of every channel would decompress the map many times: it is unpacked
into a scratch file first, once.

A *worker* is a thread that works on one part while others are read and worked on: numpy and
decompression leave Python's lock.
"""

import contextlib
import tempfile
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from typing import BinaryIO, Callable, Deque, Iterator, List, Optional, TypeVar, Union

import numpy as np

from niftynet_activations.looking.maps import ActivationMap
from niftynet_activations.store.folder import scratch_folder
from niftynet_activations.store.lazy_arrays import LazyArray

BLOCK_BYTES = 32 << 20
PIECE_ROWS = 4096  # that are turned at a time: they fit a processor's cache
WORKERS = 2  # more of them hold more parts in memory
PACKED = ('.gz', '.zarr')
Planes = Union[LazyArray, np.ndarray]
Part = TypeVar('Part')
Made = TypeVar('Made')


def blocks_of(one: ActivationMap, block_bytes: int = BLOCK_BYTES) -> Iterator[np.ndarray]:
    """
    Go through a map once, planes of constant z one after the other.

    :param one: the map, axes (x, y, z, channel)
    :param block_bytes: about how large a block may be, in bytes; at least one plane is given
    :return: arrays (samples, channels) float32, samples in the order x fastest, then y, then z;
        missing samples NaN
    """
    with planes_of(one) as (data,):
        width, height, depth, channels = data.shape
        step = max(1, block_bytes // (4 * width * height * channels))
        for first in range(0, depth, step):
            part = np.asarray(data[:, :, first : first + step, :], dtype=np.float32)
            yield part.reshape(-1, channels, order='F')


@contextlib.contextmanager
def planes_of(*maps: ActivationMap) -> Iterator[List[Planes]]:
    """
    Make planes of maps quick to read.

    :param maps: one or several, which are unpacked side by side
    :return: an array-like (x, y, z, channel) of each; of a packed map a copy in a scratch file, in
        the folder that NIFTYNET_ACTIVATIONS_SCRATCH names or the system's, removed at the end
    """
    with contextlib.ExitStack() as stack:
        files: List[Optional[BinaryIO]] = []
        for one in maps:
            scratch = None
            if one.files[0].endswith(PACKED):
                made = tempfile.TemporaryFile(prefix='activations-', dir=scratch_folder())
                scratch = stack.enter_context(made)
            files.append(scratch)
        with ThreadPoolExecutor(len(maps)) as pool:
            yield list(pool.map(_unpacked, maps, files))


def _unpacked(one: ActivationMap, scratch: Optional[BinaryIO]) -> Planes:
    """Give the map's own numbers, or those in a scratch file, once they are there."""
    if scratch is None:
        return one.data
    for volume in read_ahead(one.channel_volumes()):
        scratch.write(np.ascontiguousarray(volume.T, np.float32))  # x fastest
    scratch.flush()
    return np.memmap(scratch, np.float32, 'r', shape=one.data.shape, order='F')


def read_ahead(parts: Iterator[Part]) -> Iterator[Part]:
    """
    Read the next part while the last one is worked on.

    :param parts: come from the disk
    :return: the same; two of them are in memory at a time
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

    The libraries of linear algebra get one thread in the meantime, also where the caller uses them:
    their own threads would take the processors from each other.

    :param work: a function of a part; it is called in several threads
    :param parts: come from the disk
    :return: what the function made of each, in the order of the parts; ``WORKERS`` + 2 parts are in
        memory at a time
    """
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1, 'blas'), ThreadPoolExecutor(WORKERS) as pool:
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


def complete_rows(block: np.ndarray) -> np.ndarray:
    """
    :param block: array (samples, channels)
    :return: those rows of which no channel is missing, (fewer samples, channels) float64
    """
    pieces = [
        _complete(np.array(block[first : first + PIECE_ROWS], np.float64, order='C'))
        for first in range(0, len(block), PIECE_ROWS)
    ]
    return np.concatenate(pieces) if pieces else np.zeros(block.shape)


def _complete(rows: np.ndarray) -> np.ndarray:
    # a sum of float32 numbers is no larger than float64 can hold
    return rows if np.isfinite(rows.sum()) else rows[np.isfinite(rows).all(axis=1)]


def channel_columns(one: ActivationMap) -> List[str]:
    """
    :param one: a map
    :return: its channels as columns are named, ``layer|channel`` with the network's number
    """
    return ['{}|{}'.format(one.layer, number) for number in one.channels]
