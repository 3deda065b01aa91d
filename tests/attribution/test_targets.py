# -*- coding: utf-8 -*-
"""Each voxel counts in one window: grids written by hand."""

import numpy as np

from niftynet_activations.attribution.targets import Targets
from niftynet_activations.space.lattice import inside_image
from niftynet_activations.stitching.axis_plan import StitchPlan
from niftynet_activations.stitching.crop import CropAxisPlan


class Plan(object):
    def __init__(self, *axes):
        self.stitching = StitchPlan(axes)


class Mask(object):
    def __init__(self, kept):
        self.kept = kept


def axis(starts, window, volume, samples=None, stride=1, offset=0.0):
    samples = window if samples is None else samples
    return CropAxisPlan(inside_image(stride, offset, volume, 0), starts, window, samples, volume)


THIN = axis([0], 1, 1)


def line(targets, start):
    return targets.of((start, 0, 0))[:, 0, 0].tolist()


def test_windows_that_overlap():
    #  voxel      0   1   2   3   4   5   6
    #  window 0   x   x   x   x                three voxels from its inner face at most
    #  window 3               -   x   x   x    voxel 3 is as near to both: the lower start
    targets = Targets(Plan(axis([0, 3], 4, 7), THIN, THIN), (4, 1, 1))
    assert line(targets, 0) == [1, 1, 1, 1]
    assert line(targets, 3) == [0, 1, 1, 1]


def test_a_mask():
    kept = np.zeros((7, 1, 1), bool)
    kept[[2, 5]] = True
    targets = Targets(Plan(axis([0, 3], 4, 7), THIN, THIN), (4, 1, 1), Mask(kept))
    assert line(targets, 0) == [0, 0, 1, 0]
    assert line(targets, 3) == [0, 0, 1, 0]


def test_samples_between_those_of_a_window():
    # the map's samples lie at 0, 2, 4, 6, those of window 3 at 3, 5, 7: 4 and 6 are half of each
    targets = Targets(Plan(axis([0, 3], 5, 8, 3, 2), THIN, THIN), (3, 1, 1))
    assert line(targets, 0) == [1, 1, 0]
    assert line(targets, 3) == [0.5, 1, 0.5]


def test_every_voxel_counts_once():
    axes = [axis([0, 3, 5], 6, 11), axis([0, 2], 5, 7), axis([0], 4, 4)]
    targets = Targets(Plan(*axes), (6, 5, 4))
    total = np.zeros((11, 7, 4))
    for x in (0, 3, 5):
        for y in (0, 2):
            total[x : x + 6, y : y + 5] += targets.of((x, y, 0))
    assert (total == 1).all()
