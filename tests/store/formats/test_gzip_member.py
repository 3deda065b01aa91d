# -*- coding: utf-8 -*-
"""What several threads compress, the standard library reads."""

import gzip
import io
import threading
import zlib
from functools import partial

import numpy as np
import pytest

from niftynet_activations.store.formats.gzip_member import write_member


def pack(parts, threads):
    stream = io.BytesIO()
    write_member(stream, [lambda part=part: part for part in parts], threads)
    return stream.getvalue()


@pytest.mark.parametrize('threads', [1, 3])
@pytest.mark.parametrize('sizes', [[], [0], [1, 0, 7], [100000, 3, 70000, 70000, 5, 1, 1, 1]])
def test_parts_come_back_in_order_as_one_member(threads, sizes):
    random = np.random.RandomState(0)
    parts = [random.randint(0, 9, size).astype(np.uint8).tobytes() for size in sizes]
    packed = pack(parts, threads)
    assert gzip.decompress(packed) == b''.join(parts)
    reader = zlib.decompressobj(31)
    assert reader.decompress(packed) == b''.join(parts)
    # a browser's reader refuses a second member
    assert reader.eof and not reader.unused_data


def test_it_compresses():
    assert len(pack([bytes(1 << 20), bytes(1 << 20)], 2)) < 1 << 15


def test_parts_are_made_only_shortly_before_they_are_needed():
    made, written = [], []

    class Slow(io.BytesIO):
        def write(self, data):
            written.append(len(made))
            return super().write(data)

    def part(number):
        made.append(number)
        return bytes(10)

    write_member(Slow(), (partial(part, i) for i in range(50)), 2)
    assert sorted(made) == list(range(50))
    assert all(ahead - i <= 4 for i, ahead in enumerate(written[1:51]))


def test_error_in_a_part_comes_out():
    def fail():
        raise ValueError('broken')

    before = threading.active_count()
    with pytest.raises(ValueError, match='broken'):
        write_member(io.BytesIO(), [fail] + [lambda: b'x'] * 20, 2)
    assert threading.active_count() == before
