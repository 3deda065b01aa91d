# -*- coding: utf-8 -*-
"""A layer's windows become a complete file, whatever thread takes them."""

import csv

import nibabel as nib
import numpy as np
import pytest

from niftynet_activations.planning.plan import TablePlan
from niftynet_activations.running.targets import make_target, volume_axes
from niftynet_activations.store import sidecar
from niftynet_activations.store.description import MapDescription
from niftynet_activations.store.folder import OutputFolder
from niftynet_activations.store.vectors import vector_spec
from running.test_subject_maps import SHAPE, map_plan


def test_a_table_has_a_row_for_each_window(tmp_path):
    plan = TablePlan(
        'key', vector_spec('1', 'fc', 'out', (0, 3)), (5, 7, 11), MapDescription(network='toynet')
    )
    values = np.random.RandomState(0).randn(2, 2).astype(np.float32)
    with OutputFolder(str(tmp_path)) as folder:
        target = make_target(folder, plan)
        assert target.in_order and target.judgement is None
        target.job((3, 2, 4), values[1])()
        target.job((0, 2, 4), values[0])()
        target.finish()
        target.abandon()
    name = 'activation_fc_1_out'
    with open(str(tmp_path / (name + '.csv')), newline='') as stream:
        rows = list(csv.reader(stream))
    assert rows[0] == ['x_start', 'y_start', 'z_start', 'x_end', 'y_end', 'z_end', 'c0', 'c3']
    assert [row[:6] for row in rows[1:]] == [
        ['3', '2', '4', '8', '9', '15'],
        ['0', '2', '4', '5', '9', '15'],
    ]
    info = sidecar.read(str(tmp_path / (name + '.json')))
    assert (info['network'], info['windows'], info['channels']) == ('toynet', 2, [0, 3])
    assert (
        '1,fc,activation_fc_1_out.csv,2,,,,float32,\n' in (tmp_path / 'activations.csv').read_text()
    )


@pytest.mark.parametrize('stitch', ['crop', 'average'])
def test_a_map_is_complete_with_its_verdict(tmp_path, stitch):
    plan = map_plan(stitch=stitch)
    values = np.random.RandomState(0).randn(*SHAPE + (2,)).astype(np.float32)
    with OutputFolder(str(tmp_path)) as folder:
        target = make_target(folder, plan)
        assert target.in_order == (stitch == 'average') and target.judgement is plan.verdict
        target.job((0, 0, 0), values)()
        plan.verdict.work_out()
        target.finish()
        target.abandon()
    written = nib.load(str(tmp_path / 'activation_deep_1_out.nii'))
    np.testing.assert_array_equal(written.get_fdata(dtype=np.float32), values)
    info = sidecar.read(str(tmp_path / 'activation_deep_1_out.json'))
    assert (info['exact'], info['stitch'], info['windows']) == (True, stitch, 1)


def test_axes_that_the_network_does_not_see_are_put_back():
    values = np.arange(5 * 7 * 2).reshape(5, 7, 2)
    assert volume_axes(values, (0, 1)).shape == (5, 7, 1, 2)
    assert volume_axes(values, (0, 2)).shape == (5, 1, 7, 2)
    assert volume_axes(values, (1, 2)).base is not None, 'a copy'
