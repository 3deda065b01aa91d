# -*- coding: utf-8 -*-
"""Which windows of a subject are still to come, and what is left of its maps when given up."""

import os
from functools import partial

import numpy as np
import pytest

from niftynet_activations.errors import GeometryError, WriteError
from niftynet_activations.exactness.judgement import MapVerdict
from niftynet_activations.geometry.axis import AxisGeometry
from niftynet_activations.planning.plan import SubjectPlan, Windows, plan_map
from niftynet_activations.running.subject_maps import SubjectMaps
from niftynet_activations.running.targets import make_target
from niftynet_activations.space.network_space import NetworkSpace
from niftynet_activations.store.description import MapDescription
from niftynet_activations.store.folder import OutputFolder

SHAPE = (5, 7, 11)


def map_plan(key='key', layer='deep', stitch='crop'):
    """A map of 5 x 7 x 11 voxels, from one window."""
    axes = [AxisGeometry.of_window(size) for size in SHAPE]
    windows = Windows([[0]] * 3, SHAPE, SHAPE, SHAPE, (0, 0, 0))
    spec = dict(
        subject='1', layer=layer, postfix='out', channels=(0, 1), format='nii', layout='4d',
        dtype='float32', settings='',
    )  # fmt: skip
    space = NetworkSpace(np.eye(4), SHAPE)
    description = MapDescription(stitch=stitch)
    verdict = MapVerdict(True, None, [5] * 3)
    return plan_map(
        key, axes, (0, 1, 2), windows, space, spec, description, lambda *_: verdict, stitch
    )


def test_windows_are_expected_once(tmp_path):
    with OutputFolder(str(tmp_path)) as folder:
        maps = SubjectMaps(SubjectPlan('1', [[0, 3], [2], [4]], []), partial(make_target, folder))
        assert not maps.reached and maps.expects((3, 2, 4)) and not maps.expects((3, 2, 5))
        maps.has_come((3, 2, 4))
        assert maps.reached and not maps.complete and not maps.expects((3, 2, 4))
        with pytest.raises(WriteError, match=r"windows of subject '1' had come \(1 missing\)"):
            maps.check_complete()
        maps.has_come((0, 2, 4))
        assert maps.complete
        maps.check_complete()


def test_a_subject_that_is_given_up_leaves_nothing_and_is_judged_no_longer(tmp_path):
    plan = map_plan()
    with OutputFolder(str(tmp_path)) as folder:
        maps = SubjectMaps(SubjectPlan('1', [[0]] * 3, [plan]), partial(make_target, folder))
        assert maps.key(maps.targets[0]) == ('1', 'key')
        maps.abandon()
        maps.abandon()
        assert not [
            name for _, _, names in os.walk(folder.path) for name in names if 'deep' in name
        ]
    with pytest.raises(GeometryError, match='given up'):
        plan.told()


def test_a_map_that_cannot_be_begun_takes_those_before_it_with_it(tmp_path):
    with OutputFolder(str(tmp_path)) as folder:
        wrong = map_plan('other', 'wide')
        wrong = wrong._replace(spec=wrong.spec._replace(dtype='float16'))
        with pytest.raises(ValueError):
            SubjectMaps(
                SubjectPlan('1', [[0]] * 3, [map_plan(), wrong]), partial(make_target, folder)
            )
        left = [name for _, _, names in os.walk(folder.path) for name in names]
        assert not [name for name in left if name.endswith('.nii')]
