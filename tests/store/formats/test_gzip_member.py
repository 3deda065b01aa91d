# -*- coding: utf-8 -*-
"""What several threads compress, the standard library reads."""

import gzip
import io
import os
import pathlib
import threading
import zlib
from functools import partial

import numpy as np
import pytest

from niftynet_activations.store.formats import gzip_member
from niftynet_activations.store.formats.gzip_member import (
    PART_END,
    part_starts,
    write_member,
)


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


def packed(folder, sizes, noise=True):
    """A file of parts, and what was compressed; noise is stored as it is, zeros become little."""
    random = np.random.RandomState(4)
    parts = [random.bytes(size) if noise else bytes(size) for size in sizes]
    path = os.path.join(str(folder), 'file.gz')
    with open(path, 'wb') as stream:
        write_member(stream, [lambda part=part: part for part in parts], 2)
    return path, parts


@pytest.mark.parametrize('noise', [True, False])
def test_parts_are_found_and_stand_alone(tmp_path, noise):
    sizes = [352, 70001, 90002, 3, 90002]
    path, parts = packed(tmp_path, sizes, noise)
    starts = part_starts(path, sizes)
    content = pathlib.Path(path).read_bytes()
    for start, part in zip(starts, parts):
        unpacker = zlib.decompressobj(-15)
        assert unpacker.decompress(content[start:], len(part)) == part


def test_what_looks_like_an_end_within_a_part_is_none(tmp_path, monkeypatch):
    def stored(part):
        packer = zlib.compressobj(0, zlib.DEFLATED, -15)
        return part(), packer.compress(part()) + packer.flush(zlib.Z_SYNC_FLUSH)

    # what is stored as it is stands in the file with all its bytes
    monkeypatch.setattr(gzip_member, '_pack', stored)
    noise = np.random.RandomState(5).bytes(30000) + PART_END + np.random.RandomState(6).bytes(30000)
    path = str(tmp_path / 'file.gz')
    with open(path, 'wb') as stream:
        write_member(stream, [lambda: b'head', lambda: noise, lambda: noise])
    assert pathlib.Path(path).read_bytes().count(PART_END) == 5
    starts = part_starts(path, [4, len(noise), len(noise)])
    assert len(starts) == 3


@pytest.mark.parametrize('sizes', [[352, 70001], [352, 70001, 90002, 4], [353, 70000, 90002]])
def test_other_parts_than_expected_are_none(tmp_path, sizes):
    path, _ = packed(tmp_path, [352, 70001, 90002])
    assert part_starts(path, sizes) is None


def test_files_of_other_programs_and_spoiled_ones_have_no_parts(tmp_path):
    sizes = [352, 70001]
    path, parts = packed(tmp_path, sizes)
    content = pathlib.Path(path).read_bytes()
    other = tmp_path / 'other.gz'
    other.write_bytes(gzip.compress(b''.join(parts)))
    assert part_starts(str(other), sizes) is None
    for spoiled in (b'', content[:300], content[:-1], content + b'x', content[:-20] + bytes(20)):
        other.write_bytes(spoiled)
        assert part_starts(str(other), sizes) is None
