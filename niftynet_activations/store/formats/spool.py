# -*- coding: utf-8 -*-
"""
The spool: a scratch file that keeps the boxes of a map until the map is complete.

A *box* is a block (x, y, z, channel) with its position in the map. Boxes are appended as they come,
in long writes, each in the order of files (channel, z, y, x). A *slab* is one channel's samples
between two z, put together from all boxes that reach into it, so that a map of any size is read
back in file order with the memory of one slab.
"""

import os
import threading
from typing import Iterable, Iterator, List, Optional, Sequence, Tuple

import numpy as np

from niftynet_activations.store import files, memory_order

SAMPLE = np.dtype('<f4')
SLAB_BYTES = 8 << 20
Sizes = Tuple[int, ...]


def slab_ranges(shape_xyz: Sequence[int], limit: int = SLAB_BYTES) -> List[Tuple[int, int]]:
    """
    :param shape_xyz: lengths of a channel
    :param limit: bytes of a slab; one plane may be more
    :return: the first z and one after the last z of each slab of a channel
    """
    size_x, size_y, size_z = shape_xyz
    step = max(1, limit // (size_x * size_y * SAMPLE.itemsize))
    return [(start, min(start + step, size_z)) for start in range(0, size_z, step)]


class Spool:
    """
    The scratch file of one map. ``append`` may be called from several threads.
    """

    def __init__(self, path: str, shape_xyz: Sequence[int], channels: int) -> None:
        """
        :param path: the scratch file, created here
        :param shape_xyz: the map's sizes in voxels
        :param channels: how many channels every box has
        """
        self.path = path
        self.shape_xyz = tuple(shape_xyz)
        self.channels = channels
        # corner, shape, and offset in bytes, None where all is missing
        self._boxes: List[Tuple[Sizes, Sizes, Optional[int]]] = []
        self._end = 0
        self._lock = threading.Lock()
        self._descriptor: Optional[int] = os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o666)

    def append(self, corner: Sequence[int], block: np.ndarray) -> None:
        """
        Keep a box.

        :param corner: voxel indices (x, y, z) of its first sample
        :param block: array (x, y, z, channel)
        :raises OSError: the scratch disk is full, or the like
        """
        shape = block.shape[:3]
        size = int(np.prod(shape)) * SAMPLE.itemsize
        with self._lock:
            offset = self._end
            self._end += size * self.channels
        for first, piece in memory_order.pieces(block, SAMPLE):
            files.write_at(self._opened(), offset + first * size, piece)
        with self._lock:
            self._boxes.append((tuple(corner), shape, offset))

    def append_missing(self, corner: Sequence[int], shape: Sequence[int]) -> None:
        """
        Keep a box of missing samples; costs no disk.

        :param corner: voxel indices (x, y, z) of its first sample
        :param shape: its sizes (x, y, z)
        """
        with self._lock:
            self._boxes.append((tuple(corner), tuple(shape), None))

    def slab(self, channel: int, start_z: int, stop_z: int) -> np.ndarray:
        """
        Read a part of a channel back.

        :param channel: position of the channel in the boxes
        :param start_z: first z
        :param stop_z: one after the last z
        :return: array (z, y, x) of float32; NaN where samples are missing
        :raises OSError: the scratch file cannot be read
        """
        size_x, size_y, _ = self.shape_xyz
        slab = np.full((stop_z - start_z, size_y, size_x), np.nan, SAMPLE)
        for (x, y, z), shape, offset in self._boxes:
            low, high = max(z, start_z), min(z + shape[2], stop_z)
            if low >= high or offset is None:
                continue
            plane = shape[0] * shape[1]
            skipped = channel * plane * shape[2] + (low - z) * plane
            part = self._read(offset + skipped * SAMPLE.itemsize, (high - low) * plane)
            slab[low - start_z : high - start_z, y : y + shape[1], x : x + shape[0]] = part.reshape(
                high - low, shape[1], shape[0]
            )
        return slab

    def slabs(
        self, channels: Iterable[int], limit: int = SLAB_BYTES
    ) -> Iterator[Tuple[int, int, int]]:
        """
        Cut channels into slabs, in file order.

        :param channels: positions of the channels
        :param limit: bytes of a slab; one plane may be more
        :return: iterator over the arguments of ``slab``
        """
        for channel in channels:
            for start, stop in slab_ranges(self.shape_xyz, limit):
                yield channel, start, stop

    def remove(self) -> None:
        """
        Close and remove the scratch file; a second call does nothing.
        """
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
            files.remove(self.path)

    def _opened(self) -> int:
        if self._descriptor is None:
            raise OSError('the scratch file {} has been removed'.format(self.path))
        return self._descriptor

    def _read(self, offset: int, count: int) -> np.ndarray:
        """
        :param offset: position in bytes
        :param count: number of samples
        :return: array of that many samples
        :raises OSError: the file ends before
        """
        wanted = count * SAMPLE.itemsize
        data = os.pread(self._opened(), wanted, offset)
        while len(data) < wanted:
            more = os.pread(self._opened(), wanted - len(data), offset + len(data))
            if not more:
                raise OSError('the scratch file {} was cut short'.format(self.path))
            data += more
        return np.frombuffer(data, SAMPLE)
