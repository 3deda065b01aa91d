# -*- coding: utf-8 -*-
import itertools
import os

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from niftynet_activations.errors import WriteError
from niftynet_activations.space.lattice import inside_image
from niftynet_activations.stitching.axis_plan import StitchPlan
from niftynet_activations.stitching.contract import Task
from niftynet_activations.stitching.stitcher import MODES, make_stitcher
from niftynet_activations.stitching.summing import AllWindowsPlan


def plan_axis(starts, window, volume, samples=None, stride=1, offset=0.0):
    samples = window if samples is None else samples
    return AllWindowsPlan(inside_image(stride, offset, volume, 0), starts, window, samples, volume)


THIN = plan_axis([0], 1, 1)


class Blend(object):
    """A stitcher of a mode, and the map that it writes."""

    def __init__(self, axes, mode, channels, folder):
        plan = StitchPlan(axes)
        self.map = np.full(plan.shape + (channels,), np.nan, np.float32)
        self._stitcher = make_stitcher(
            mode, Task(plan, channels, self._write, str(folder / 'sums'))
        )
        assert self._stitcher.gathers and self._stitcher.in_order
        self.add, self.remove = self._stitcher.add, self._stitcher.remove

    def _write(self, corner, block):
        self.map[tuple(slice(at, at + n) for at, n in zip(corner, block.shape))] = block

    def finish(self):
        self._stitcher.finish()
        return self.map


def blend_line(axis, mode, windows, folder):
    """``windows``: start -> values along x. The map along x."""
    blender = Blend([axis, THIN, THIN], mode, 1, folder)
    for start, values in windows.items():
        blender.add((start, 0, 0), np.reshape(values, (-1, 1, 1, 1)).astype(np.float32))
    return np.array(blender.finish()[:, 0, 0, 0])


# --- grids written by hand ------------------------------------------------------------------


def test_average_of_two_windows(tmp_path):
    #  voxel      0   1   2   3   4   5   6
    #  window 0   1   2   3   4
    #  window 3               8   7   6   5
    axis = plan_axis([0, 3], 4, 7)
    found = blend_line(axis, 'average', {0: [1, 2, 3, 4], 3: [8, 7, 6, 5]}, tmp_path)
    np.testing.assert_array_equal(found, [1, 2, 3, 6, 7, 6, 5])
    assert axis.most_windows == 2


def test_average_where_a_voxel_is_seen_by_no_window(tmp_path):
    # valid convolutions: a window of 5 gives its inner 3
    axis = plan_axis([0, 5], 5, 10, samples=3, offset=1.0)
    found = blend_line(axis, 'average', {0: [1, 2, 3], 5: [4, 5, 6]}, tmp_path)
    nan = np.nan
    np.testing.assert_array_equal(found, [nan, 1, 2, 3, nan, nan, 4, 5, 6, nan])
    assert axis.most_windows == 1


def test_average_of_pairs_off_the_lattice(tmp_path):
    # the map's pairs lie at 0.5, 2.5, 4.5, 6.5; those of window 3 at 3.5, 5.5, 7.5
    axis = plan_axis([0, 3], 6, 9, samples=3, stride=2, offset=0.5)
    found = blend_line(axis, 'average', {0: [1, 2, 3], 3: [10, 20, 30]}, tmp_path)
    np.testing.assert_array_equal(found, [1, 2, (3 + 15) / 2, 25])


def test_gaussian_of_two_windows(tmp_path):
    # windows of 8: sigma 1, middle between voxels 3 and 4; 0.5 to 3.5 from it
    half = {d: np.exp(-0.5 * d * d) for d in (0.5, 1.5, 2.5, 3.5)}
    assert half[3.5] < 0.005 and half[3.5] > 0.001
    axis = plan_axis([0, 6], 8, 14)
    found = blend_line(axis, 'gaussian', {0: [1] * 8, 6: [5] * 8}, tmp_path)
    six = (1 * half[2.5] + 5 * half[3.5]) / (half[2.5] + half[3.5])
    np.testing.assert_allclose(found, [1] * 6 + [six, 6 - six] + [5] * 6, rtol=1e-6)


def test_a_gaussian_weight_is_at_least_a_thousandth(tmp_path):
    # two axes of 8, 3.5 sigma from the middle on both: 4.8e-6, taken as 0.001
    axis = plan_axis([0, 7], 8, 15)
    thin = plan_axis([0], 8, 8)
    blender = Blend([axis, thin, THIN], 'gaussian', 1, tmp_path)
    blender.add((0, 0, 0), np.full((8, 8, 1, 1), 1, np.float32))
    blender.add((7, 0, 0), np.full((8, 8, 1, 1), 4, np.float32))
    found = blender.finish()
    assert found[7, 0, 0, 0] == pytest.approx(2.5, rel=1e-6)
    assert found[0, 0, 0, 0] == pytest.approx(1, rel=1e-6)


