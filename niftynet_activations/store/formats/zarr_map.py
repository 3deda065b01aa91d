# -*- coding: utf-8 -*-
"""
OME-Zarr 0.4 in Zarr format 2, written in place box by box.

A *chunk* is what zarr compresses as one; a *column* is the chunks of all channels at one place.
Windows do not end where chunks do, so columns fill up box by box. A column that a box fills
alone is written at once; *parts* of one wait until they fill it: in memory while those that wait
hold no more than a limit, else in the store itself, where the file of the
column's first chunk holds their plain numbers, one part behind the other, until they are
compressed. So memory does not grow with the channels, nothing is compressed twice, and the disk
needs no more room than the map without compression. A full column is compressed in the background,
for the window that filled it to be let go. Missing samples are NaN, the array's fill value.

A chunk holds one channel: programs show channel after channel, and some expect it. The range of
each channel's values is noted while its chunks are written, for programs that show the map.
"""

import json
import os
import threading
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Callable, Dict, List, Optional, Sequence

import numpy as np
from numcodecs import Blosc

from niftynet_activations.errors import WriteError
from niftynet_activations.store import array_memory, files, memory_order
from niftynet_activations.store.formats import ome
from niftynet_activations.store.formats.contract import Corner, Made, Sink
from niftynet_activations.store.formats.integers import Scaling
from niftynet_activations.store.formats.ome import Range
from niftynet_activations.store.formats.zarr_chunks import ChunkFiles
from niftynet_activations.store.formats.zarr_columns import chunk_shape, column_size, overlaps
from niftynet_activations.store.formats.zarr_parts import Place, Slices, WaitingParts
from niftynet_activations.store.formats.zarr_store import create_store, nifti_header
from niftynet_activations.store.naming import ARRAY
from niftynet_activations.store.spec import MapSpec

# how much of a column that came as a whole is brought into the file's order at a time
PIECE_BYTES = 16 << 20
LARGEST = float(np.finfo(np.float16).max)
COMPRESSORS = ThreadPoolExecutor(2)  # for all maps; its threads start when they are needed
BACKLOG = 16  # full columns of a map that wait to be compressed


