# -*- coding: utf-8 -*-
"""What every stitch mode promises, tried on all modes of the table."""

import itertools
import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from niftynet_activations.space.lattice import inside_image
from niftynet_activations.stitching.axis_plan import StitchPlan
from niftynet_activations.stitching.contract import Stitcher, Task
from niftynet_activations.stitching.stitcher import MODES, make_stitcher

VOLUME, WINDOW, SAMPLES = (9, 11, 14), (5, 7, 6), (3, 5, 4)  # windows lose a voxel at each face
STARTS = [[0, 4], [0, 3, 4], [0, 8]]  # on z the samples of voxels 6 and 7 are given by no window


class Written(object):
    """Stands in for a map's writer."""

    def __init__(self, shape):
        self.values = np.full(shape, np.nan, np.float32)
        self.times = np.zeros(shape[:3], int)
        self.lock = threading.Lock()

    def write(self, corner, block):
        place = tuple(slice(at, at + size) for at, size in zip(corner, block.shape))
        with self.lock:
            self.times[place] += 1
            self.values[place] = block


def plan_of(mode):
    return StitchPlan(
        [
            MODES[mode].axis_plan(inside_image(1, 1, *each[:1], 0), *each[1:], each[0])
            for each in zip(VOLUME, STARTS, WINDOW, SAMPLES)
        ]
    )


def whole_volume():
    return np.random.RandomState(2).standard_normal(VOLUME + (2,)).astype(np.float32)


def windows():
    """Where each starts, and what it gives of the volume."""
    whole = whole_volume()
    for start in itertools.product(*STARTS):
        inner = [slice(at + 1, at + 1 + size) for at, size in zip(start, SAMPLES)]
        yield start, whole[tuple(inner)]


@pytest.mark.parametrize('threads', [1, 4])
@pytest.mark.parametrize('mode', list(MODES))
def test_every_sample_that_a_window_gives_is_written_once(mode, threads, tmp_path):
    plan = plan_of(mode)
    written = Written(plan.shape + (2,))
    stitcher = make_stitcher(mode, Task(plan, 2, written.write, str(tmp_path / 'scratch')))
    backwards = list(windows())[::-1]
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(lambda each: stitcher.add(*each), backwards))
    assert written.times.any() != stitcher.gathers
    stitcher.finish()
    stitcher.finish()
    given = np.einsum('i,j,k->ijk', *[axis.covered for axis in plan.axes])
    np.testing.assert_array_equal(written.times, given)
    assert 0 < given.sum() < given.size
    # all windows agree, so that it does not matter which one a sample is from
    np.testing.assert_allclose(written.values[given], whole_volume()[given], rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize('mode', list(MODES))
def test_scratch_is_what_was_told_and_goes(mode, tmp_path):
    plan = plan_of(mode)
    stitcher = make_stitcher(mode, Task(plan, 2, print, str(tmp_path / 'scratch')))
    held = sum(path.stat().st_size for path in tmp_path.iterdir())
    assert held == 4 * MODES[mode].scratch_samples(plan.shape, 2)
    stitcher.remove()
    stitcher.remove()
    assert list(tmp_path.iterdir()) == []


def test_a_mode_must_at_least_add():
    stitcher = Stitcher(Task(plan_of('crop'), 2, print, 'nowhere'))
    with pytest.raises(NotImplementedError):
        stitcher.add((0, 0, 0), np.zeros(SAMPLES + (2,), np.float32))
    stitcher.finish()
    stitcher.remove()
