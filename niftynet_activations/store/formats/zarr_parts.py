# -*- coding: utf-8 -*-
"""
Parts of a zarr map's columns, while they wait for the rest of their column.

They wait in memory while all of them together hold no more than a limit; further ones go into a
file for each column, one part behind the other. Nothing is reserved and nothing is written twice:
such a file ends where its last part does.

A column is read a few channels at a time, its *lanes*. So a part is kept lanes by lanes: those of
the first few channels at all its samples, then those of the next few.
"""

import contextlib
import io
import os
import threading
from typing import Callable, Dict, Iterator, List, NamedTuple, Optional, Sequence, Tuple

import numpy as np

from niftynet_activations.hints import DTypeLike
from niftynet_activations.store import files, memory_order

Place = Tuple[int, ...]  # of a column
Slices = Tuple[slice, ...]  # (x, y, z) of a part in its column
# A processor turns eight channels of float32 three times as fast as sixteen, at whatever length
LANES = 8


class _Kept(NamedTuple):
    """
    A part that waits.

    there: slices (x, y, z) in its column.
    shape: (x, y, z, channel).
    first: number of samples before it in its column's file.
    numbers: its samples where they are in memory; None where they are in the file.
    """

    there: Slices
    shape: Tuple[int, ...]
    first: int
    numbers: Optional[np.ndarray]

    @property
    def samples(self) -> int:
        """Of each channel."""
        return int(np.prod(self.shape[:3]))


class Column(object):
    """
    A column whose parts have come: what lanes read of it.

    :ivar samples: of each channel that came
    """

    samples: int

    def read(self, channels: slice) -> Iterator[Tuple[Slices, np.ndarray]]:
        """
        :param channels: some that lie in one of :func:`lanes`
        :return: iterator over (slices (x, y, z) of a part in the column, array (z, y, x, channel));
            an array may be overwritten by the next one
        """
        raise NotImplementedError


class WholeColumn(Column):
    """One that a single box fills."""

    def __init__(self, there: Slices, block: np.ndarray) -> None:
        """
        :param there: slices (x, y, z) of the box in the column
        :param block: array (x, y, z, channel)
        """
        self.samples = block[..., 0].size
        self._there, self._block = there, block

    def read(self, channels: slice) -> Iterator[Tuple[Slices, np.ndarray]]:
        yield self._there, self._block[..., channels].transpose(2, 1, 0, 3)


class _KeptColumn(Column):
    """One whose parts have waited."""

    def __init__(
        self, kept: Sequence[_Kept], dtype: np.dtype, stream: Optional[io.FileIO] = None
    ) -> None:
        self._kept, self._dtype, self._stream = kept, dtype, stream
        self.samples = sum(part.samples for part in kept)
        in_file = [part.samples for part in kept if part.numbers is None]
        self._space = np.empty(LANES * max(in_file, default=0), dtype)

    def read(self, channels: slice) -> Iterator[Tuple[Slices, np.ndarray]]:
        for part in self._kept:
            first = part.samples * channels.start
            count = part.samples * (channels.stop - channels.start)
            if part.numbers is not None:
                numbers = part.numbers[first : first + count]
            elif self._stream is not None:
                numbers = self._space[:count]
                files.read_at(self._stream, (part.first + first) * numbers.itemsize, numbers)
            yield part.there, numbers.reshape(part.shape[2::-1] + (-1,))


class WaitingParts:
    """
    The parts of all columns of one map. Several threads may use it, each column's ``taken`` one.

    :ivar held_bytes: of the parts that wait in memory
    """

    def __init__(self, dtype: DTypeLike, limit_bytes: int, path_of: Callable[[Place], str]) -> None:
        """
        :param dtype: type of the numbers that are kept
        :param limit_bytes: of parts in memory
        :param path_of: function from a column's place to the path of the file for its parts
        """
        self.held_bytes = 0
        self._dtype = np.dtype(dtype)
        self._limit = limit_bytes
        self._path_of = path_of
        self._lock = threading.Lock()
        self._parts: Dict[Place, List[_Kept]] = {}
        self._in_files: Dict[Place, int] = {}  # samples in each column's file

    def places(self) -> List[Place]:
        """
        :return: list of the columns that wait
        """
        with self._lock:
            return sorted(self._parts)

    def keep(self, place: Place, there: Slices, part: np.ndarray) -> None:
        """
        Copy a part.

        :param place: of its column
        :param there: slices (x, y, z) of the part in the column
        :param part: array (x, y, z, channel)
        :raises OSError: the disk has no room for it
        """
        size = part.size * self._dtype.itemsize
        with self._lock:
            in_memory = self.held_bytes + size <= self._limit
            first = self._in_files.get(place, 0)
            if in_memory:
                self.held_bytes += size
            else:
                self._in_files[place] = first + part.size
        numbers = None
        if in_memory:
            numbers = np.empty(part.size, self._dtype)
            start = 0
            for each in self._by_lanes(part):
                numbers[start : start + each.size] = each
                start += each.size
        else:
            self._store(place, first, part)
        with self._lock:
            kept = _Kept(there, part.shape, first, numbers)
            self._parts.setdefault(place, []).append(kept)

    @contextlib.contextmanager
    def taken(self, place: Place) -> Iterator[Column]:
        """
        Let a column go: in the body its parts can be read, and its file's name is free already.

        :param place: of a column that waits
        :return: the column
        :raises OSError: what waited in a file cannot be read
        """
        with self._lock:
            kept = self._parts.pop(place)
            in_file = self._in_files.pop(place, 0)
        held = sum(part.numbers.nbytes for part in kept if part.numbers is not None)
        with contextlib.ExitStack() as stack:
            # whatever becomes of the column, its parts no longer take room
            stack.callback(self._give_back, held)
            stream = None
            if in_file:
                path = self._path_of(place)
                stream = stack.enter_context(io.FileIO(path))
                files.remove(path)  # what is open can be read all the same
            yield _KeptColumn(kept, self._dtype, stream)

    def clear(self) -> None:
        """
        Forget all parts; their files are left to the caller.
        """
        with self._lock:
            self._parts.clear()
            self._in_files.clear()
            self.held_bytes = 0

    def _give_back(self, held: int) -> None:
        with self._lock:
            self.held_bytes -= held

    def _store(self, place: Place, first: int, part: np.ndarray) -> None:
        descriptor = os.open(self._path_of(place), os.O_RDWR | os.O_CREAT, 0o666)
        try:
            position = first
            for each in self._by_lanes(part):
                files.write_at(descriptor, position * self._dtype.itemsize, each)
                position += each.size
        finally:
            os.close(descriptor)

    def _by_lanes(self, part: np.ndarray) -> Iterator[np.ndarray]:
        """
        :param part: array (x, y, z, channel)
        :return: iterator over its samples in the order in which they are kept, each overwritten by
            the next one
        """
        sizes = part.shape[2::-1]
        space = np.empty(int(np.prod(sizes)) * LANES, self._dtype)
        for channels in lanes(part.shape[3]):
            numbers = space[: int(np.prod(sizes)) * (channels.stop - channels.start)]
            target = numbers.reshape(sizes + (-1,))
            memory_order.copy_samples(target, part[..., channels].transpose(2, 1, 0, 3))
            yield numbers


def lanes(channels: int) -> List[slice]:
    """
    :param channels: how many
    :return: list of slices of those that are read together
    """
    return [slice(first, min(first + LANES, channels)) for first in range(0, channels, LANES)]
