# -*- coding: utf-8 -*-
"""A subject's windows become complete files when the last one has come."""

import csv
import os
import threading
import time

import numpy as np
import pytest

from niftynet_activations.errors import GeometryError
from niftynet_activations.geometry.axis import AxisGeometry
from niftynet_activations.planning.plan import TablePlan, Windows, plan_map
from niftynet_activations.running.pipeline import Pipeline
from niftynet_activations.running.subject_maps import SubjectMaps
from niftynet_activations.space.network_space import NetworkSpace
from niftynet_activations.store import sidecar
from niftynet_activations.store.folder import OutputFolder
from niftynet_activations.store.vectors import vector_spec


def test_vectors_are_listed_and_described(tmp_path):
    spec = vector_spec('1', 'fc', 'out', (0, 3))
    plan = TablePlan('key', spec, (5, 7, 11), {'network': 'toynet'})
    values = np.random.RandomState(0).randn(2, 2).astype(np.float32)
    with OutputFolder(str(tmp_path)) as folder:
        pipeline = Pipeline(1000)
        maps = SubjectMaps('1', [plan], [[0, 3], [2], [4]], folder, pipeline)
        assert maps.add((3, 2, 4), {'key': values[1]})
        assert not maps.add((3, 2, 4), {'key': values[0]})
        assert not maps.complete
        assert maps.add((0, 2, 4), {'key': values[0]})
        assert maps.complete
        pipeline.close()
    name = 'activation_fc_1_out'
    with open(str(tmp_path / (name + '.csv')), newline='') as stream:
        rows = list(csv.reader(stream))
    assert rows[0] == ['x_start', 'y_start', 'z_start', 'x_end', 'y_end', 'z_end', 'c0', 'c3']
    assert sorted(row[:6] for row in rows[1:]) == [
        ['0', '2', '4', '5', '9', '15'],
        ['3', '2', '4', '8', '9', '15'],
    ]
    info = sidecar.read(str(tmp_path / (name + '.json')))
    assert (info['network'], info['windows'], info['channels']) == ('toynet', 2, [0, 3])
    assert (
        '1,fc,activation_fc_1_out.csv,2,,,,float32,\n' in (tmp_path / 'activations.csv').read_text()
    )


def test_a_search_for_the_verdict_ends_with_the_subject(tmp_path):
    searching = threading.Event()

    def judge(crop, wanted):
        searching.set()
        while wanted():
            time.sleep(0.01)
        raise GeometryError('given up')

    with OutputFolder(str(tmp_path)) as folder:
        pipeline = Pipeline(1000)
        maps = SubjectMaps('1', [map_plan(judge)], [[0]] * 3, folder, pipeline)
        assert searching.wait(10)
        maps.abandon()
        pipeline.close()  # waits for ever where the search goes on, and raises its error
    assert not [name for name in os.listdir(str(tmp_path)) if 'deep' in name]


def test_a_verdict_that_fails_is_an_error_of_the_run(tmp_path):
    def judge(crop, wanted):
        raise GeometryError('no verdict')

    with OutputFolder(str(tmp_path)) as folder:
        pipeline = Pipeline(1000)
        maps = SubjectMaps('1', [map_plan(judge)], [[0]] * 3, folder, pipeline)
        with pytest.raises(GeometryError, match='no verdict'):
            pipeline.close()
        maps.abandon()


def map_plan(judge):
    """A map of 5 x 7 x 11 voxels, from one window."""
    shape = (5, 7, 11)
    axes = [AxisGeometry.of_window(size) for size in shape]
    windows = Windows([[0]] * 3, shape, shape, shape, (0, 0, 0))
    spec = dict(
        subject='1', layer='deep', postfix='out', channels=(0, 1), format='nii', layout='4d',
        dtype='float32', settings='',
    )  # fmt: skip
    info = dict(stitch='crop', resolution='native')
    space = NetworkSpace(np.eye(4), shape)
    return plan_map('key', axes, (0, 1, 2), windows, space, spec, info, judge)
