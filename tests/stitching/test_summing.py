# -*- coding: utf-8 -*-
"""Sums of windows: grids written by hand."""

import numpy as np
import pytest

from niftynet_activations.errors import OptionError, WriteError
from niftynet_activations.options import parse_options
from niftynet_activations.space.lattice import inside_image
from niftynet_activations.stitching.axis_plan import StitchPlan
from niftynet_activations.stitching.contract import Task
from niftynet_activations.stitching.stitcher import make_stitcher, scratch_samples
from niftynet_activations.stitching.summing import AllWindowsPlan


def plan_axis(starts, window, volume):
    return AllWindowsPlan(inside_image(1, 0.0, volume, 0), starts, window, window, volume)


def stitched(mode, windows, folder, volume=7):
    """``windows``: start -> values along x of two channels. The map along x."""
    axes = [plan_axis([0, 3], 4, volume)] + [plan_axis([0], 1, 1)] * 2
    found = np.full((volume, 1, 1, 2), np.nan, np.float32)

    def write(corner, block):
        found[tuple(slice(at, at + n) for at, n in zip(corner, block.shape))] = block

    stitcher = make_stitcher(mode, Task(StitchPlan(axes), 2, write, str(folder / 'sums')))
    assert stitcher.gathers and stitcher.in_order
    for start, values in windows.items():
        given = np.array(values, np.float32).T.reshape(-1, 1, 1, 2)
        stitcher.add((start, 0, 0), given)
    stitcher.finish()
    with pytest.raises(WriteError, match='after all windows had been'):
        stitcher.add((0, 0, 0), np.zeros((4, 1, 1, 2), np.float32))
    stitcher.remove()
    assert not list(folder.iterdir())
    return found[:, 0, 0].T.tolist()


def test_two_windows(tmp_path):
    #  voxel      0   1   2   3   4   5   6
    #  window 0   1  -2   3   4
    #  window 3              -6   6   7   8
    windows = {0: [[1, -2, 3, 4], [0, 0, 0, 1]], 3: [[-6, 6, 7, 8], [1, 0, 0, -9]]}
    assert stitched('sum', windows, tmp_path) == [[1, -2, 3, -2, 6, 7, 8], [0, 0, 0, 2, 0, 0, -9]]
    assert stitched('magnitude', windows, tmp_path)[0] == [1, 2, 3, 2, 6, 7, 8]


def test_where_a_window_is_left_out_the_sum_is_0(tmp_path):
    windows = {3: [[1, 2, 3, 4], [1, 1, 1, 1]]}
    assert stitched('sum', windows, tmp_path)[0] == [0, 0, 0, 1, 2, 3, 4]


def test_sums_are_no_choice_of_users():
    with pytest.raises(OptionError, match='expected one of crop, average, gaussian$'):
        parse_options({'activation_stitch': 'sum'})
    assert scratch_samples('sum', (3, 4, 5), 2, False) == 120
