# -*- coding: utf-8 -*-
"""
From the network's order of numbers to the files'.

A *block* is an array (x, y, z, channel) as the network gives it, channel fastest in memory. A
file has x fastest and channel slowest. A *piece* is some of a block's channels in the file's
order: a contiguous array (channel, z, y, x).
"""

import numpy as np

PIECE_BYTES = 32 << 20


def pieces(block, dtype=np.float32, limit=PIECE_BYTES):
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
    if group > 16:
        group -= group % 16
    space = np.empty((group, size_z, size_y, size_x), dtype)
    for first in range(0, channels, group):
        piece = space[: min(group, channels - first)]
        turn(piece, block[..., first : first + len(piece)])
        yield first, piece


def turn(target, block):
    """
    Copy a block into the order of files.

    :param target: array (channel, z, y, x), overwritten
    :param block: array (x, y, z, channel)
    """
    turned = block.transpose(3, 2, 1, 0)
    # line by line, because the whole transposition at once misses the cache (a quarter of the
    # speed)
    for line in range(target.shape[2]):
        target[:, :, line] = turned[:, :, line]


def count_nan(array):
    """
    Count NaN values; quick where there are none.

    :param array: array of floating-point numbers
    :return: how many are NaN
    """
    # a NaN survives the sum; so would infinities of both signs, which the count then sorts out
    with np.errstate(over='ignore', invalid='ignore'):
        suspicious = np.isnan(np.sum(array))
    return int(np.count_nonzero(np.isnan(array))) if suspicious else 0
