# -*- coding: utf-8 -*-
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from niftynet_activations.space.lattice import inside_image
from niftynet_activations.stitching.axis_plan import StitchPlan, take
from niftynet_activations.stitching.crop import CropAxisPlan


def owners(plan):
    """Start of the window that each sample is taken from, None where there is none."""
    found = [None] * plan.lattice.count
    for start, runs in plan.runs.items():
        for run in runs:
            for position in range(run.first, run.first + run.count):
                assert found[position] is None, 'written twice'
                found[position] = start
    return found


def axis_plan(starts, window, volume, samples=None, stride=1, offset=0.0, image=None, padding=0):
    lattice = inside_image(stride, offset, volume if image is None else image, padding)
    return CropAxisPlan(lattice, starts, window, window if samples is None else samples, volume)


# --- grids written by hand ------------------------------------------------------------------


def test_two_windows_meet_half_way_and_ties_go_down():
    #    voxel   0 1 2 3 4 5 6
    # window 0   |=======-|        inner face at 4.5
    # window 2       |-=======|    inner face at 1.5
    plan = axis_plan([2, 0], window=5, volume=7)
    assert owners(plan) == [0, 0, 0, 0, 2, 2, 2]  # voxel 3 is 1.5 from both faces
    assert plan.margin == 1.5


def test_a_third_window_in_the_middle_as_niftynet_puts_it():
    # window 0   |=======-|            inner face at 4.5
    # window 2       |---=---|         inner faces at 1.5 and 6.5
    # window 3         |---=====|      inner face at 2.5
    plan = axis_plan([0, 3, 2], window=5, volume=8)
    assert owners(plan) == [0, 0, 0, 0, 2, 3, 3, 3]
    assert plan.margin == 1.5  # of voxel 3, which is as far from the face at 1.5


def test_one_window_has_no_inner_face():
    plan = axis_plan([0], window=6, volume=6)
    assert owners(plan) == [0] * 6
    assert plan.margin is None


def test_slices_one_voxel_thick_have_no_inner_face():
    plan = axis_plan([0, 1, 2], window=1, volume=3)
    assert owners(plan) == [0, 1, 2]
    assert plan.margin is None


def test_a_voxel_that_no_window_sees_is_missing():
    # samples of a window: its voxels 1, 2 and 3 of 5 (valid convolution)
    plan = axis_plan([0, 5], window=5, volume=10, samples=3, offset=1.0)
    assert owners(plan) == [None, 0, 0, 0, None, None, 5, 5, 5, None]
    assert plan.covered.tolist() == [at is not None for at in owners(plan)]


def test_pairs_of_voxels_lie_on_their_own_lattice():
    #   voxel    0 1 2 3 4 5 6 7 8 9
    #   samples   o   o   o   o   o     centres 0.5, 2.5, 4.5, 6.5, 8.5
    plan = axis_plan([0, 4], window=6, volume=10, samples=3, stride=2, offset=0.5)
    assert owners(plan) == [0, 0, 0, 4, 4]  # 4.5 lies 1 from the face at 5.5 and 1 from 3.5
    assert plan.margin == 1.0
    ((run,),) = [runs for start, runs in plan.runs.items() if start == 4]
    assert (run.first, run.count, run.lower.tolist()) == (3, 2, [1, 2])
    assert run.weight is None


def test_a_window_off_the_lattice_is_interpolated_on_it():
    # window 3 has pairs at 3.5, 5.5, 7.5; the map's lie at 0.5, 2.5, 4.5, 6.5
    plan = axis_plan([0, 3], window=6, volume=9, samples=3, stride=2, offset=0.5)
    assert owners(plan) == [0, 0, 3, 3]  # 4.5: 1 from the face at 5.5, 2 from the one at 2.5
    (run,) = plan.runs[3]
    assert run.lower.tolist() == [0, 1]
    assert run.weight.tolist() == [0.5, 0.5]
    assert plan.interpolated


def test_a_sample_beyond_a_windows_outermost_ones_is_not_taken_from_it():
    # window 1 has pairs at 1.5 and 3.5; nothing gives the one at 4.5
    plan = axis_plan([0, 1], window=4, volume=5, samples=2, stride=2, offset=0.5, image=6)
    assert owners(plan) == [0, 1, None]  # 2.5: 1 from the face at 3.5, 2 from the one at 0.5


@pytest.mark.parametrize('rounding', [1e-12, -1e-12])
def test_rounding_does_not_decide_a_tie(rounding):
    plan = axis_plan([0, 4], window=6, volume=10, samples=3, stride=2, offset=0.5 + rounding)
    assert owners(plan) == [0, 0, 0, 4, 4]


# --- an oracle that looks at each sample and window ------------------------------------------


def owner_by_search(centre, starts, window, volume, samples, stride, offset):
    best, owner = None, None
    for start in sorted(starts):
        if not start + offset <= centre <= start + offset + stride * (samples - 1):
            continue
        faces = [face for face in (start - 0.5, start + window - 0.5) if window > 1]
        inner = [face for face in faces if face not in (-0.5, volume - 0.5)]
        distance = math.inf
        for face in inner:
            outwards = 1 if face > start else -1
            distance = min(distance, outwards * (face - centre))
        if best is None or distance > best:
            best, owner = distance, start
    return owner, best


