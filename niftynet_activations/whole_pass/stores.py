# -*- coding: utf-8 -*-
"""
Tensors that cross a cut, kept for the whole volume in memory or in a scratch file.

A scratch file has no name from the moment it is made, so that it disappears however the run ends.
It is memory-mapped anew for each access, so that what has been read or written does not count as
memory of the process.
"""

from typing import Optional, Sequence, Tuple, Union

import numpy as np

from niftynet_activations.hints import DTypeLike
from niftynet_activations.store.files import disk_errors, reserve, scratch_file

Box = Tuple[slice, ...]
ALIGNMENT = 64  # bytes; an array that begins on a multiple of it is fed without a copy


class MemoryStore(object):
    """
    Holds a tensor in memory.

    :param shape: of the tensor, for the whole volume
    :param dtype: of its numbers
    """

    def __init__(self, shape: Sequence[int], dtype: DTypeLike) -> None:
        self._values = np.empty(tuple(shape), dtype)

    @classmethod
    def of(cls, values: np.ndarray) -> 'MemoryStore':
        """
        :param values: an array that exists already; it is not changed
        :return: a store of this array
        """
        store = cls((0,) * values.ndim, values.dtype)
        store._values = values
        return store

    def read(self, box: Box) -> np.ndarray:
        """
        :param box: which part
        :return: a copy, aligned for TensorFlow
        """
        return aligned_copy(self._values[box])

    def write(self, box: Box, values: np.ndarray) -> None:
        """
        :param box: which part
        :param values: what goes there
        """
        self._values[box] = values

    def close(self) -> None:
        """Free the array."""
        self._values = np.empty(0)


class ScratchStore(object):
    """
    Holds a tensor in a file without a name.

    :param shape: of the tensor, for the whole volume
    :param dtype: of its numbers
    :param folder: for the file; None for the system's temporary folder
    :raises WriteError: if the disk has no room
    """

    def __init__(self, shape: Sequence[int], dtype: DTypeLike, folder: Optional[str]) -> None:
        self._shape, self._dtype = tuple(shape), np.dtype(dtype)
        size = int(np.prod(self._shape, dtype=np.int64)) * self._dtype.itemsize
        self._file = scratch_file(folder)
        with disk_errors('keeping what crosses from stage to stage'):
            try:
                # writing to a mapped file with holes ends the process (SIGBUS) when the disk is
                # full
                reserve(self._file.fileno(), size)
            except OSError:
                self._file.close()
                raise

    def _mapped(self) -> np.ndarray:
        return np.memmap(self._file, self._dtype, 'r+', shape=self._shape)

    def read(self, box: Box) -> np.ndarray:
        """
        :param box: which part
        :return: a copy, aligned for TensorFlow
        """
        return aligned_copy(self._mapped()[box])

    def write(self, box: Box, values: np.ndarray) -> None:
        """
        :param box: which part
        :param values: what goes there
        """
        self._mapped()[box] = values

    def close(self) -> None:
        """Close the file, which removes it; a second call does nothing."""
        self._file.close()


Store = Union[MemoryStore, ScratchStore]


def aligned_copy(values: np.ndarray) -> np.ndarray:
    """
    :param values: any
    :return: a copy that begins on a multiple of ``ALIGNMENT`` bytes
    """
    size = values.size * values.dtype.itemsize
    room = np.empty(size + ALIGNMENT, np.uint8)
    first = -room.ctypes.data % ALIGNMENT
    copy = room[first : first + size].view(values.dtype).reshape(values.shape)
    copy[...] = values
    return copy
