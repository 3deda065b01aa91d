# -*- coding: utf-8 -*-
"""
Uncompressed NIfTI, written in place box by box.

Every sample has its position in the file from the start, so that nothing waits in memory and
nothing is read back. The space of the whole file is reserved on the disk before the first box, so
that a full disk is found before the run and not in the middle of it.
"""

import os
import threading
from typing import Callable, List, Optional, Sequence

import numpy as np

from niftynet_activations.store import files, memory_order
from niftynet_activations.store.formats import nifti
from niftynet_activations.store.formats.contract import Corner, Made, Sink
from niftynet_activations.store.formats.nifti import NiftiFile
from niftynet_activations.store.spec import MapSpec, placed

SAMPLE = np.dtype('<f4')
# After so many bytes a file is mapped again, so that the process's resident memory does not grow to
# the size of the file. Mapping it for every box would cost more than writing.
MAPPED_BYTES = 512 << 20


class InPlaceNifti(Sink):
    """
    Sink of one float32 map in format ``nii``.
    """

    def __init__(
        self,
        spec: MapSpec,
        planned: Sequence[NiftiFile],
        scratch: Callable[[str], str],
        fill: bool = False,
    ) -> None:
        """
        :param spec: a MapSpec
        :param planned: the map's files
        :param scratch: function from a name to the path of a new scratch file on the output's
            file system
        :param fill: whether to fill the files with zeros before they are mapped
        :raises OSError: the disk has no room for the map
        """
        self._spec = spec
        self._fill = fill
        self._files = list(planned)
        self.shape = self._files[0].shape
        self._paths: List[str] = []
        self._offset = 0
        self._volumes: List[Optional[np.ndarray]] = [None] * len(self._files)
        self._written = 0  # bytes written since the files were mapped
        self._lock = threading.Lock()
        try:
            for each in self._files:
                self._paths.append(scratch(each.name))
                self._reserve(self._paths[-1], each)
        except OSError:
            self.abandon()
            raise

    def write(self, corner: Corner, block: np.ndarray) -> None:
        for position, each in enumerate(self._files):
            channels = slice(each.channels.start, each.channels.stop)
            memory_order.turn(self._box(position, corner, block.shape), block[..., channels])

    def fill_missing(self, corner: Corner, shape: Sequence[int]) -> None:
        for position in range(len(self._files)):
            self._box(position, corner, shape)[...] = np.nan

    def finish(self) -> Made:
        self._unmap()
        return [(path, each.name) for path, each in zip(self._paths, self._files)]

    def abandon(self) -> None:
        self._unmap()
        for path in self._paths:
            files.remove(path)

    def _reserve(self, path: str, each: NiftiFile) -> None:
        """
        :param path: the scratch file, created here with its header
        :param each: its NiftiFile
        :raises OSError: the disk has no room for it
        """
        head = nifti.header_bytes(each.shape, SAMPLE, placed(self._spec))
        self._offset = len(head)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o666)
        try:
            size = len(head) + int(np.prod(each.shape, dtype=np.int64)) * SAMPLE.itemsize
            # writing to a mapped file with holes ends the process (SIGBUS) when the disk is full
            files.reserve(descriptor, size)
            if self._fill:
                files.fill_with_zeros(descriptor, size)
            files.write_at(descriptor, 0, head)
        finally:
            os.close(descriptor)

    def _box(self, position: int, corner: Corner, shape: Sequence[int]) -> np.ndarray:
        """
        :param position: of the file
        :param corner: voxel indices (x, y, z) of the box's first sample
        :param shape: its sizes (x, y, z)
        :return: the box in the mapped file, array (channel, z, y, x)
        """
        channels = len(self._files[position].channels)
        with self._lock:
            self._written += int(np.prod(shape[:3], dtype=np.int64)) * channels * SAMPLE.itemsize
            if self._written > MAPPED_BYTES:
                self._volumes = [None] * len(self._files)
                self._written = 0
            volume = self._volumes[position]
            if volume is None:
                sizes = (channels,) + tuple(self._spec.shape_xyz[::-1])
                volume = np.memmap(self._paths[position], SAMPLE, 'r+', self._offset, sizes)
                self._volumes[position] = volume
        x, y, z = (slice(low, low + size) for low, size in zip(corner, shape))
        return volume[:, z, y, x]

    def _unmap(self) -> None:
        with self._lock:
            self._volumes = [None] * len(self._files)
