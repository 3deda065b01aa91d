# -*- coding: utf-8 -*-
import numpy as np
import pytest

from niftynet_activations.errors import GeometryError, OptionError
from niftynet_activations.exactness.judgement import MapVerdict
from niftynet_activations.geometry.axis import AxisGeometry
from niftynet_activations.planning.plan import Windows, plan_map
from niftynet_activations.space.network_space import NetworkSpace
from niftynet_activations.store.description import MapDescription

WINDOW = (12, 8, 16)
VERDICT = MapVerdict(exact=None, inexact_because=None, reference_shape=[20, 8, 17])


def plan(image, padding, judge=lambda *_: VERDICT, space=None, resolution='native', stitch='crop'):
    volume = [n + 2 * p for n, p in zip(image, padding)]
    axes = [AxisGeometry.of_window(n).convolve(n // 4, 4, 4) for n in WINDOW]
    starts = [[0, n - m] for n, m in zip(volume, WINDOW)]
    spec = dict(
        subject='one', layer='deep', postfix='x', channels=(0, 1), format='nii', layout='4d',
        dtype='float32', settings='',
    )  # fmt: skip
    space = (space or NetworkSpace(np.eye(4), image)).pad(padding, padding)
    windows = Windows(starts, WINDOW, volume, image, padding)
    on_the_image = resolution == 'input'
    return plan_map(
        'key', axes, (0, 1, 2), windows, space, spec, MapDescription(), judge, stitch, on_the_image
    )


def test_a_map_has_the_samples_inside_the_image():
    # centres at 1.5, 5.5, 9.5, ...
    found = plan((13, 8, 17), (0, 0, 0))
    assert found.spec.shape_xyz == (3, 2, 4)
    assert np.allclose(np.asarray(found.spec.place.affine)[:3, 3], 1.5)


def test_a_map_without_samples_is_refused_before_the_first_window():
    # the image's two voxels, 7 and 8, lie between the samples at 5.5 and 9.5
    with pytest.raises(GeometryError, match="'deep' has no sample .* 'one': along y they lie 4 vo"):
        plan((13, 2, 17), (0, 7, 0))


def test_a_map_is_judged_when_its_judgement_is_worked_out():
    asked = []

    def judge(stitching, wanted):
        asked.append(stitching.shape)
        return VERDICT

    found = plan((13, 8, 17), (0, 0, 0), judge)
    assert not asked and not found.verdict.future.done()
    found.verdict.work_out()
    told = found.told()
    assert asked == [(3, 2, 4)]
    assert told.reference_shape == [20, 8, 17] and told.stride == [4, 4, 4]
    assert (told.exact, told.windows) == (None, found.stitching.windows)


def test_an_unknown_stitch_mode_is_refused():
    with pytest.raises(OptionError, match="'max'; allowed are crop, average, gaussian"):
        plan((13, 8, 17), (0, 0, 0), stitch='max')


def test_scratch_is_what_waits_for_the_last_window():
    samples = 3 * 2 * 4
    for stitch, resolution, expected in (
        ('crop', 'native', 0),
        ('crop', 'input', 2 * samples),
        ('average', 'native', 3 * samples),  # and the sums of the weights
        ('gaussian', 'input', 3 * samples),
    ):
        found = plan((13, 8, 17), (0, 0, 0), resolution=resolution, stitch=stitch)
        assert found.gathered_samples == expected, (stitch, resolution)


def test_a_map_on_the_files_grid_is_told_of_in_the_order_of_the_files_axes():
    # the file's axes are z, x and y of the network
    affine = np.eye(4)[[1, 2, 0, 3]]
    space = NetworkSpace(affine, (17, 13, 8)).read('RAS')
    assert space.shape == (13, 8, 17)
    found = plan((13, 8, 17), (0, 0, 0), lambda stitching, wanted: VERDICT, space, 'input')
    found.verdict.work_out()
    assert found.spec.shape_xyz == (17, 13, 8)
    assert found.told().reference_shape == [17, 20, 8]
