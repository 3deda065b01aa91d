# -*- coding: utf-8 -*-
import itertools

import nibabel
import numpy as np
import pytest
from scipy import interpolate, ndimage

from niftynet_activations.errors import GeometryError
from niftynet_activations.space import input_grid
from niftynet_activations.space.input_grid import InputGrid
from niftynet_activations.space.lattice import AxisLattice, inside_image
from niftynet_activations.space.network_space import NetworkSpace

SHAPE = (5, 7, 11)
ALL = [True] * 99


def matrix():
    """Oblique, with flipped and permuted axes."""
    angle = 0.25
    turn = np.array([[np.cos(angle), -np.sin(angle), 0], [np.sin(angle), np.cos(angle), 0]])
    turn = np.vstack([turn, [0, 0, 1]])
    found = np.eye(4)
    found[:3, :3] = turn @ np.array([[0, 0, 3.0], [-1.25, 0, 0], [0, 0.8, 0]])
    found[:3, 3] = [10, -20, 5]
    return found


def line(lattice, size, values, covered=None):
    """The map ``values`` along x on a file of ``size`` x 1 x 1 voxels; -1 where missing."""
    thin = AxisLattice(1.0, 0.0, 0, 1)
    grid = InputGrid(NetworkSpace(np.eye(4), (size, 1, 1)), [lattice, thin, thin])
    covered = [np.array(ALL[: len(values)] if covered is None else covered)] + [
        np.array([True])
    ] * 2
    return fill(grid, np.reshape(values, (-1, 1, 1, 1)), covered)[:, 0, 0, 0]


def fill(grid, values, covered):
    found = np.full(grid.shape + values.shape[3:], -99, np.float32)
    for corner, block in grid.read(values, covered):
        place = tuple(slice(at, at + size) for at, size in zip(corner, block.shape))
        assert (found[place] == -99).all(), 'written twice'
        assert block.dtype == np.float32
        found[place] = block
    for box in grid.missing(covered):
        place = tuple(slice(at, at + size) for at, size in zip(box.corner, box.shape))
        assert (found[place] == -99).all(), 'written and missing'
        found[place] = -1
    assert (found != -99).all()
    return found


def covered_of(lattices):
    return [np.ones(lattice.count, bool) for lattice in lattices]


# --- lines written by hand --------------------------------------------------------------------


def test_linear_between_pairs_and_nearest_beyond_them():
    # pairs at 0.5, 2.5, 4.5
    found = line(inside_image(2, 0.5, 7, 0), 7, [0, 4, 8])
    np.testing.assert_array_equal(found, [0, 1, 3, 5, 7, 8, 8])


def test_a_sample_no_window_gave_is_missing_where_it_has_a_weight():
    # samples at 0, 2, 4, 6; the one at 2 is missing
    found = line(AxisLattice(2.0, 0.0, 0, 4), 7, [10, 0, 30, 40], [True, False, True, True])
    np.testing.assert_array_equal(found, [10, -1, -1, -1, 30, 35, 40])


def test_one_sample_fills_the_axis():
    np.testing.assert_array_equal(line(inside_image(16, 7.5, 9, 0), 9, [3]), [3] * 9)


def test_nan_does_not_spread_to_voxels_where_it_has_no_weight():
    found = line(AxisLattice(2.0, 0.0, 0, 4), 7, [10, np.nan, 30, 40])
    np.testing.assert_array_equal(found, [10, np.nan, np.nan, np.nan, 30, 35, 40])


def test_no_sample_inside_is_refused():
    with pytest.raises(GeometryError, match='no sample of the map lies inside the image along'):
        line(inside_image(16, 12, 9, 0), 9, [])


# --- against nibabel and scipy ----------------------------------------------------------------


def network_ramps(axcodes, shape):
    """(x, y, z, 3): in network space, the file's voxel indices that each voxel lies at."""
    index = np.moveaxis(np.indices(SHAPE), 0, -1).astype(float)
    change = nibabel.orientations.ornt_transform(
        nibabel.orientations.io_orientation(matrix()), nibabel.orientations.axcodes2ornt(axcodes)
    )
    index = nibabel.orientations.apply_orientation(index, change)
    ratios = [after / before for before, after in zip(index.shape, shape)]
    return ndimage.zoom(index, ratios + [1], order=1)


