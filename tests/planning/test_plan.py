# -*- coding: utf-8 -*-
import numpy as np
import pytest

from niftynet_activations.errors import GeometryError
from niftynet_activations.geometry.axis import AxisGeometry
from niftynet_activations.planning.plan import Windows, plan_map
from niftynet_activations.space.network_space import NetworkSpace

WINDOW = (12, 8, 16)
VERDICT = dict(exact=None, inexact_because=None, reference_shape=[20, 8, 17])


def plan(image, padding, judge=None, space=None, resolution='native'):
    volume = [n + 2 * p for n, p in zip(image, padding)]
    axes = [AxisGeometry.of_window(n).convolve(n // 4, 4, 4) for n in WINDOW]
    starts = [[0, n - m] for n, m in zip(volume, WINDOW)]
    spec = dict(
        subject='one', layer='deep', postfix='x', channels=(0, 1), format='nii', layout='4d',
        dtype='float32', settings='',
    )  # fmt: skip
    space = (space or NetworkSpace(np.eye(4), image)).pad(padding, padding)
    windows = Windows(starts, WINDOW, volume, image, padding)
    info = dict(stitch='crop', resolution=resolution)
    return plan_map('key', axes, (0, 1, 2), windows, space, spec, info, judge)


def test_a_map_has_the_samples_inside_the_image():
    # centres at 1.5, 5.5, 9.5, ...
    found = plan((13, 8, 17), (0, 0, 0))
    assert found.spec.shape_xyz == (3, 2, 4)
    assert np.allclose(np.asarray(found.spec.affine)[:3, 3], 1.5)


def test_a_map_without_samples_is_refused_before_the_first_window():
    # the image's two voxels, 7 and 8, lie between the samples at 5.5 and 9.5
    with pytest.raises(GeometryError, match="'deep' has no sample .* 'one': along y they lie 4 vo"):
        plan((13, 2, 17), (0, 7, 0))


def test_a_map_is_judged_once_and_not_before_somebody_asks():
    asked = []

    def judge(crop, wanted):
        asked.append(crop.shape)
        return VERDICT

    found = plan((13, 8, 17), (0, 0, 0), judge)
    assert not asked
    assert found.verdict() == VERDICT
    told = found.told()
    assert asked == [(3, 2, 4)]
    assert told['reference_shape'] == [20, 8, 17] and told['stride'] == [4, 4, 4]
    assert (told['exact'], told['windows']) == (None, found.crop.windows)


def test_a_verdict_that_was_given_up_is_made_when_asked_for_again():
    def judge(crop, wanted):
        if not wanted():
            raise GeometryError('given up')
        return VERDICT

    found = plan((13, 8, 17), (0, 0, 0), judge)
    with pytest.raises(GeometryError):
        found.verdict(lambda: False)
    assert found.verdict() == VERDICT


def test_a_map_on_the_files_grid_is_told_of_in_the_order_of_the_files_axes():
    # the file's axes are z, x and y of the network
    affine = np.eye(4)[[1, 2, 0, 3]]
    space = NetworkSpace(affine, (17, 13, 8)).read('RAS')
    assert space.shape == (13, 8, 17)
    found = plan((13, 8, 17), (0, 0, 0), lambda crop, wanted: VERDICT, space, 'input')
    assert found.spec.shape_xyz == (17, 13, 8)
    assert found.told()['reference_shape'] == [17, 20, 8]
