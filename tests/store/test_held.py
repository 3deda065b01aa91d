# -*- coding: utf-8 -*-
"""What stands in the place of a map's files."""

import numpy as np
import pytest

from niftynet_activations.errors import WriteError
from niftynet_activations.space.place import place_of_affine
from niftynet_activations.store.description import MapDescription
from niftynet_activations.store.folder import OutputFolder
from niftynet_activations.store.held import HeldTable, HeldWriter
from niftynet_activations.store.nameless import NamelessArrays
from niftynet_activations.store.spec import MapSpec
from niftynet_activations.store.vectors import VectorTable, vector_spec

SHAPE = (5, 7, 11)
AFFINE = np.array([[-1.1, 0.2, 0, 4], [0.2, 0.9, 0, -7], [0, 0.1, 1.3, 5], [0, 0, 0, 1]])
SPEC = MapSpec('1', 'deep', 'out', SHAPE, (0, 3), place_of_affine(AFFINE), 'nii')
VALUES = np.random.RandomState(4).normal(size=SHAPE + (2,)).astype('f4')


@pytest.mark.parametrize('on_disk', [False, True])
def test_boxes_in_any_order(tmp_path, on_disk):
    writer = HeldWriter(SPEC, NamelessArrays(str(tmp_path) if on_disk else None))
    writer.write((2, 0, 0), VALUES[2:])
    kept = np.zeros((2, 7, 6), bool)
    kept[0, 1:] = True
    writer.write_kept((0, 0, 0), VALUES[:2, :, :6], kept)
    writer.fill_missing((0, 0, 6), (2, 7, 5))
    assert writer.made is None
    writer.finish(MapDescription(network='toynet', exact=True))
    expected = VALUES.copy()
    expected[:2, :, 6:] = np.nan
    expected[:2, :, :6][~kept] = np.nan
    np.testing.assert_array_equal(writer.made.values, expected)
    told = writer.made.description
    assert (told.network, told.exact, told.layer, told.channels) == ('toynet', True, 'deep', (0, 3))
    assert told.missing == np.isnan(expected).sum() and told.shape == SHAPE + (2,)
    np.testing.assert_allclose(told.affine, AFFINE)
    writer.abandon()
    np.testing.assert_array_equal(writer.made.values, expected)


def written(arrays, *boxes):
    """A map of boxes of VALUES: (first, one behind the last) along x, what holds them."""
    writer = HeldWriter(SPEC, arrays)
    for first, end, values in boxes:
        writer.write((first, 0, 0), values[first:end])
    writer.finish(MapDescription())
    np.testing.assert_array_equal(writer.made.values, VALUES)
    return writer.made.values


def shares(held, values):
    return any(np.shares_memory(each.values, values) for each in held.pieces)


def test_what_a_few_windows_gave_is_not_copied(tmp_path, monkeypatch):
    memory, other, batch = NamelessArrays(), VALUES.copy(), np.stack([VALUES] * 2)
    assert shares(written(memory, (0, 5, VALUES)), VALUES)
    held = written(memory, (0, 3, other), (3, 5, VALUES))
    assert shares(held, VALUES) and shares(held, other) and held.beneath is None
    # what goes to disk goes there
    assert not written(NamelessArrays(str(tmp_path)), (0, 3, other), (3, 5, VALUES)).pieces
    # a part of a batch keeps all of it alive, which the last window may do if nothing else does
    assert shares(written(memory, (0, 5, batch[1])), batch)
    held = written(memory, (0, 3, batch[0]), (3, 5, VALUES))
    assert shares(held, VALUES) and not shares(held, batch)
    assert not shares(written(memory, (0, 3, other), (3, 5, batch[1])), batch)
    batch = np.stack([VALUES] * 3)
    assert not written(memory, (0, 5, batch[1])).pieces
    # of one array that many boxes keep alive there is one
    held = written(memory, *((at, at + 1, VALUES) for at in range(5)))
    assert len(held.pieces) == 5
    # of a large map, the last window alone
    monkeypatch.setattr('niftynet_activations.store.held.SMALL', VALUES.nbytes - 1)
    held = written(memory, (0, 3, other), (3, 5, VALUES))
    assert shares(held, VALUES) and not shares(held, other)


def test_samples_that_are_lacking():
    writer = HeldWriter(SPEC, NamelessArrays())
    writer.write((0, 0, 0), VALUES[:4])
    with pytest.raises(
        WriteError, match="'deep' of subject '1' has 770 samples, of which 616 were"
    ):
        writer.finish(MapDescription())


def test_a_table_is_that_of_a_file(tmp_path):
    import pandas as pd

    spec = vector_spec('1', 'fc', 'out', (0, 3))
    held = HeldTable(spec)
    values = np.random.RandomState(0).randn(3, 2).astype(np.float32)
    with OutputFolder(str(tmp_path)) as folder:
        written = VectorTable(folder, spec)
        for table in (held, written):
            for at in (2, 0, 2):
                table.append([at, 2, 4, at + 5, 9, 15], values[at])
            table.finish(MapDescription())
    expected = pd.read_csv(str(tmp_path / 'activation_fc_1_out.csv'))
    pd.testing.assert_frame_equal(held.made.values, expected)
    assert len(expected) == 2  # a window that comes twice has one row
    with pytest.raises(ValueError, match='six places and 2 channels are expected'):
        held.append([9] * 6, values[0, :1])
