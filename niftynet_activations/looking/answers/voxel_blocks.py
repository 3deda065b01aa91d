# -*- coding: utf-8 -*-
"""
A map as rows of samples with all their channels, one block at a time.

Files hold one channel after the other; principal components, covariances and similarities need
all channels of a sample at once. A *block* is an array (samples, channels) of some z planes of the
map. A compressed file can only be read from its beginning, and a chunk of a zarr store only as a
whole, so that taking planes of every channel would decompress the map many times. Such a map is
copied into a scratch file first, once.
"""

import contextlib
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import IO, Iterator, List, Optional, Sequence

import numpy as np

from niftynet_activations.looking.answers.packed_planes import PackedPlanes
from niftynet_activations.looking.maps import ActivationMap
from niftynet_activations.store.files import scratch_file
from niftynet_activations.store.folder import scratch_folder
from niftynet_activations.store.lazy_arrays import LazyArray

BLOCK_BYTES = 32 << 20
PIECE_ROWS = 4096  # rows that are converted at a time: they fit a processor's cache
PACKED = ('.gz', '.zarr')


def blocks_of(one: ActivationMap, block_bytes: int = BLOCK_BYTES) -> Iterator[np.ndarray]:
    """
    Go through a map once, planes of constant z one after the other.

    :param one: the map, axes (x, y, z, channel)
    :param block_bytes: about how large a block may be, in bytes; at least one plane is given
    :return: arrays (samples, channels) float32, samples in the order x fastest, then y, then z;
        missing samples NaN
    """
    width, height, depth, channels = one.data.shape
    step = max(1, block_bytes // (4 * width * height * channels))
    with planes_of([one], step) as (data,):
        for first in range(0, depth, step):
            part = np.asarray(data[:, :, first : first + step, :], dtype=np.float32)
            yield part.reshape(-1, channels, order='F')


@contextlib.contextmanager
def planes_of(maps: Sequence[ActivationMap], step: int) -> Iterator[List[LazyArray]]:
    """
    Make planes of maps quick to read.

    :param maps: one or several, which are decompressed in parallel
    :param step: how many planes the caller will read at a time
    :return: an array (x, y, z, channel) of each map. For a compressed map it is a copy in a scratch
        file, in the folder that NIFTYNET_ACTIVATIONS_SCRATCH names or the system's folder for
        temporary files, removed at the end
    """
    with contextlib.ExitStack() as stack:
        files: List[Optional[IO[bytes]]] = []
        for one in maps:
            scratch = None
            if one.files[0].endswith(PACKED):
                scratch = stack.enter_context(scratch_file(scratch_folder()))
            files.append(scratch)
        with ThreadPoolExecutor(len(maps)) as pool:
            yield list(pool.map(partial(_unpacked, step), maps, files))


def _unpacked(step: int, one: ActivationMap, scratch: Optional[IO[bytes]]) -> LazyArray:
    return one.data if scratch is None else PackedPlanes(one, scratch, step)


def complete_rows(block: np.ndarray) -> np.ndarray:
    """
    :param block: array (samples, channels)
    :return: the rows of which no channel is missing, (fewer samples, channels) float64
    """
    pieces = [
        _complete(np.array(block[first : first + PIECE_ROWS], np.float64, order='C'))
        for first in range(0, len(block), PIECE_ROWS)
    ]
    return np.concatenate(pieces) if pieces else np.zeros(block.shape)


def _complete(rows: np.ndarray) -> np.ndarray:
    # a sum of float32 numbers cannot overflow float64: it is finite unless a number is not
    return rows if np.isfinite(rows.sum()) else rows[np.isfinite(rows).all(axis=1)]


def channel_columns(one: ActivationMap) -> List[str]:
    """
    :param one: a map
    :return: names of table columns for its channels, ``layer|channel`` with the network's number
    """
    return ['{}|{}'.format(one.layer, number) for number in one.channels]
