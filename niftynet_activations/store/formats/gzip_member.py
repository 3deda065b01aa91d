# -*- coding: utf-8 -*-
"""
One gzip file made by several threads.

The *parts* of a file are compressed independently of each other, each into deflate blocks that
end on a byte, so that they can be put one after the other (as pigz does; RFC 1951, 3.2.4). The
result is an ordinary gzip file of a single *member* (RFC 1952): readers in browsers refuse what
comes after a first one.
"""

import itertools
import struct
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from typing import BinaryIO, Callable, Iterable, Tuple

from isal import isal_zlib

from niftynet_activations.hints import BytesLike

# On real maps ISA-L's level 1 is as fast as its level 0 and compresses as well as its levels 2
# and 3 and as zlib's level 1.
LEVEL = 1
HEADER = b'\x1f\x8b\x08\x00' + bytes(4) + b'\x04\xff'  # deflate; no name, no time; fast; any system
LAST_BLOCK = b'\x03\x00'  # an empty one that says that it is the last


def write_member(
    stream: BinaryIO, parts: Iterable[Callable[[], BytesLike]], threads: int = 1
) -> None:
    """
    Compress parts into a stream.

    :param stream: binary stream, written from where it is
    :param parts: iterable of functions without arguments that give a part as a C-contiguous
        buffer; they are called by the threads, in order, and at most two a thread are held
    :param threads: how many compress at a time
    """
    check, size = 0, 0
    stream.write(HEADER)
    parts = iter(parts)
    with ThreadPoolExecutor(threads) as pool:
        ahead = deque(pool.submit(_pack, part) for part in itertools.islice(parts, 2 * threads))
        try:
            while ahead:
                raw, packed = ahead.popleft().result()
                check = isal_zlib.crc32(raw, check)
                size += len(raw)
                stream.write(packed)
                ahead.extend(pool.submit(_pack, part) for part in itertools.islice(parts, 1))
        finally:
            for future in ahead:
                future.cancel()
    stream.write(LAST_BLOCK + struct.pack('<LL', check, size & 0xFFFFFFFF))


def _pack(part: Callable[[], BytesLike]) -> Tuple[memoryview, bytes]:
    """
    :param part: function that gives a buffer
    :return: (the buffer as bytes are counted, its deflate blocks)
    """
    raw = memoryview(part()).cast('B')
    packer = isal_zlib.compressobj(LEVEL, isal_zlib.DEFLATED, -15)
    return raw, packer.compress(raw) + packer.flush(isal_zlib.Z_SYNC_FLUSH)
