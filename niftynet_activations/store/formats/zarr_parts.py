# -*- coding: utf-8 -*-
"""
Parts of a zarr map's columns, while they wait for the rest of their column.

They wait in memory while all of them together hold no more than a limit; further ones go into a
file for each column, one part behind the other. Nothing is reserved and nothing is written twice:
such a file ends where its last part does. Parts wait in the order of files, (channel, z, y, x):
they are turned while the processor's cache still holds what the network has just given, and the
samples of one chunk then lie together.
"""

import contextlib
import mmap
import os
import threading
from typing import Callable, Dict, Iterator, List, NamedTuple, Optional, Sequence, Tuple, Union

import numpy as np

from niftynet_activations.hints import DTypeLike
from niftynet_activations.store import files, memory_order

Place = Tuple[int, ...]  # of a column
Slices = Tuple[slice, ...]  # (x, y, z) of a part in its column
Parts = Sequence[Tuple[Slices, np.ndarray]]
PIECE_BYTES = 1 << 20  # brought into the file's order at a time: it fits a processor's cache


class _Stored(NamedTuple):
    """
    A part in its column's file.

    first: number of samples before it.
    shape: (channel, z, y, x).
    """

    first: int
    shape: Tuple[int, ...]


class _ColumnFile(object):
    """
    What is known of a column's file.

    :ivar samples: how many it holds, or is going to
    :ivar turn: held by the thread that writes: in the system a second one would wait for the file
        without giving its processor away
    """

    def __init__(self) -> None:
        self.samples = 0
        self.turn = threading.Lock()


class WaitingParts:
    """
    The parts of all columns of one map. Several threads may use it, each column's ``taken`` one.

    :ivar held_bytes: of the parts that wait in memory
    """

    def __init__(self, dtype: DTypeLike, limit_bytes: int, path_of: Callable[[Place], str]) -> None:
        """
        :param dtype: type of the numbers that are kept
        :param limit_bytes: limit for parts in memory
        :param path_of: function from a column's place to the path of the file for its parts
        """
        self.held_bytes = 0
        self._dtype = np.dtype(dtype)
        self._limit = limit_bytes
        self._path_of = path_of
        self._lock = threading.Lock()
        self._parts: Dict[Place, List[Tuple[Slices, Union[np.ndarray, _Stored]]]] = {}
        self._files: Dict[Place, _ColumnFile] = {}

    def places(self) -> List[Place]:
        """
        :return: list of the columns that wait
        """
        with self._lock:
            return sorted(self._parts)

    def keep(self, place: Place, there: Slices, part: np.ndarray) -> None:
        """
        Copy a part, and turn it into the order of files.

        :param place: of its column
        :param there: slices (x, y, z) of the part in the column
        :param part: array (x, y, z, channel)
        :raises OSError: the disk has no room for it
        """
        size = part.size * self._dtype.itemsize
        with self._lock:
            in_memory = self.held_bytes + size <= self._limit
            if in_memory:
                self.held_bytes += size
            else:
                file = self._files.setdefault(place, _ColumnFile())
                first, file.samples = file.samples, file.samples + part.size
        kept: Union[np.ndarray, _Stored]
        if in_memory:
            kept = np.empty(part.shape[::-1], self._dtype)
            memory_order.turn(kept, part)
        else:
            kept = self._store(place, file, first, part)
        with self._lock:
            self._parts.setdefault(place, []).append((there[::-1], kept))

    @contextlib.contextmanager
    def taken(self, place: Place) -> Iterator[Parts]:
        """
        Let a column go: in the body its parts can be read, and its file's name is free already.

        :param place: of a column that waits
        :return: list of (slices (z, y, x) of the part in the column, array (channel, z, y, x))
        """
        with self._lock:
            kept = self._parts.pop(place)
            file = self._files.pop(place, None)
        held = sum(part.nbytes for _, part in kept if isinstance(part, np.ndarray))
        try:
            numbers = None
            if file is not None:
                path = self._path_of(place)
                numbers = _mapped(path, self._dtype)
                files.remove(path)  # the mapping keeps the numbers
            yield [(there, _opened(part, numbers)) for there, part in kept]
        finally:
            # also after an error, the column's parts no longer count as waiting
            with self._lock:
                self.held_bytes -= held

    def clear(self) -> None:
        """
        Forget all parts; their files are left to the caller.
        """
        with self._lock:
            self._parts.clear()
            self._files.clear()
            self.held_bytes = 0

    def _store(self, place: Place, file: _ColumnFile, first: int, part: np.ndarray) -> _Stored:
        descriptor = os.open(self._path_of(place), os.O_RDWR | os.O_CREAT, 0o666)
        try:
            position = first * self._dtype.itemsize
            # Channels of one sample lie side by side, LINE_CHANNELS of them in a line of the
            # processor's cache: with fewer at a time each line would be read several times.
            least = memory_order.LINE_CHANNELS * part[..., 0].size * self._dtype.itemsize
            for _, piece in memory_order.pieces(part, self._dtype, max(PIECE_BYTES, least)):
                with file.turn:
                    files.write_at(descriptor, position, piece)
                position += piece.nbytes
        finally:
            os.close(descriptor)
        return _Stored(first, part.shape[::-1])


def _mapped(path: str, dtype: np.dtype) -> np.ndarray:
    """
    Map a file's numbers.

    :param path: of a file that is not empty
    :param dtype: type of the numbers
    :return: array (numbers,), read only; it keeps the mapping, and so the numbers of a file that is
        removed
    :raises OSError: the file is not there
    """
    # the pages come with the call, where the system has that: a fault for each takes longer
    flags = mmap.MAP_SHARED | getattr(mmap, 'MAP_POPULATE', 0)
    with open(path, 'rb') as stream:
        found = mmap.mmap(stream.fileno(), 0, flags, mmap.PROT_READ)
    return np.frombuffer(found, dtype)


def _opened(part: Union[np.ndarray, _Stored], numbers: Optional[np.ndarray]) -> np.ndarray:
    if isinstance(part, np.ndarray) or numbers is None:
        return part  # type: ignore
    return numbers[part.first : part.first + int(np.prod(part.shape))].reshape(part.shape)
