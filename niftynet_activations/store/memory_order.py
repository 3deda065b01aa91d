# -*- coding: utf-8 -*-
"""
Copying numbers from the network's order in memory to that of files.

A *block* is an array (x, y, z, channel) as the network gives it, channel fastest in memory. A
file has x fastest and channel slowest. A *piece* is some of a block's channels in the file's
order: a contiguous array (channel, z, y, x).
"""

from typing import Iterator, Optional, Tuple

import numpy as np

from niftynet_activations.hints import DTypeLike

PIECE_BYTES = 32 << 20
TILE_BYTES = 256 << 10  # a part of a block that fits into the processor's cache
LINE_CHANNELS = 16  # float32 numbers in a line of the processor's cache, 64 bytes
NARROW_BYTES = 128  # a sample's channels; up to here gathering costs more than it saves
SMALL_BYTES = 1 << 20  # a copy that the processor's cache holds together with most of its block


def pieces(
    block: np.ndarray, dtype: DTypeLike = np.float32, limit: int = PIECE_BYTES
) -> Iterator[Tuple[int, np.ndarray]]:
    """
    Turn a block into the order of files, some channels at a time.

    :param block: array (x, y, z, channel), any type of numbers
    :param dtype: type of the pieces
    :param limit: bytes of a piece; one channel may be more
    :return: iterator over (first channel, piece); a piece is overwritten by the next one
    """
    size_x, size_y, size_z, channels = block.shape
    one = size_x * size_y * size_z * np.dtype(dtype).itemsize
    # whole cache lines of channels, where they fit: each line of the block is then read once
    group = max(1, min(channels, limit // max(one, 1)))
    if group > LINE_CHANNELS:
        group -= group % LINE_CHANNELS
    space = np.empty((group, size_z, size_y, size_x), dtype)
    for first in range(0, channels, group):
        piece = space[: min(group, channels - first)]
        turn(piece, block[..., first : first + len(piece)])
        yield first, piece


def turn(target: np.ndarray, block: np.ndarray) -> None:
    """
    Copy a block into the order of files.

    :param target: array (channel, z, y, x), overwritten
    :param block: array (x, y, z, channel)
    """
    size_x, size_y, size_z, channels = block.shape
    # One call where that is as quick: threads hand the interpreter to each other at each call.
    if abs(block.strides[0]) < abs(block.strides[3]) or target.nbytes <= SMALL_BYTES:
        target[...] = block.transpose(3, 2, 1, 0)
        return
    # A large transposition at once misses the cache, and takes up to three times as long.
    if channels * block.itemsize <= NARROW_BYTES:
        for y in range(size_y):
            target[:, :, y] = block[:, y].transpose(2, 1, 0)
        return
    # Neighbours along x lie far apart in a block of many channels, and are gathered first.
    step = max(1, min(size_z, TILE_BYTES // max(1, size_x * channels * block.itemsize)))
    tile = np.empty((size_x, step, channels), block.dtype)
    for y in range(size_y):
        for z in range(0, size_z, step):
            gathered = tile[:, : size_z - z]
            gathered[...] = block[:, y, z : z + step]
            target[:, z : z + step, y] = gathered.transpose(2, 1, 0)


def finite_range(array: np.ndarray) -> Optional[Tuple[float, float]]:
    """
    Find the range of an array's finite values; quick where all are finite.

    :param array: array of floating-point numbers, not empty
    :return: (lowest, highest) finite value as floats; None where no value is finite
    """
    with np.errstate(invalid='ignore'):
        low, high = array.min(), array.max()
    if not (np.isfinite(low) and np.isfinite(high)):
        finite = array[np.isfinite(array)]
        if not finite.size:
            return None
        low, high = finite.min(), finite.max()
    return float(low), float(high)


def count_nan(array: np.ndarray) -> int:
    """
    Count NaN values; quick where there are none.

    :param array: array of floating-point numbers
    :return: how many are NaN
    """
    # a NaN survives the sum; so would infinities of both signs, which the count then sorts out
    with np.errstate(over='ignore', invalid='ignore'):
        suspicious = np.isnan(np.sum(array))
    return int(np.count_nonzero(np.isnan(array))) if suspicious else 0
