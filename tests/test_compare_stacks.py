# -*- coding: utf-8 -*-
"""The comparison of both stacks: what differs, what is a fault, and in which order runs go."""

import json
import os
import sys

import nibabel as nib
import numpy as np
import pytest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir, 'scripts'))

import compare_stacks  # noqa: E402
import stacks_differences  # noqa: E402

GOOD = stacks_differences.Comparison(385, 0, 1e-6, 2, 1e-5, 'conv', 0.5, 0.6)


def test_a_difference_is_relative_to_the_range():
    reference = np.array([-1.0, 3.0, np.nan, 0.0])
    assert stacks_differences.difference(reference, reference) == 0
    assert stacks_differences.difference(reference, reference + [0, 0, 0, 0.5]) == 0.125
    assert stacks_differences.difference(reference, np.array([-1.0, 3, 0, 0])) == float('inf')
    assert stacks_differences.difference(reference, reference[:3]) == float('inf')


@pytest.mark.parametrize(
    'network, changes, expected',
    [
        ('vnet', {}, ''),
        ('vnet', {'labels_changed': 2}, '2 labels changed'),
        ('vnet', {'map': 2e-3}, 'beyond the limit'),
        ('vnet', {'probability': 5e-4}, ''),
        (compare_stacks.TISSUE, {'probability': 5e-4}, 'beyond the limit'),
        ('vnet', {'largest_class': 0.95}, 'one class nearly everywhere, which shows nothing'),
        ('vnet', {'mean_confidence': 0.99}, 'saturated, which shows nothing'),
    ],
)
def test_faults(network, changes, expected):
    assert compare_stacks.fault(network, 'checkpoint_1', GOOD._replace(**changes)) == expected


def test_each_checkpoint_is_made_by_one_stack_and_read_by_both():
    wanted = compare_stacks.variants(['unet', 'vnet'])
    assert wanted == [
        ('unet', 'checkpoint_1'), ('vnet', 'checkpoint_1'), ('vnet', 'checkpoint_2'),
    ]  # fmt: skip
    assert compare_stacks.phases('py1', 'py2', wanted[1:]) == [
        ('py2', ['make:vnet:checkpoint_2', 'run:vnet:checkpoint_2:own']),
        (
            'py1',
            [
                'make:vnet:checkpoint_1',
                'run:vnet:checkpoint_1:own',
                'run:vnet:checkpoint_2:other',
            ],
        ),
        ('py2', ['run:vnet:checkpoint_1:other']),
    ]


def test_files_of_two_runs_are_compared(tmp_path):
    random = np.random.RandomState(5)
    probabilities = random.uniform(size=(5, 7, 11, 1, 3)).astype(np.float32)
    activation = random.normal(size=(5, 7, 11, 2)).astype(np.float32)
    changed = probabilities.copy()
    changed[4, 0, 10, 0] = changed[4, 0, 10, 0, [1, 2, 0]]
    _write(tmp_path / 'one', probabilities, activation)
    _write(tmp_path / 'two', changed, activation + np.float32(0.5))
    found = stacks_differences.compare(tmp_path / 'one', tmp_path / 'two')
    assert (found.voxels, found.labels_changed, found.maps, found.layer) == (385, 1, 1, 'conv')
    assert found.probability == np.abs(probabilities - changed).max()
    assert found.map == pytest.approx(0.5 / np.ptp(activation), rel=1e-5)
    line = compare_stacks.table([('vnet', 'checkpoint_1', found)], ['a', 'b']).splitlines()[-1]
    assert line.startswith('| vnet | reference | 385 |') and line.endswith('1 labels changed |')


def test_other_maps_are_an_error(tmp_path):
    values = np.zeros((5, 7, 11, 1, 2), np.float32)
    _write(tmp_path / 'one', values, values)
    _write(tmp_path / 'two', values, values, layer='other')
    with pytest.raises(IOError, match='do not hold the same maps: conv, other'):
        stacks_differences.compare(tmp_path / 'one', tmp_path / 'two')
    with pytest.raises(IOError, match='holds 0 segmentations; expected one'):
        stacks_differences.compare(tmp_path / 'none', tmp_path / 'two')


def _write(folder, probabilities, activation, layer='conv'):
    folder.mkdir()
    nib.save(nib.Nifti1Image(probabilities, np.eye(4)), str(folder / 'window_seg_x.nii.gz'))
    nib.save(nib.Nifti1Image(activation, np.eye(4)), str(folder / 'activation_x.nii'))
    (folder / 'activation_x.json').write_text(json.dumps({'layer': layer}))
