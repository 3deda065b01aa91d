# -*- coding: utf-8 -*-
"""
How the chunks of a zarr map lie in it.

A *column* is the chunks of all channels at one place; the place is counted in chunks, (z, y, x).
"""

import itertools
from typing import Iterator, Sequence, Tuple

import numpy as np

from niftynet_activations.store.formats.contract import Corner
from niftynet_activations.store.formats.zarr_parts import Place, Slices

# Sizes (z, y, x) of chunks that are tried, in voxels. With the first, a chunk of float32 has up to
# one MiB. Smaller chunks mean more files, and making a file takes longer than compressing its
# content. NiftyNet's windows go along z first, then x, then y: thin along y, a column is full the
# sooner, so that less waits to be written, and long along z, it needs fewer folders.
EDGES = (
    (128, 32, 64),
    (96, 24, 48),
    (64, 16, 32),
    (48, 12, 24),
    (32, 8, 16),
    (24, 6, 12),
    (16, 4, 8),
    (8, 2, 4),
)
COLUMN_BYTES = 512 << 20  # largest column; with many channels chunks get smaller for it


def chunk_shape(shape: Sequence[int], item_bytes: int) -> Tuple[int, ...]:
    """
    Choose the chunks.

    :param shape: (channel, z, y, x)
    :param item_bytes: bytes of a number
    :return: sizes (channel, z, y, x) of a chunk
    """
    sizes = shape[1:]
    for edges in EDGES:
        # of equal size: a chunk that reaches beyond the map is filled up and written as a whole
        chunks = tuple(-(-size // -(-size // edge)) for size, edge in zip(sizes, edges))
        if shape[0] * int(np.prod(chunks)) * item_bytes <= COLUMN_BYTES:
            break
    return (1,) + chunks


def column_size(shape: Sequence[int], chunks: Sequence[int], place: Place) -> Tuple[int, ...]:
    """
    :param shape: of the map, (channel, z, y, x)
    :param chunks: likewise, of a chunk
    :param place: of a column
    :return: its sizes (x, y, z), less at the upper ends of the map
    """
    sizes = [
        min(edge, size - index * edge) for index, edge, size in zip(place, chunks[1:], shape[1:])
    ]
    return tuple(sizes[::-1])


def overlaps(
    chunks: Sequence[int], corner: Corner, shape: Sequence[int]
) -> Iterator[Tuple[Place, Slices, Slices]]:
    """
    Cut a box where chunks end.

    :param chunks: sizes (channel, z, y, x) of a chunk
    :param corner: voxel indices (x, y, z) of the box's first sample
    :param shape: its sizes (x, y, z)
    :return: iterator over (place of a column, slices (x, y, z) in the column, slices (x, y, z) in
        the box)
    """
    axes = []
    for start, size, edge in zip(corner[::-1], shape[::-1], chunks[1:]):
        cuts = []
        for index in range(start // edge, -(-(start + size) // edge)):
            low, high = max(start, index * edge), min(start + size, (index + 1) * edge)
            there = slice(low - index * edge, high - index * edge)
            cuts.append((index, there, slice(low - start, high - start)))
        axes.append(cuts)
    for parts in itertools.product(*axes):
        place, there, here = zip(*parts)
        yield place, there[::-1], here[::-1]
