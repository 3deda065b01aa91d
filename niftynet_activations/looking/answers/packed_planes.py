# -*- coding: utf-8 -*-
"""
A map in a scratch file, from which planes of all channels are quick to read.

A *slab* here is some planes of constant z of one channel. Slabs are compressed with lz4: for a
scratch file of many gigabytes this takes less time than writing the saved bytes to a disk would.
"""

import os
from typing import IO, List

import numpy as np
from numcodecs import Blosc

from niftynet_activations.looking.answers.workers import in_workers
from niftynet_activations.looking.maps import ActivationMap
from niftynet_activations.store.lazy_arrays import LazyArray, Slices


class PackedPlanes(LazyArray):
    """The samples of a map, float32 (x, y, z, channel); several threads may read at a time."""

    def __init__(self, one: ActivationMap, scratch: IO[bytes], thickness: int) -> None:
        """
        :param one: the map, which is read once
        :param scratch: an empty file, open for reading and writing
        :param thickness: planes of a slab; a caller that reads as many planes at a time, starting
            at a multiple of this number, decompresses nothing twice
        """
        super().__init__(one.data.shape, np.float32)
        self._scratch, self._thickness = scratch, thickness
        self._codec = Blosc('lz4', clevel=1, shuffle=Blosc.SHUFFLE)
        # for each channel, where its slabs begin and end in bytes
        self._bounds: List[List[int]] = []
        written = 0
        for slabs in in_workers(self._pack, one.channel_volumes()):
            bounds = [written]
            for slab in slabs:
                written += scratch.write(slab)
                bounds.append(written)
            self._bounds.append(bounds)
        scratch.flush()

    def _pack(self, volume: np.ndarray) -> List[bytes]:
        planes = np.ascontiguousarray(volume.T, np.float32)  # (z, y, x), x fastest
        return [
            self._codec.encode(planes[first : first + self._thickness])
            for first in range(0, len(planes), self._thickness)
        ]

    def read(self, slices: Slices) -> np.ndarray:
        x, y, z, channels = (range(n)[each] for n, each in zip(self.shape, slices))
        made = np.empty((len(x), len(y), len(z), len(channels)), np.float32, order='F')
        for place, channel in enumerate(channels):
            for number in sorted({plane // self._thickness for plane in z}):
                slab, first = self._slab(channel, number), number * self._thickness
                here = [n for n, plane in enumerate(z) if plane // self._thickness == number]
                there = slice(z[here[0]] - first, z[here[-1]] - first + 1, z.step)
                made[:, :, here[0] : here[-1] + 1, place] = slab[slices[0], slices[1], there]
        return made

    def _slab(self, channel: int, number: int) -> np.ndarray:
        first, last = self._bounds[channel][number : number + 2]
        packed = os.pread(self._scratch.fileno(), last - first, first)
        width, height = self.shape[:2]
        planes = np.frombuffer(self._codec.decode(packed), np.float32)
        return planes.reshape((-1, height, width)).T
