# -*- coding: utf-8 -*-
"""
Uncompressed NIfTI, written in place box by box.

Every sample has its place in the file from the start, so that nothing is kept and nothing is
read back. The whole file is reserved on the disk before the first box: a full disk shows there,
not in the middle of the run.
"""

import os

import numpy as np

from niftynet_activations.output import files, nifti, order

SAMPLE = np.dtype('<f4')


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
        for first, piece in order.pieces(block, SAMPLE):
            self._store(corner, first, piece)

    def fill_missing(self, corner, shape):
        """
        Write a box of missing samples.

        :param corner: voxel indices (x, y, z) of its first sample
        :param shape: its sizes (x, y, z)
        """
        nan = np.broadcast_to(SAMPLE.type(np.nan), (len(self._spec.channels),) + tuple(shape[::-1]))
        self._store(corner, 0, nan)

    def stop(self):
        """
        Nothing here takes long enough to be stopped.
        """

    def finish(self):
        """
        :return: list of (path of the complete scratch file, name that it is to get)
        """
        return [(path, each.name) for path, each in zip(self._paths, self._files)]

    def abandon(self):
        """
        Remove what was written; a second call does nothing.
        """
        for path in self._paths:
            files.remove(path)

    def _reserve(self, path, each):
        """
        :param path: the scratch file, created here with its header
        :param each: its NiftiFile
        :raises OSError: the disk has no room for it
        """
        spec = self._spec
        head = nifti.header_bytes(each.shape, SAMPLE, spec.affine, spec.space_code)
        self._offset = len(head)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o666)
        try:
            size = len(head) + int(np.prod(each.shape, dtype=np.int64)) * SAMPLE.itemsize
            # a hole in a mapped file would end the process when the disk is full
            files.reserve(descriptor, size)
            files.write_at(descriptor, 0, head)
        finally:
            os.close(descriptor)

    def _store(self, corner, first, piece):
        """
        :param corner: voxel indices (x, y, z) of the piece's first sample
        :param first: position of its first channel
        :param piece: array (channel, z, y, x)
        """
        x, y, z = corner
        _, size_z, size_y, size_x = piece.shape
        for path, each in zip(self._paths, self._files):
            low = max(first, each.channels.start)
            high = min(first + len(piece), each.channels.stop)
            if low >= high:
                continue
            # mapped anew for every piece, so that the resident size does not grow to the file's
            volume = np.memmap(
                path,
                SAMPLE,
                'r+',
                self._offset,
                (len(each.channels),) + tuple(self._spec.shape_xyz[::-1]),
            )
            here = slice(low - each.channels.start, high - each.channels.start)
            volume[here, z : z + size_z, y : y + size_y, x : x + size_x] = piece[
                low - first : high - first
            ]
