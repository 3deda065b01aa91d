# -*- coding: utf-8 -*-
"""
The files of an array's chunks, as Zarr format 2 has them.
"""

import contextlib
import os
from typing import Sequence, Set

import numpy as np

from niftynet_activations.hints import Codec, DTypeLike
from niftynet_activations.store import files, flushing
from niftynet_activations.store.formats.zarr_parts import Place


class ChunkFiles(object):
    """
    Writes chunks; several threads may use it.

    Not zarr itself does this: its version 3 goes on writing other chunks in the background after
    one has failed, so that nothing could be removed then.
    """

    def __init__(self, path: str, chunks: Sequence[int], dtype: DTypeLike, codec: Codec) -> None:
        """
        :param path: folder of the array
        :param chunks: sizes of a chunk
        :param dtype: type of its numbers
        :param codec: their compressor, of numcodecs
        """
        self._path = path
        self._shape = tuple(chunks)
        self._dtype = dtype
        self._codec = codec
        os.makedirs(path, exist_ok=True)
        # folders that exist: a look at the disk each time would take as long as writing
        self._folders: Set[str] = {path}

    def path_of(self, index: Place) -> str:
        """
        :param index: of a chunk, in chunks
        :return: path of its file, in a folder that is there
        """
        folder = '/'.join([self._path] + [str(position) for position in index[:-1]])
        if folder not in self._folders:
            self._make(folder)
        return '{}/{}'.format(folder, index[-1])

    def _make(self, folder: str) -> None:
        """
        Make a folder, and those above it that are not there; ``os.makedirs`` looks at each of them
        first, and takes three times as long.
        """
        above = os.path.dirname(folder)
        if above not in self._folders:
            self._make(above)
        with contextlib.suppress(FileExistsError):
            os.mkdir(folder)
        self._folders.add(folder)

    def write(self, index: Place, chunk: np.ndarray) -> None:
        """
        :param index: in chunks
        :param chunk: array of its numbers, less than a chunk at the upper ends of the array, where
            the rest is NaN
        :raises OSError: the disk is full, or the like
        """
        if chunk.shape != self._shape:
            whole = np.full(self._shape, np.nan, self._dtype)
            whole[tuple(slice(size) for size in chunk.shape)] = chunk
            chunk = whole
        compressed = self._codec.encode(np.ascontiguousarray(chunk))
        path = self.path_of(index)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o666)
        try:
            files.write_at(descriptor, 0, compressed)
            flushing.begin(descriptor)
        finally:
            os.close(descriptor)
