# -*- coding: utf-8 -*-
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from niftynet_activations.stitching.crop import AxisPlan, CropPlan, take, true_runs
from niftynet_activations.stitching.lattice import inside_image


def owners(plan):
    """Which window each sample is taken from, by hand-readable numbers; -1 where none."""
    found = np.full(plan.lattice.count, -1)
    for start, runs in plan.runs.items():
        for run in runs:
            assert (found[run.first : run.first + run.count] == -1).all(), 'written twice'
            found[run.first : run.first + run.count] = start
    return found.tolist()


def test_two_windows_share_their_overlap():
    # voxels 0..9, windows 0..5 and 4..9: voxels 4 and 5 are seen by both, 1.5 and 0.5 from a face
    plan = AxisPlan(inside_image(1, 0, 10, 0), [0, 4], 6, 6, 10)
    assert owners(plan) == [0, 0, 0, 0, 0, 4, 4, 4, 4, 4]
    assert plan.margin == 1.5
    assert plan.covered.all()


def test_ties_go_to_the_lower_start():
    plan = AxisPlan(inside_image(1, 0, 9, 0), [4, 0], 5, 5, 9)
    assert owners(plan) == [0, 0, 0, 0, 0, 4, 4, 4, 4]


def test_a_voxel_no_window_sees_is_missing():
    # valid convolutions: a window of 5 gives its inner 3; the volume's faces have no sample
    plan = AxisPlan(inside_image(1, 1, 7, 0), [0, 2], 5, 3, 7)
    assert owners(plan) == [-1, 0, 0, 0, 2, 2, -1]
    assert plan.lattice.first == -1


def test_windows_off_the_lattice_are_interpolated():
    # stride 2: the window at 3 has samples at 3, 5, 7, the map at 4 and 6
    plan = AxisPlan(inside_image(2, 0, 8, 0), [0, 3], 5, 3, 8)
    assert owners(plan) == [0, 0, 3, 3]
    (run,) = plan.runs[3]
    assert run.lower.tolist() == [0, 1]
    assert run.weight.tolist() == [0.5, 0.5]
    assert plan.interpolated


def test_padding_is_cropped_away():
    lattice = inside_image(2, 0.5, 5, 3)
    # voxels 3 to 7 are the image: centres from 2.5 on and below 7.5
    assert lattice.centres().tolist() == [2.5, 4.5, 6.5]


def test_a_thin_axis_has_no_margin():
    assert AxisPlan(inside_image(1, 0, 4, 0), [0, 1, 2, 3], 1, 1, 4).margin is None


def test_take_puts_every_sample_in_its_place():
    volume = np.arange(5 * 7 * 11 * 2, dtype=np.float32).reshape(5, 7, 11, 2)
    starts, window = [[0, 2], [0, 3], [0, 4, 5]], (3, 4, 6)
    plan = CropPlan(
        [
            AxisPlan(inside_image(1, 0, n, 0), each, size, size, n)
            for n, each, size in zip((5, 7, 11), starts, window)
        ]
    )
    result = np.full(volume.shape, np.nan, np.float32)
    for x in starts[0]:
        for y in starts[1]:
            for z in starts[2]:
                cut = volume[x : x + 3, y : y + 4, z : z + 6]
                for box, runs in plan.placements((x, y, z)):
                    place = tuple(slice(c, c + n) for c, n in zip(box.corner, box.shape))
                    assert np.isnan(result[place]).all()
                    result[place] = take(cut, runs)
    np.testing.assert_array_equal(result, volume)
    assert plan.missing() == []
    assert plan.windows == 12


def test_missing_boxes_fill_what_is_not_covered():
    axis = AxisPlan(inside_image(1, 1, 7, 0), [0, 2], 5, 3, 7)
    full = AxisPlan(inside_image(1, 0, 3, 0), [0], 3, 3, 3)
    plan = CropPlan([axis, full, axis])
    count = np.zeros(plan.shape, int)
    for box in plan.missing():
        count[tuple(slice(c, c + n) for c, n in zip(box.corner, box.shape))] += 1
    expected = np.ones(plan.shape, int)
    expected[1:6, :, 1:6] = 0
    np.testing.assert_array_equal(count, expected)


@pytest.mark.parametrize('flags, expected', [([1, 1, 0, 1], [(0, 2), (3, 1)]), ([0], []), ([], [])])
def test_true_runs(flags, expected):
    assert true_runs(np.array(flags, dtype=bool)) == expected


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_the_owner_is_the_window_that_sees_a_sample_best(data):
    volume = data.draw(st.integers(5, 40))
    window = data.draw(st.integers(2, volume))
    stride = data.draw(st.sampled_from([1, 2, 3]))
    samples = data.draw(st.integers(1, -(-window // stride)))
    offset = data.draw(st.integers(0, 3)) / 2
    last = volume - window
    starts = sorted(data.draw(st.sets(st.integers(0, last), min_size=1, max_size=5)) | {0, last})
    plan = AxisPlan(inside_image(stride, offset, volume, 0), starts, window, samples, volume)
    for sample, (centre, owner) in enumerate(zip(plan.lattice.centres(), owners(plan))):
        best = None
        for start in starts:
            if not 0 <= (centre - start - offset) / stride <= samples - 1:
                continue
            low = centre - start + 0.5 if start > 0 else np.inf
            high = start + window - 0.5 - centre if start + window < volume else np.inf
            if best is None or min(low, high) > best[0]:
                best = (min(low, high), start)
        assert owner == (best[1] if best else -1), sample
