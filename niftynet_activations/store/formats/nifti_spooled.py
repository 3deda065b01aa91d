# -*- coding: utf-8 -*-
"""
NIfTI that can only be made when all samples are there: compressed, or of an integer type.

A deflate stream has to be written from its first byte to its last, and the scaling of an
integer type needs the range of all values. So boxes wait in a spool; at the end the map is read
back slab by slab, scaled, and compressed.
"""

import os
import threading
from functools import partial

import numpy as np

from niftynet_activations.errors import WriteError
from niftynet_activations.store import files
from niftynet_activations.store.formats import integers, nifti
from niftynet_activations.store.formats.gzip_member import write_member
from niftynet_activations.store.formats.spool import Spool

THREADS = min(4, os.cpu_count() or 1)


class SpooledNifti:
    """
    Sink of one map in format ``nii.gz``, or in ``int16`` or ``uint8``. Boxes may come from
    several threads.
    """

    def __init__(self, spec, scratch, spool_path):
        """
        :param spec: a MapSpec
        :param scratch: function from a name to the path of a new scratch file on the output's
            file system
        :param spool_path: path of the spool, on any file system
        """
        self._spec = spec
        self._scratch = scratch
        self.shape = nifti.files_of(spec)[0].shape
        self._spool = Spool(spool_path, spec.shape_xyz, len(spec.channels))
        self._made = []
        self._lock = threading.Lock()
        self._range = None
        self._stop = False
        self.scaling = None  # set by ``finish`` for integer types

    def write(self, corner, block):
        """
        Keep a box.

        :param corner: voxel indices (x, y, z) of its first sample
        :param block: array (x, y, z, channel)
        :raises WriteError: values that the integer type cannot hold
        """
        if self._spec.dtype in integers.CODES:
            low, high = integers.check_finite(block, self._spec.dtype, self._spec.name)
            with self._lock:
                if self._range is not None:
                    low, high = min(low, self._range[0]), max(high, self._range[1])
                self._range = low, high
        self._spool.append(corner, block)

    def fill_missing(self, corner, shape):
        """
        Note a box of missing samples.

        :param corner: voxel indices (x, y, z) of its first sample
        :param shape: its sizes (x, y, z)
        """
        self._spool.append_missing(corner, shape)

    def finish(self):
        """
        Make the files.

        :return: list of (path of the complete scratch file, name that it is to get)
        :raises WriteError: stopped meanwhile
        :raises OSError: the disk is full, or the like
        """
        if self._spec.dtype in integers.CODES:
            self.scaling = integers.scaling_for(*(self._range or (0.0, 0.0)), self._spec.dtype)
        for each in nifti.files_of(self._spec):
            path = self._scratch(each.name)
            self._made.append((path, each.name))
            self._encode(path, each)
        self._spool.remove()
        return list(self._made)

    def stop(self):
        """
        Let a ``finish`` that runs in another thread end at its next slab.
        """
        self._stop = True

    def abandon(self):
        """
        Remove what was written; only when no other call is under way.
        """
        self._spool.remove()
        for path, _ in self._made:
            files.remove(path)

    def _encode(self, path, each):
        """
        :param path: the file to write
        :param each: its NiftiFile
        """
        spec = self._spec
        scale = () if self.scaling is None else (self.scaling.slope, self.scaling.inter)
        head = nifti.header_bytes(each.shape, spec.dtype, spec.place, *scale)
        parts = [partial(self._stored, *slab) for slab in self._spool.slabs(each.channels)]
        parts.insert(0, lambda: head)
        with open(path, 'wb') as stream:
            if spec.format == 'nii.gz':
                write_member(stream, parts, THREADS)
            else:
                for part in parts:
                    stream.write(part())

    def _stored(self, channel, start_z, stop_z):
        """
        :param channel: position of a channel
        :param start_z: first z of a slab
        :param stop_z: one after its last z
        :return: the slab, array (z, y, x) of the stored type
        :raises WriteError: stopped meanwhile
        """
        if self._stop:
            raise WriteError('the map was given up')
        slab = self._spool.slab(channel, start_z, stop_z)
        if self.scaling is None:
            return slab
        codes = integers.encode(slab, self.scaling, self._spec.dtype)
        return codes.astype(np.dtype(self._spec.dtype).newbyteorder('<'), copy=False)
