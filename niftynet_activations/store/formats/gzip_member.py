# -*- coding: utf-8 -*-
"""
Writing one gzip file with several threads, and finding its parts again.

The *parts* of a file are compressed independently of each other, each into deflate blocks that
end on a byte, so that they can be put one after the other (as pigz does; RFC 1951, 3.2.4). The
result is an ordinary gzip file of a single *member* (RFC 1952), since readers in browsers refuse
files of several members.
"""

import itertools
import mmap
import os
import re
import struct
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from typing import BinaryIO, Callable, Iterable, List, Optional, Sequence, Tuple

from isal import isal_zlib
from isal.igzip_lib import IsalError

from niftynet_activations.hints import BytesLike

# On real maps ISA-L's level 1 is as fast as its level 0 and compresses as well as its levels 2
# and 3 and as zlib's level 1.
LEVEL = 1
HEADER = b'\x1f\x8b\x08\x00' + bytes(4) + b'\x04\xff'  # deflate, no name, no time, fastest level
LAST_BLOCK = b'\x03\x00'  # an empty deflate block that is marked as the last
PART_END = b'\x00\x00\xff\xff'  # last bytes of the empty block that ends a part on a byte
TAIL = struct.Struct('<LL')  # CRC-32 and size of the uncompressed bytes
LOOK = 4096  # bytes that are tried, to tell a part's beginning from PART_END inside a part
TRIED = 8  # parts that are decompressed before a file is believed to be made of them


def write_member(
    stream: BinaryIO, parts: Iterable[Callable[[], BytesLike]], threads: int = 1
) -> None:
    """
    Compress parts into a stream.

    :param stream: binary stream, written from where it is
    :param parts: iterable of functions without arguments that give a part as a C-contiguous
        buffer; they are called by the threads, in order, and at most two buffers for each thread
        are in memory
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
    stream.write(LAST_BLOCK + TAIL.pack(check, size & 0xFFFFFFFF))


def part_starts(path: str, sizes: Sequence[int]) -> Optional[List[int]]:
    """
    Find where the parts of a file begin, each of which can be decompressed without the others.

    :param path: of a file
    :param sizes: of its parts before they were compressed, bytes
    :return: their offsets in the file; None where it is not made of such parts
    """
    least = len(HEADER) + len(LAST_BLOCK) + TAIL.size
    if os.path.getsize(path) <= least:
        return None
    with open(path, 'rb') as stream:
        with mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as content:
            ends = [len(HEADER)] + [each.end() for each in re.finditer(PART_END, content)]
            last = len(content) - least + len(HEADER)
            _, size = TAIL.unpack(content[-TAIL.size :])
            if content[: len(HEADER)] != HEADER or size != sum(sizes) & 0xFFFFFFFF:
                return None
            starts = [at for at in ends[:-1] if _inflated(content[at : min(at + LOOK, last)])]
            if ends[-1] != last or len(starts) != len(sizes):
                return None
            stops = starts[1:] + [last]
            tried = {len(sizes) * k // TRIED for k in range(TRIED)} | {len(sizes) - 1}
            if any(_inflated(content[starts[k] : stops[k]]) != sizes[k] for k in tried):
                return None
            return starts


def _inflated(packed: bytes) -> Optional[int]:
    """Bytes that decompressing *packed* gives; None where no part of a file begins there."""
    unpacker = isal_zlib.decompressobj(-15)
    try:
        size = len(unpacker.decompress(packed))
    except IsalError:  # type: ignore[misc]  # no package tells mypy what it is
        return None
    return None if unpacker.eof else size


def _pack(part: Callable[[], BytesLike]) -> Tuple[memoryview, bytes]:
    """
    :param part: function that gives a buffer
    :return: (the buffer as single bytes, its deflate blocks)
    """
    raw = memoryview(part()).cast('B')
    packer = isal_zlib.compressobj(LEVEL, isal_zlib.DEFLATED, -15)
    return raw, packer.compress(raw) + packer.flush(isal_zlib.Z_SYNC_FLUSH)
