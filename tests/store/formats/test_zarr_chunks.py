# -*- coding: utf-8 -*-
"""Files of chunks, read back with the codec and with zarr."""

import errno
import os

import numpy as np
import pytest

zarr = pytest.importorskip('zarr', reason='the zarr package is not installed')
from numcodecs import Blosc  # noqa: E402

from niftynet_activations.store import files  # noqa: E402
from niftynet_activations.store.formats.zarr_chunks import ChunkFiles  # noqa: E402


@pytest.fixture
def chunks(tmp_path):
    """
    :return: of 2 x 3 numbers, in a folder that is not there yet
    """
    return ChunkFiles(str(tmp_path / 'array'), (2, 3), np.dtype('<f4'), Blosc('lz4'))


def read(path):
    with open(str(path), 'rb') as stream:
        return np.frombuffer(Blosc('lz4').decode(stream.read()), '<f4').reshape(2, 3).tolist()


def test_chunks_and_what_is_less_than_one(tmp_path, chunks):
    chunks.write((4, 0), np.arange(6, dtype='<f4').reshape(2, 3))
    chunks.write((4, 1), np.array([[7], [8]], dtype='<f4'))
    assert sorted(each.name for each in (tmp_path / 'array' / '4').iterdir()) == ['0', '1']
    assert read(tmp_path / 'array' / '4' / '0') == [[0, 1, 2], [3, 4, 5]]
    found = read(tmp_path / 'array' / '4' / '1')
    assert [row[0] for row in found] == [7, 8]
    assert np.isnan([row[1:] for row in found]).all()


def test_a_chunk_takes_the_place_of_a_longer_file(tmp_path, chunks):
    with open(chunks.path_of((0, 0)), 'wb') as stream:
        stream.write(bytes(1000))
    chunks.write((0, 0), np.ones((2, 3), '<f4'))
    assert os.path.getsize(chunks.path_of((0, 0))) < 1000
    assert read(chunks.path_of((0, 0))) == [[1, 1, 1], [1, 1, 1]]


def test_a_full_disk_is_told(chunks, monkeypatch):
    def full(descriptor, offset, data):
        raise OSError(errno.ENOSPC, 'full')

    monkeypatch.setattr(files, 'write_at', full)
    with pytest.raises(OSError, match='full'):
        chunks.write((0, 0), np.ones((2, 3), '<f4'))