@st.composite
def grids(draw):
    window = draw(st.integers(1, 12))
    volume = window + draw(st.integers(0, 20))
    starts = draw(st.lists(st.integers(0, volume - window), min_size=1, max_size=6))
    stride = draw(st.sampled_from([1, 2, 3, 4]))
    samples = draw(st.integers(1, max(window // stride, 1)))
    offset = draw(st.integers(0, 6)) / 2.0
    padding = draw(st.integers(0, 3))
    image = max(volume - 2 * padding, 1)
    return dict(
        starts=starts, window=window, volume=volume, samples=samples, stride=stride,
        offset=offset, image=image, padding=padding,
    )  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(grids())
def test_every_sample_is_taken_once_from_the_window_that_a_search_finds(grid):
    plan = axis_plan(**grid)
    grid = {key: grid[key] for key in ('starts', 'window', 'volume', 'samples', 'stride', 'offset')}
    found = [owner_by_search(centre, **grid) for centre in plan.lattice.centres()]
    assert owners(plan) == [owner for owner, _ in found]
    distances = [best for owner, best in found if owner is not None and best < math.inf]
    assert plan.margin == (min(distances) if distances else None)


@settings(max_examples=300, deadline=None)
@given(grids())
def test_a_ramp_keeps_its_slope(grid):
    # a sample holds its own centre; linear interpolation keeps that
    plan = axis_plan(**grid)
    found = np.full(plan.lattice.count, np.nan)
    for start, runs in plan.runs.items():
        window = start + grid['offset'] + grid['stride'] * np.arange(grid['samples'])
        for run in runs:
            block = take(window.reshape(-1, 1, 1, 1), (run, trivial_run(), trivial_run()))
            found[run.first : run.first + run.count] = block[:, 0, 0, 0]
    np.testing.assert_allclose(found[plan.covered], plan.lattice.centres()[plan.covered])
    assert np.isnan(found[~plan.covered]).all()


def trivial_run():
    ((run,),) = axis_plan([0], window=1, volume=1).runs.values()
    return run


# --- three axes together ---------------------------------------------------------------------


def stitch(plan, field):
    """Windows that hold ``field`` of their samples' centres, stitched; missing ones are -1."""
    volume = np.full(plan.shape + (2,), np.nan, dtype=np.float32)
    for start in np.ndindex(*[len(axis.starts) for axis in plan.axes]):
        start = [axis.starts[index] for axis, index in zip(plan.axes, start)]
        values = field(start)
        for box, runs in plan.placements(start):
            place = tuple(slice(at, at + size) for at, size in zip(box.corner, box.shape))
            assert np.isnan(volume[place]).all(), 'written twice'
            volume[place] = take(values, runs)
    for box in plan.missing():
        place = tuple(slice(at, at + size) for at, size in zip(box.corner, box.shape))
        assert np.isnan(volume[place]).all(), 'missing and written, or missing twice'
        volume[place] = -1
    return volume


def test_windows_become_the_volume_they_were_cut_from():
    rng = np.random.RandomState(0)
    whole = rng.standard_normal((9, 11, 14, 2)).astype(np.float32)
    axes = [
        axis_plan([0, 4], window=5, volume=9),
        axis_plan([0, 3, 4], window=7, volume=11),
        axis_plan([0, 5], window=9, volume=14, image=10, padding=2),
    ]
    plan = StitchPlan(axes)
    stitched = stitch(plan, lambda at: whole[at[0] :, at[1] :, at[2] :][:5, :7, :9])
    np.testing.assert_array_equal(stitched, whole[:, :, 2:12])
    assert plan.windows == 12
    assert plan.shape == (9, 11, 10)
    assert plan.missing() == []


def test_missing_boxes_are_all_that_no_window_gives():
    axes = [
        axis_plan([0, 5], window=5, volume=10, samples=3, offset=1.0),
        axis_plan([0, 6], window=5, volume=11),
        axis_plan([0], window=7, volume=7, samples=5, offset=1.0),
    ]
    plan = StitchPlan(axes)
    stitched = stitch(plan, lambda at: np.ones((3, 5, 5, 2), np.float32))
    given = np.einsum('i,j,k->ijk', *[axis.covered for axis in axes])
    np.testing.assert_array_equal(stitched[..., 1], np.where(given, 1, -1))
    assert given.sum() == 6 * 10 * 5


def test_taking_whole_samples_copies_nothing():
    plan = StitchPlan([axis_plan([0, 4], window=5, volume=9)] * 3)
    values = np.zeros((5, 5, 5, 3), np.float32)
    for _, runs in plan.placements((0, 4, 0)):
        assert take(values, runs).base is values


def test_interpolation_keeps_float32_and_does_not_spread_what_has_no_weight():
    plan = StitchPlan([axis_plan([0, 3], window=6, volume=9, samples=3, stride=2, offset=0.5)] * 3)
    values = np.ones((3, 3, 3, 1), np.float32)
    values[0, 0, 0] = np.nan
    ((_, runs),) = plan.placements((3, 3, 3))
    block = take(values, runs)
    assert block.dtype == np.float32
    assert np.isnan(block).sum() == 1


def test_a_window_that_was_not_planned_is_a_fault():
    plan = StitchPlan([axis_plan([0, 4], window=5, volume=9)] * 3)
    with pytest.raises(KeyError):
        list(plan.placements((0, 3, 0)))
