# -*- coding: utf-8 -*-
"""
A map as rows of samples with all their channels, a part at a time.

Files hold one channel after the other; principal components, covariances and similarities need
all channels of a sample at once. A *block* is an array (samples, channels) of some planes of the
map. A compressed file can only be read from its beginning, so that taking planes of every channel
would decompress it once for each of them: it is unpacked into a scratch file first, once.
"""

import contextlib
import tempfile
from concurrent.futures import ThreadPoolExecutor
from typing import Iterator, List, Union

import numpy as np

from niftynet_activations.looking.maps import ActivationMap
from niftynet_activations.store.folder import scratch_folder
from niftynet_activations.store.lazy_arrays import LazyArray

BLOCK_BYTES = 32 << 20


def blocks_of(one: ActivationMap, block_bytes: int = BLOCK_BYTES) -> Iterator[np.ndarray]:
    """
    Go through a map once, planes of constant z one after the other.

    :param one: the map, axes (x, y, z, channel)
    :param block_bytes: about how large a block may be, in bytes; at least one plane is given
    :return: arrays (samples, channels) float32, samples in the order x fastest, then y, then z;
        missing samples NaN
    """
    with planes_of(one) as data:
        width, height, depth, channels = data.shape
        step = max(1, block_bytes // (4 * width * height * channels))
        for first in range(0, depth, step):
            part = np.asarray(data[:, :, first : first + step, :], dtype=np.float32)
            yield part.reshape(-1, channels, order='F')


@contextlib.contextmanager
def planes_of(one: ActivationMap) -> Iterator[Union[LazyArray, np.ndarray]]:
    """
    Make planes of a map quick to read.

    :param one: the map
    :return: an array-like (x, y, z, channel); of a compressed map a copy in a scratch file, in
        the folder that NIFTYNET_ACTIVATIONS_SCRATCH names or the system's, removed at the end
    """
    if not one.files[0].endswith('.gz'):
        yield one.data
        return
    with tempfile.TemporaryFile(prefix='activations-', dir=scratch_folder()) as scratch:
        shape = one.data.shape
        for volume in one.channel_volumes():
            scratch.write(np.asarray(volume, np.float32).tobytes(order='F'))
        scratch.flush()
        mapped = np.memmap(scratch, np.float32, 'r', shape=shape, order='F')
        yield mapped
        del mapped


def read_ahead(arrays: Iterator[np.ndarray]) -> Iterator[np.ndarray]:
    """
    Read the next array while the last one is worked on: decompression and statistics take about as
    long, and both leave Python's lock.

    :param arrays: come from the disk
    :return: the same; two of them are in memory at a time
    """
    with ThreadPoolExecutor(1) as reader:
        coming = reader.submit(next, arrays, None)
        while True:
            array = coming.result()
            if array is None:
                return
            coming = reader.submit(next, arrays, None)
            yield array


def complete_rows(block: np.ndarray) -> np.ndarray:
    """
    :param block: array (samples, channels)
    :return: those rows of which no channel is missing, (fewer samples, channels) float64
    """
    return block[np.isfinite(block).all(axis=1)].astype(np.float64)


def channel_columns(one: ActivationMap) -> List[str]:
    """
    :param one: a map
    :return: its channels as columns are named, ``layer|channel`` with the network's number
    """
    return ['{}|{}'.format(one.layer, number) for number in one.channels]
