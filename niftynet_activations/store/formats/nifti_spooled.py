# -*- coding: utf-8 -*-
"""
NIfTI that can only be made when all samples are there: compressed, or of an integer type.

A compressed (deflate) stream has to be written from its first byte to its last, and the scaling of
an integer type needs the range of all values. So the boxes of a map wait in a scratch file (the
spool); at the end the map is read back slab by slab, scaled, and compressed.
"""

import os
import threading
from functools import partial
from typing import Callable, List, Optional, Sequence, Tuple

import numpy as np

from niftynet_activations.errors import WriteError
from niftynet_activations.hints import BytesLike
from niftynet_activations.store import files
from niftynet_activations.store.formats import integers, nifti
from niftynet_activations.store.formats.contract import Corner, Made, Sink
from niftynet_activations.store.formats.gzip_member import write_member
from niftynet_activations.store.formats.nifti import NiftiFile
from niftynet_activations.store.formats.spool import Spool, slab_ranges
from niftynet_activations.store.spec import MapSpec, placed

THREADS = min(4, os.cpu_count() or 1)


def part_sizes(head: int, shape: Sequence[int], item: int) -> List[int]:
    """
    Sizes of the parts by which a compressed file was written, to find them again.

    :param head: bytes of the header, in front of the samples
    :param shape: of the file: (x, y, z), (x, y, z, channel) or (x, y, z, 1, channel)
    :param item: bytes of a sample
    :return: bytes of each part before compression: the header, then the slabs of each channel
    """
    plane = int(shape[0]) * int(shape[1]) * item
    slabs = [(stop - start) * plane for start, stop in slab_ranges(shape[:3])]
    channels = int(np.prod(shape[3:], dtype=np.int64))
    return [head] + slabs * channels


class SpooledNifti(Sink):
    """
    Sink of one map that is compressed, or in ``int16`` or ``uint8``.
    """

    def __init__(
        self,
        spec: MapSpec,
        planned: Sequence[NiftiFile],
        scratch: Callable[[str], str],
        spool_path: str,
        compressed: bool = True,
    ) -> None:
        """
        :param spec: a MapSpec
        :param planned: the map's files
        :param scratch: function from a name to the path of a new scratch file on the output's
            file system
        :param spool_path: path of the spool, on any file system
        :param compressed: whether to compress the files with gzip
        """
        self._spec = spec
        self._scratch = scratch
        self._files, self._compressed = list(planned), compressed
        self.shape = self._files[0].shape
        self._spool = Spool(spool_path, spec.shape_xyz, len(spec.channels))
        self._made: Made = []
        self._lock = threading.Lock()
        self._range: Optional[Tuple[float, float]] = None
        self._stop = False

    def write(self, corner: Corner, block: np.ndarray) -> None:
        self._note_range(block)
        self._spool.append(corner, block)

    def write_kept(self, corner: Corner, block: np.ndarray, kept: np.ndarray) -> None:
        self._note_range(block[kept])
        self._spool.append(corner, np.where(kept[..., np.newaxis], block, np.float32(np.nan)))

    def _note_range(self, values: np.ndarray) -> None:
        if self._spec.dtype not in integers.CODES or not values.size:
            return
        low, high = integers.check_finite(values, self._spec.dtype, self._spec.name)
        with self._lock:
            if self._range is not None:
                low, high = min(low, self._range[0]), max(high, self._range[1])
            self._range = low, high

    def fill_missing(self, corner: Corner, shape: Sequence[int]) -> None:
        self._spool.append_missing(corner, shape)

    def finish(self) -> Made:
        if self._spec.dtype in integers.CODES:
            low, high = self._range or (0.0, 0.0)
            self.scaling = integers.scaling_for(low, high, self._spec.dtype)
        for each in self._files:
            path = self._scratch(each.name)
            self._made.append((path, each.name))
            self._encode(path, each)
        self._spool.remove()
        return list(self._made)

    def stop(self) -> None:
        # a ``finish`` that runs in another thread ends at its next slab
        self._stop = True

    def abandon(self) -> None:
        self._spool.remove()
        for path, _ in self._made:
            files.remove(path)

    def _encode(self, path: str, each: NiftiFile) -> None:
        """
        :param path: the file to write
        :param each: its NiftiFile
        """
        slope, inter = (self.scaling or (1.0, 0.0))[:2]
        head = nifti.header_bytes(each.shape, self._spec.dtype, placed(self._spec), slope, inter)
        parts: List[Callable[[], BytesLike]] = [lambda: head]
        parts += [partial(self._stored, *slab) for slab in self._spool.slabs(each.channels)]
        with open(path, 'wb') as stream:
            if self._compressed:
                write_member(stream, parts, THREADS)
            else:
                for part in parts:
                    stream.write(part())

    def _stored(self, channel: int, start_z: int, stop_z: int) -> np.ndarray:
        """
        :param channel: position of a channel
        :param start_z: first z of a slab
        :param stop_z: one after its last z
        :return: the slab, array (z, y, x) of the stored type
        :raises WriteError: ``stop`` was called
        """
        if self._stop:
            raise WriteError('the map was given up')
        slab = self._spool.slab(channel, start_z, stop_z)
        if self.scaling is None:
            return slab
        codes = integers.encode(slab, self.scaling, self._spec.dtype)
        return codes.astype(np.dtype(self._spec.dtype).newbyteorder('<'), copy=False)
