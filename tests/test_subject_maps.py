# -*- coding: utf-8 -*-
"""A subject's windows become complete files when the last one has come."""

import csv

import numpy as np

from niftynet_activations.output import sidecar
from niftynet_activations.output.folder import OutputFolder
from niftynet_activations.output.pipeline import Pipeline
from niftynet_activations.output.vectors import vector_spec
from niftynet_activations.plan import TablePlan
from niftynet_activations.subject_maps import SubjectMaps


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