@pytest.mark.parametrize('axcodes', ['RAS', 'LPI', 'PIR', 'SAL'])
@pytest.mark.parametrize('slab_bytes', [1, 5 * 7 * 3 * 4 * 2, 1 << 24])
def test_a_map_that_holds_file_indices_gives_them_back(axcodes, slab_bytes, monkeypatch):
    # between the outermost samples, linear interpolation of a ramp is the ramp itself
    monkeypatch.setattr(input_grid, 'SLAB_BYTES', slab_bytes)
    shape, padding = (9, 6, 8), (2, 1, 3)
    space = NetworkSpace(matrix(), SHAPE).read(tuple(axcodes), shape).pad(padding, padding)
    lattices = [
        inside_image(stride, offset, size, low)
        for stride, offset, size, low in zip((2, 1, 3), (0.5, 0, 1), shape, padding)
    ]
    ramps = network_ramps(tuple(axcodes), shape)
    axes = [np.arange(size) for size in shape]
    places = [
        np.clip(each.centres() - low, 0, size - 1)
        for each, low, size in zip(lattices, padding, shape)
    ]
    values = interpolate.interpn(axes, ramps, np.stack(np.meshgrid(*places, indexing='ij'), -1))
    found = fill(InputGrid(space, lattices), values.astype(np.float32), covered_of(lattices))
    assert found.shape == SHAPE + (3,)
    expected = np.moveaxis(np.indices(SHAPE), 0, -1)
    # beyond the outermost samples it is what these hold
    limits = values.reshape(-1, 3).min(axis=0), values.reshape(-1, 3).max(axis=0)
    np.testing.assert_allclose(found, np.clip(expected, *limits), atol=1e-5)


def test_random_values_against_scipys_interpolation():
    rng = np.random.RandomState(3)
    space = NetworkSpace(matrix(), SHAPE).read(tuple('LPS')).pad((1, 2, 3), (1, 2, 3))
    inside = [size - 2 * low for size, low in zip(space.shape, (1, 2, 3))]
    lattices = [
        inside_image(stride, 0.5, size, low)
        for stride, size, low in zip((2, 2, 1), inside, (1, 2, 3))
    ]
    values = rng.standard_normal([each.count for each in lattices] + [2]).astype(np.float32)
    grid = InputGrid(space, lattices)
    found = fill(grid, values, covered_of(lattices))
    to_network = np.linalg.inv(space.to_file)
    for voxel in itertools.product(*map(range, SHAPE)):
        centre = to_network[:3, :3] @ voxel + to_network[:3, 3]
        place = [
            np.clip(at, each.centres()[0], each.centres()[-1]) for at, each in zip(centre, lattices)
        ]
        expected = interpolate.interpn([each.centres() for each in lattices], values, place)[0]
        np.testing.assert_allclose(found[voxel], expected, atol=1e-5)
    np.testing.assert_array_equal(grid.place.affine, matrix())


def test_the_networks_own_grid_is_copied():
    rng = np.random.RandomState(4)
    space = NetworkSpace(matrix(), SHAPE).read().pad((2, 2, 2), (2, 2, 2))
    lattices = [inside_image(1, 0, size, 2) for size in SHAPE]
    values = rng.standard_normal(SHAPE + (4,)).astype(np.float32)
    np.testing.assert_array_equal(
        fill(InputGrid(space, lattices), values, covered_of(lattices)), values
    )


def test_missing_voxels_in_three_axes():
    space = NetworkSpace(matrix(), SHAPE)
    lattices = [inside_image(1, 0, size, 0) for size in SHAPE]
    covered = covered_of(lattices)
    covered[0][0] = covered[2][9:] = False
    found = fill(InputGrid(space, lattices), np.ones(SHAPE + (1,), np.float32), covered)
    expected = np.ones(SHAPE)
    expected[0] = expected[:, :, 9:] = -1
    np.testing.assert_array_equal(found[..., 0], expected)


def test_a_flat_image_whose_axes_niftynet_swaps():
    space = NetworkSpace(np.eye(4), (1, 7, 11)).read()
    lattices = [inside_image(1, 0, size, 0) for size in space.shape]
    values = np.arange(77, dtype=np.float32).reshape(11, 7, 1, 1)
    found = fill(InputGrid(space, lattices), values, covered_of(lattices))
    np.testing.assert_array_equal(found[0, :, :, 0], values[:, :, 0, 0].T)
