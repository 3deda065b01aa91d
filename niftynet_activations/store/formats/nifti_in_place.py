# -*- coding: utf-8 -*-
"""
Uncompressed NIfTI, written in place box by box.

Every sample has its place in the file from the start, so that nothing is kept and nothing is
read back. The whole file is reserved on the disk before the first box: a full disk shows there,
not in the middle of the run.
"""

import os
import threading

import numpy as np

from niftynet_activations.store import files, memory_order
from niftynet_activations.store.formats import nifti

SAMPLE = np.dtype('<f4')
# A file is mapped again after so many bytes, so that the resident size does not grow to the file's;
# mapping it for every box would cost more than writing, since each page has to be found again.
MAPPED_BYTES = 512 << 20


class InPlaceNifti:
    """
    Sink of one float32 map in format ``nii``. Boxes may come from several threads.
    """

    def __init__(self, spec, scratch):
        """
        :param spec: a MapSpec
        :param scratch: function from a name to the path of a new scratch file on the output's
            file system
        :raises OSError: the disk has no room for the map
        """
        self._spec = spec
        self._files = nifti.files_of(spec)
        self.shape = self._files[0].shape
        self._paths = []
        self._offset = 0
        self._volumes = [None] * len(self._files)
        self._written = 0  # bytes, through the mappings that there are
        self._lock = threading.Lock()
        try:
            for each in self._files:
                self._paths.append(scratch(each.name))
                self._reserve(self._paths[-1], each)
        except OSError:
            self.abandon()
            raise

    def write(self, corner, block):
        """
        Write a box.

        :param corner: voxel indices (x, y, z) of its first sample
        :param block: array (x, y, z, channel)
        """
        for position, each in enumerate(self._files):
            channels = slice(each.channels.start, each.channels.stop)
            memory_order.turn(self._box(position, corner, block.shape), block[..., channels])

    def fill_missing(self, corner, shape):
        """
        Write a box of missing samples.

        :param corner: voxel indices (x, y, z) of its first sample
        :param shape: its sizes (x, y, z)
        """
        for position in range(len(self._files)):
            self._box(position, corner, shape)[...] = np.nan

    def stop(self):
        """
        Nothing here takes long enough to be stopped.
        """

    def finish(self):
        """
        :return: list of (path of the complete scratch file, name that it is to get)
        """
        self._unmap()
        return [(path, each.name) for path, each in zip(self._paths, self._files)]

    def abandon(self):
        """
        Remove what was written; a second call does nothing.
        """
        self._unmap()
        for path in self._paths:
            files.remove(path)

    def _reserve(self, path, each):
        """
        :param path: the scratch file, created here with its header
        :param each: its NiftiFile
        :raises OSError: the disk has no room for it
        """
        spec = self._spec
        head = nifti.header_bytes(each.shape, SAMPLE, spec.place)
        self._offset = len(head)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o666)
        try:
            size = len(head) + int(np.prod(each.shape, dtype=np.int64)) * SAMPLE.itemsize
            # a hole in a mapped file would end the process when the disk is full
            files.reserve(descriptor, size)
            if spec.fill:
                files.fill_with_zeros(descriptor, size)
            files.write_at(descriptor, 0, head)
        finally:
            os.close(descriptor)

    def _box(self, position, corner, shape):
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
            if self._volumes[position] is None:
                self._volumes[position] = np.memmap(
                    self._paths[position],
                    SAMPLE,
                    'r+',
                    self._offset,
                    (channels,) + tuple(self._spec.shape_xyz[::-1]),
                )
            volume = self._volumes[position]
        x, y, z = (slice(low, low + size) for low, size in zip(corner, shape))
        return volume[:, z, y, x]

    def _unmap(self):
        with self._lock:
            self._volumes = [None] * len(self._files)
