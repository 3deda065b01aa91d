# -*- coding: utf-8 -*-
"""What crosses a cut comes back as it was, from memory and from a scratch file."""

import os

import numpy as np
import pytest

from niftynet_activations.errors import WriteError
from niftynet_activations.whole_pass.stores import ALIGNMENT, MemoryStore, ScratchStore

SHAPE = (8, 5, 7, 11, 3)


def make(kind, folder):
    if kind == 'memory':
        return MemoryStore(SHAPE, np.float32)
    return ScratchStore(SHAPE, np.float32, str(folder))


@pytest.mark.parametrize('kind', ['memory', 'scratch'])
def test_boxes_come_back(kind, tmp_path):
    store = make(kind, tmp_path)
    values = np.random.RandomState(0).normal(size=SHAPE).astype(np.float32)
    for first in range(0, 7, 2):
        box = (slice(None), slice(None), slice(first, min(first + 2, 7)), slice(None), slice(None))
        store.write(box, values[box])
    box = (slice(0, 8), slice(1, 4), slice(2, 7), slice(3, 10), slice(0, 3))
    found = store.read(box)
    np.testing.assert_array_equal(found, values[box])
    assert found.ctypes.data % ALIGNMENT == 0
    store.close()


def test_a_scratch_file_has_no_name(tmp_path):
    store = ScratchStore(SHAPE, np.float32, str(tmp_path))
    store.write(tuple(slice(0, n) for n in SHAPE), np.ones(SHAPE, np.float32))
    assert os.listdir(str(tmp_path)) == []
    store.close()
    store.close()


def test_a_folder_that_is_not_there_is_made_and_one_that_cannot_be_is_told(tmp_path):
    store = ScratchStore((2, 3), np.float32, str(tmp_path / 'not' / 'there'))
    store.close()
    (tmp_path / 'file').write_text('in the way')
    with pytest.raises(WriteError, match="failed making a scratch file in '.*file/folder'"):
        ScratchStore((2, 3), np.float32, str(tmp_path / 'file' / 'folder'))