# --- against sums made sample by sample ------------------------------------------------------


@settings(max_examples=15, deadline=None)
@given(st.sampled_from(['average', 'gaussian']), st.integers(1, 2), st.integers(0, 1000))
def test_three_axes_against_plain_loops(tmp_path_factory, mode, stride, seed):
    rng = np.random.RandomState(seed)
    sizes, windows = (9, 11, 13), (6, 8, 4)
    starts = [sorted({0, stride * rng.randint(1, 3), stride}) for _ in sizes]
    axes = [
        plan_axis(each, window, size, window // stride, stride, (stride - 1) / 2.0)
        for each, window, size in zip(starts, windows, sizes)
    ]
    plan = StitchPlan(axes)
    blender = Blend(axes, mode, 3, tmp_path_factory.mktemp('blend'))
    sums, weights = np.zeros(plan.shape + (3,)), np.zeros(plan.shape + (1,))
    for x in starts[0]:
        for y in starts[1]:
            for z in starts[2]:
                values = rng.standard_normal([w // stride for w in windows] + [3])
                blender.add((x, y, z), values.astype(np.float32))
                for sample in np.ndindex(*values.shape[:3]):
                    weight = 1.0
                    place = []
                    for at, axis in zip((x, y, z), range(3)):
                        place.append(at // stride + sample[axis])
                        middle = (windows[axis] - 1) / 2.0
                        from_middle = sample[axis] * stride + (stride - 1) / 2.0 - middle
                        if mode == 'gaussian':
                            weight *= np.exp(-(from_middle**2) / (2 * (windows[axis] / 8.0) ** 2))
                    place = tuple(place)
                    if all(at < size for at, size in zip(place, plan.shape)):
                        sums[place] += max(weight, 1e-3) * values[sample]
                        weights[place] += max(weight, 1e-3)
    with np.errstate(invalid='ignore'):
        np.testing.assert_allclose(blender.finish(), sums / weights, rtol=1e-4, atol=1e-5)


# --- beginnings and ends ---------------------------------------------------------------------


def test_ending_twice_is_harmless_and_adding_after_the_end_is_refused(tmp_path):
    blender = Blend([plan_axis([0], 5, 5)] * 3, 'average', 2, tmp_path)
    values = np.random.RandomState(1).standard_normal((5, 5, 5, 2)).astype(np.float32)
    blender.add((0, 0, 0), values)
    np.testing.assert_array_equal(blender.finish(), values)
    np.testing.assert_array_equal(blender.finish(), values)
    with pytest.raises(WriteError, match='after all windows had been'):
        blender.add((0, 0, 0), values)


def test_the_files_are_removed(tmp_path):
    blender = Blend([THIN] * 3, 'gaussian', 1, tmp_path)
    assert len(list(tmp_path.iterdir())) == 2
    blender.remove()
    blender.remove()
    assert list(tmp_path.iterdir()) == []


def test_nan_stays_where_it_is(tmp_path):
    axis = plan_axis([0, 3], 4, 7)
    found = blend_line(axis, 'average', {0: [1, np.nan, 3, 4], 3: [8, 7, 6, 5]}, tmp_path)
    np.testing.assert_array_equal(found, [1, np.nan, 3, 6, 7, 6, 5])


# --- against MONAI ---------------------------------------------------------------------------


@pytest.fixture(scope='module')
def monai():
    """What scripts/monai_blending.py has left."""
    with np.load(
        os.path.join(os.path.dirname(os.path.abspath(__file__)), 'monai_blending.npz')
    ) as found:
        return dict(found)


@pytest.mark.parametrize('mode', ['average', 'gaussian'])
def test_monai_s_sliding_window_gives_the_same(mode, monai, tmp_path):
    volume, ramp = monai['volume'], monai['ramp']
    starts = [monai['starts_' + name].tolist() for name in 'xyz']
    axes = [plan_axis(*each) for each in zip(starts, ramp.shape, volume.shape)]
    blender = Blend(axes, mode, 1, tmp_path)
    for start in itertools.product(*starts):
        window = volume[tuple(slice(at, at + n) for at, n in zip(start, ramp.shape))]
        blender.add(start, (window * ramp)[..., np.newaxis])
    np.testing.assert_allclose(blender.finish()[..., 0], monai[mode], rtol=2e-6, atol=2e-6)


@pytest.mark.parametrize('mode', ['average', 'gaussian'])
def test_weights_are_monai_s(mode, monai):
    axes = [plan_axis([0], n, n) for n in monai['ramp'].shape]
    (runs,) = [[axis.runs[0][0] for axis in axes]]
    found = MODES[mode].weights(axes, runs, (0, 0, 0))
    np.testing.assert_allclose(found, monai[mode + '_weights'], rtol=1e-5)
    assert mode == 'average' or found.min() == np.float32(1e-3)