class ZarrMap(Sink):
    """
    Sink of one map in format ``zarr``.
    """

    def __init__(
        self, spec: MapSpec, name: str, scratch: Callable[[str], str], cache_bytes: int
    ) -> None:
        """
        :param spec: a MapSpec of dtype float32 or float16
        :param name: name of the store
        :param scratch: function from a name to the path of a new scratch folder on the output's
            file system
        :param cache_bytes: limit for parts that wait in memory
        """
        self._spec = spec
        self.shape = (len(spec.channels),) + tuple(int(size) for size in spec.shape_xyz[::-1])
        self._largest = 0.0
        self._dtype = np.dtype(spec.dtype).newbyteorder('<')
        self._chunks = chunk_shape(self.shape, self._dtype.itemsize)
        self._name = name
        self._path = scratch(name)
        # lz4 takes a third of zstd's time on maps, and makes files an eighth to a third larger
        codec = Blosc('lz4', clevel=1, shuffle=Blosc.SHUFFLE)
        create_store(self._path, self.shape, self._chunks, self._dtype, codec, nifti_header(spec))
        self._chunk_files = ChunkFiles(
            os.path.join(self._path, ARRAY), self._chunks, self._dtype, codec
        )
        self._lock = threading.Lock()
        self._parts = WaitingParts(
            self._dtype, cache_bytes, lambda place: self._chunk_files.path_of((0,) + place)
        )
        self._ranges: List[Optional[Range]] = [None] * len(spec.channels)
        # place of a column -> samples per channel that have come
        self._counts: Dict[Place, int] = {}
        self._tasks: List['Future[None]'] = []  # columns that are compressed in the background
        self._room = threading.BoundedSemaphore(BACKLOG)
        self._stop = False

    def write(self, corner: Corner, block: np.ndarray) -> None:
        array_memory.reuse()
        self._check_tasks()
        self._check_range(block)
        for place, there, here in overlaps(self._chunks, corner, block.shape[:3]):
            if self._stop:
                raise WriteError('the map was given up')
            self._put(place, there, block[here])

    def fill_missing(self, corner: Corner, shape: Sequence[int]) -> None:
        with self._lock:
            for place, there, _ in overlaps(self._chunks, corner, shape):
                self._count(place, there)

    def stop(self) -> None:
        # work in other threads ends at its next column or chunk
        self._stop = True

    def finish(self) -> Made:
        self._wait()
        self._check_tasks()
        for place in self._parts.places():
            self._complete(place)
        self._wait()
        self._check_tasks()
        if self._spec.dtype == 'float16':
            bound = float(np.spacing(np.float16(self._largest))) / 2
            self.scaling = Scaling(1.0, 0.0, bound)
        with open(os.path.join(self._path, '.zattrs'), 'w', encoding='utf-8') as stream:
            json.dump(ome.attributes(self._spec, self._ranges), stream, indent=1)
        return [(self._path, self._name)]

    def abandon(self) -> None:
        self._stop = True
        self._wait()
        self._parts.clear()
        files.remove(self._path)

    def _put(self, place: Place, there: Slices, part: np.ndarray) -> None:
        """
        :param place: of the column, in chunks (z, y, x)
        :param there: slices (x, y, z) of the part in the column
        :param part: array (x, y, z, channel)
        """
        whole = part.shape[:3] == column_size(self.shape, self._chunks, place)
        if whole:
            self._store_whole(place, part)
        else:
            self._parts.keep(place, there, part)
        with self._lock:
            # counted behind the copy: who completes the count finds all parts there
            full = self._count(place, there)
        if full and not whole:
            self._complete(place)

    def _complete(self, place: Place) -> None:
        """
        Have a column written whose parts have come; waits while too many others do.

        :param place: of the column, in chunks (z, y, x)
        """
        self._room.acquire()
        with self._lock:
            self._tasks.append(COMPRESSORS.submit(self._store_parts, place))

    def _store_parts(self, place: Place) -> None:
        """
        Write all chunks at a place, one channel after the other.

        :param place: of a column whose parts have come, in chunks (z, y, x)
        """
        try:
            with self._parts.taken(place) as parts:
                # missing samples stay NaN, and so does the part of a chunk beyond the map
                chunk = np.full(self._chunks[1:], np.nan, self._dtype)
                inside = tuple(
                    slice(size) for size in column_size(self.shape, self._chunks, place)[::-1]
                )
                for channel in range(self.shape[0]):
                    for there, part in parts:
                        chunk[there] = part[channel]
                    self._write_chunk((channel,) + place, chunk, chunk[inside])
        finally:
            self._room.release()

    def _wait(self) -> None:
        """Wait for the columns that are compressed in the background, however that ends."""
        with self._lock:
            tasks = list(self._tasks)
        wait(tasks)

    def _check_tasks(self) -> None:
        """
        :raises OSError: a column could not be written
        """
        with self._lock:
            # an error is kept, and raised at every later call
            self._tasks = [each for each in self._tasks if not each.done() or each.exception()]
            ended = [each for each in self._tasks if each.done()]
        for task in ended:
            task.result()

    def _store_whole(self, place: Place, column: np.ndarray) -> None:
        """
        Write all chunks at a place, some channels at a time.

        :param place: of the column, in chunks (z, y, x)
        :param column: array (x, y, z, channel), all of its samples
        """
        for first, piece in memory_order.pieces(column, self._dtype, PIECE_BYTES):
            for channel, chunk in enumerate(piece, first):
                self._write_chunk((channel,) + place, chunk, chunk)

    def _write_chunk(self, index: Place, chunk: np.ndarray, samples: np.ndarray) -> None:
        """
        :param index: of the chunk, in chunks (channel, z, y, x)
        :param chunk: array (z, y, x), less than a chunk at the upper ends of the map
        :param samples: those of them that lie in the map
        :raises WriteError: the map was given up
        """
        if self._stop:
            raise WriteError('the map was given up')
        self._note_range(index[0], samples)
        self._chunk_files.write(index, chunk[np.newaxis])

    def _note_range(self, channel: int, chunk: np.ndarray) -> None:
        """
        :param channel: its position
        :param chunk: array of some of its samples
        """
        found = memory_order.finite_range(chunk)
        if found is not None:
            with self._lock:
                low, high = self._ranges[channel] or found
                self._ranges[channel] = min(low, found[0]), max(high, found[1])

    def _count(self, place: Place, there: Slices) -> bool:
        """
        Note that samples have come; a column that missing ones complete is left to ``finish``.

        :param place: of the column, in chunks (z, y, x)
        :param there: slices (x, y, z) of the samples in the column
        :return: True if the column is full
        """
        added = int(np.prod([each.stop - each.start for each in there]))
        self._counts[place] = self._counts.get(place, 0) + added
        return self._counts[place] == int(np.prod(column_size(self.shape, self._chunks, place)))

    def _check_range(self, block: np.ndarray) -> None:
        """
        :param block: array of numbers
        :raises WriteError: finite values that the type would turn into infinite ones
        """
        if self._spec.dtype != 'float16':
            return
        finite = block[np.isfinite(block)]
        largest = float(np.abs(finite).max()) if finite.size else 0.0
        if largest > LARGEST:
            raise WriteError(
                '{} gave the value {:g}, and float16 ends at {:g}: use activation_dtype '
                'float32'.format(self._spec.name, largest, LARGEST)
            )
        with self._lock:
            self._largest = max(self._largest, largest)
