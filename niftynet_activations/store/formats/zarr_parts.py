# -*- coding: utf-8 -*-
"""
Parts of a zarr map's columns, while they wait for the rest of their column.

They wait in memory while all of them together hold no more than a limit; further ones go into a
file for each column, one part behind the other. Nothing is reserved and nothing is written twice:
such a file ends where its last part does.
"""

import contextlib
import os
import threading
import typing

import numpy as np

from niftynet_activations.store import files

Place = typing.Tuple[int, ...]
Slices = typing.Tuple[slice, ...]


class _Stored(typing.NamedTuple):
    """
    A part in its column's file.

    first: number of samples before it.
    shape: (x, y, z, channel).
    """

    first: int
    shape: typing.Tuple[int, ...]


class WaitingParts:
    """
    The parts of all columns of one map. Several threads may use it, each column's ``taken`` one.

    :ivar held_bytes: of the parts that wait in memory
    """

    def __init__(self, dtype, limit_bytes, path_of):
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
        self._parts: typing.Dict[Place, typing.List[typing.Tuple[Slices, typing.Any]]] = {}
        self._in_files: typing.Dict[Place, int] = {}  # samples in each column's file

    def places(self):
        """
        :return: list of the columns that wait
        """
        with self._lock:
            return sorted(self._parts)

    def keep(self, place, there, part):
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
            if in_memory:
                self.held_bytes += size
            else:
                first = self._in_files.get(place, 0)
                self._in_files[place] = first + part.size
        kept = np.array(part, self._dtype) if in_memory else self._store(place, first, part)
        with self._lock:
            self._parts.setdefault(place, []).append((there, kept))

    @contextlib.contextmanager
    def taken(self, place):
        """
        Let a column go: in the body its parts can be read, and its file's name is free already.

        :param place: of a column that waits
        :return: list of (slices (x, y, z) of the part in the column, array (x, y, z, channel))
        """
        with self._lock:
            kept = self._parts.pop(place)
            in_file = self._in_files.pop(place, 0)
        numbers = None
        if in_file:
            path = self._path_of(place)
            numbers = np.memmap(path, self._dtype, 'r')
            files.remove(path)  # the mapping keeps the numbers
        parts = [(there, _opened(part, numbers)) for there, part in kept]
        yield parts
        with self._lock:
            all_bytes = sum(part.nbytes for _, part in parts)
            self.held_bytes -= all_bytes - in_file * self._dtype.itemsize

    def clear(self):
        """
        Forget all parts; their files are left to the caller.
        """
        with self._lock:
            self._parts.clear()
            self._in_files.clear()
            self.held_bytes = 0

    def _store(self, place, first, part):
        descriptor = os.open(self._path_of(place), os.O_RDWR | os.O_CREAT, 0o666)
        try:
            position = first
            for plane in part:
                plane = np.ascontiguousarray(plane, self._dtype)
                files.write_at(descriptor, position * self._dtype.itemsize, plane)
                position += plane.size
        finally:
            os.close(descriptor)
        return _Stored(first, part.shape)


def _opened(part, numbers):
    if isinstance(part, np.ndarray):
        return part
    return numbers[part.first : part.first + int(np.prod(part.shape))].reshape(part.shape)
