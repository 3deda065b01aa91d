# -*- coding: utf-8 -*-
"""Bases applied to samples beside scipy and plain loops, and their files."""

import numpy as np
import pytest
from scipy.optimize import nnls

from niftynet_activations.errors import OptionError, ReadError
from niftynet_activations.store.basis import (
    Basis,
    apply_basis,
    check_channels,
    load_basis,
    rebuilt,
    save_basis,
)

RANDOM = np.random.RandomState(4)
ROWS = RANDOM.gamma(1.0, 2.0, (301, 7)).astype(np.float32)
ROWS[17] = 0


def basis(method, number=3):
    components = RANDOM.gamma(1.0, 1.0, (number, 7))
    mean = ROWS.mean(axis=0).astype(np.float64)
    return Basis(method, 'res/conv', tuple(range(7)), components, mean, (0.5,), 301, ('a', 'b'))


def test_factors_are_the_nearest_amounts_whatever_the_other_samples_are():
    one = basis('nmf', 4)
    found = apply_basis(one, ROWS)
    expected = np.array([nnls(one.components.T, row)[0] for row in ROWS.astype(np.float64)])
    np.testing.assert_allclose(found, expected, atol=1e-4)
    np.testing.assert_allclose(apply_basis(one, ROWS[40:43]), found[40:43], atol=1e-5)
    assert not found[17].any()


def test_clusters_are_the_nearest_centres_from_1_on():
    one = basis('kmeans', 5)
    expected = [np.linalg.norm(one.components - row, axis=1).argmin() + 1 for row in ROWS]
    found = apply_basis(one, ROWS)
    assert found.shape == (301, 1) and found[:, 0].tolist() == expected
    np.testing.assert_array_equal(rebuilt(one, found)[3], one.components[expected[3] - 1])


@pytest.mark.parametrize('method', ['pca', 'nmf', 'kmeans'])
def test_samples_that_lack_a_channel_are_missing(method):
    one, rows = basis(method), ROWS.copy()
    whole = apply_basis(one, rows)
    rows[5, 2], rows[300, 0] = np.nan, np.inf
    given = rows.copy()
    found = apply_basis(one, rows)
    np.testing.assert_array_equal(rows, given)
    assert np.isnan(found[[5, 300]]).all() and found.dtype == np.float32
    kept = np.setdiff1d(np.arange(301), [5, 300])
    np.testing.assert_allclose(found[kept], whole[kept], atol=1e-5)
    assert np.isnan(apply_basis(one, np.full((4, 7), np.nan, np.float32))).all()


def test_a_basis_comes_back_from_its_file(tmp_path):
    one, path = basis('pca'), str(tmp_path / 'basis.npz')
    save_basis(one, path)
    found = load_basis(path)
    assert found.digest == one.digest and found.map_name == 'res/conv/pca'
    assert found._replace(components=0, mean=0) == one._replace(components=0, mean=0)
    np.testing.assert_array_equal(apply_basis(found, ROWS), apply_basis(one, ROWS))
    assert found._replace(mean=found.mean + 1).digest != one.digest
    assert [each.name for each in tmp_path.iterdir()] == ['basis.npz']


def test_what_is_no_basis_is_told(tmp_path):
    with pytest.raises(ReadError, match='is not there'):
        load_basis(str(tmp_path / 'basis.npz'))
    (tmp_path / 'text.npz').write_text('no archive')
    np.savez(str(tmp_path / 'other.npz'), values=ROWS)
    for name in ('text.npz', 'other.npz'):
        with pytest.raises(ReadError, match='is no basis'):
            load_basis(str(tmp_path / name))
    save_basis(basis('pca')._replace(mean=np.zeros(3)), str(tmp_path / 'damaged.npz'))
    with pytest.raises(ReadError, match='damaged'):
        load_basis(str(tmp_path / 'damaged.npz'))
    with pytest.raises(OptionError, match='ends in .npz'):
        save_basis(basis('pca'), str(tmp_path / 'basis.npy'))


def test_other_channels_are_told():
    check_channels(basis('pca'), 'res/conv', range(7), "subject 'a'")
    with pytest.raises(OptionError, match="subject 'a' has the channels 0, 2, .* of 0 to 6"):
        check_channels(basis('pca'), 'res/conv', [0, 2], "subject 'a'")


def test_factors_refuse_negative_values():
    with pytest.raises(OptionError, match="'res/conv' has negative values"):
        apply_basis(basis('nmf'), ROWS - 1)
