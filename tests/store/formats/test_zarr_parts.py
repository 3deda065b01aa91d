# -*- coding: utf-8 -*-
"""Parts come back as they were kept, from memory up to a limit and from files beyond it."""

import collections
import os
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from niftynet_activations.store.formats import zarr_parts
from niftynet_activations.store.formats.zarr_parts import WaitingParts

THERE = (slice(0, 5), slice(0, 7), slice(0, 11))
BYTES = 5 * 7 * 11 * 3 * 4


def part(seed):
    return np.random.RandomState(seed).rand(5, 7, 11, 3)


@pytest.fixture
def waiting(tmp_path):
    """
    :return: parts, of which two find room in memory
    """
    return WaitingParts(
        np.float32, 2 * BYTES + 1, lambda place: str(tmp_path / '_'.join(map(str, place)))
    )


def test_what_is_beyond_the_limit_goes_into_the_files_of_the_columns(tmp_path, waiting):
    for seed in range(6):
        waiting.keep((seed % 2, 7), THERE, part(seed))
    assert waiting.held_bytes == 2 * BYTES
    assert {each.name: os.path.getsize(str(each)) for each in tmp_path.iterdir()} == {
        '0_7': 2 * BYTES,
        '1_7': 2 * BYTES,
    }
    assert waiting.places() == [(0, 7), (1, 7)]
    with waiting.taken((1, 7)) as parts:
        assert [each.name for each in tmp_path.iterdir()] == ['0_7']
        assert [there for there, _ in parts] == [THERE[::-1]] * 3
        for seed, (_, found) in zip((1, 3, 5), parts):
            np.testing.assert_array_equal(
                found, part(seed).astype(np.float32).transpose(3, 2, 1, 0)
            )
        assert waiting.held_bytes == 2 * BYTES
    assert waiting.held_bytes == BYTES
    assert waiting.places() == [(0, 7)]


def test_a_part_may_change_afterwards_and_need_not_be_contiguous(waiting):
    given = part(0)
    for _ in range(3):
        waiting.keep((0,), THERE, given[:, ::-1])
    given[...] = 0
    with waiting.taken((0,)) as parts:
        for _, found in parts:
            expected = part(0)[:, ::-1].astype(np.float32).transpose(3, 2, 1, 0)
            np.testing.assert_array_equal(found, expected)


def test_room_in_memory_is_used_again(tmp_path, waiting):
    for place in range(5):
        waiting.keep((place,), THERE, part(place))
        with waiting.taken((place,)):
            pass
    assert not waiting.held_bytes and not list(tmp_path.iterdir())


def test_a_column_that_fails_gives_its_room_back(tmp_path, waiting):
    for seed in range(3):
        waiting.keep((0,), THERE, part(seed))
    with pytest.raises(OSError, match='full'):
        with waiting.taken((0,)):
            raise OSError('full')
    assert not waiting.held_bytes and not waiting.places()


def test_a_column_whose_file_is_gone_gives_its_room_back(tmp_path, waiting):
    for seed in range(3):
        waiting.keep((0,), THERE, part(seed))
    (tmp_path / '0').unlink()
    with pytest.raises(OSError):
        with waiting.taken((0,)):
            pass
    assert not waiting.held_bytes


def test_threads_write_to_the_file_of_a_column_one_at_a_time(tmp_path, waiting, monkeypatch):
    inside = collections.Counter()
    together = []
    write_at = zarr_parts.files.write_at

    def slow(descriptor, position, piece):
        path = os.readlink('/proc/self/fd/{}'.format(descriptor))
        inside[path] += 1
        together.append((path, dict(inside)))
        time.sleep(0.05)
        write_at(descriptor, position, piece)
        inside[path] -= 1

    monkeypatch.setattr(zarr_parts.files, 'write_at', slow)
    with ThreadPoolExecutor(4) as pool:
        for _ in pool.map(lambda seed: waiting.keep((seed % 2,), THERE, part(seed)), range(10)):
            pass
    assert all(max(counts.values()) == 1 for _, counts in together)
    # other columns' files do not wait for each other
    assert any(sum(counts.values()) == 2 for _, counts in together)
