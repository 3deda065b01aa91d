# -*- coding: utf-8 -*-
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from niftynet_activations.space.lattice import inside_image
from niftynet_activations.stitching.axis_plan import take
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
