# -*- coding: utf-8 -*-
"""Three axes together: what each window gives of a map, and what none does."""

import numpy as np
import pytest

from niftynet_activations.space.lattice import inside_image
from niftynet_activations.stitching.axis_plan import AxisPlan, StitchPlan, take
from stitching.test_crop import axis_plan


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


def test_how_windows_share_samples_is_for_the_mode_to_say():
    with pytest.raises(NotImplementedError):
        AxisPlan(inside_image(1, 0, 5, 0), [0], 5, 5, 5)


def test_a_mode_never_takes_what_a_window_does_not_give():
    class All(AxisPlan):
        def taken(self, distances):
            return np.ones(distances.shape, bool)

    # valid convolutions: a window of 5 gives its inner 3
    plan = All(inside_image(1, 1, 9, 0), [0, 2, 4], 5, 3, 9)
    taken = {start: [run.lower.tolist() for run in runs] for start, runs in plan.runs.items()}
    assert taken == {0: [[0, 1, 2]], 2: [[0, 1, 2]], 4: [[0, 1, 2]]}
    assert plan.most_windows == 2 and plan.covered.tolist() == [False] + [True] * 7 + [False]
