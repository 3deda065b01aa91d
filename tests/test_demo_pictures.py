# -*- coding: utf-8 -*-
"""The demonstration's pictures: planes are cut at one place whatever the resolution."""

import csv
import os
import runpy

import numpy as np
import pytest

pytest.importorskip('matplotlib')
nib = pytest.importorskip('nibabel')

SCRIPT = os.path.join(
    os.path.dirname(os.path.abspath(__file__)), os.pardir, 'scripts', 'demo_pictures.py'
)


@pytest.fixture(scope='module')
def pictures():
    return runpy.run_path(SCRIPT)


def affine_of(voxel, origin):
    affine = np.diag([voxel, voxel, voxel, 1.0])
    affine[:3, 3] = origin
    return affine


def test_a_plane_lies_at_the_point_with_its_extent_in_mm(pictures):
    volume = np.zeros((5, 7, 11))
    affine = affine_of(2.0, np.array(pictures['POINT']) - [4.0, 6.0, 10.0])
    volume[2, 3, 5] = 1.0
    for axis in range(3):
        values, extent = pictures['plane'](volume, affine, axis)
        across, up = [other for other in range(3) if other != axis]
        assert values.shape == (volume.shape[up], volume.shape[across])
        assert values.sum() == 1.0
        assert extent[1] - extent[0] == 2.0 * volume.shape[across]
        assert extent[3] - extent[2] == 2.0 * volume.shape[up]


def test_a_plane_outside_the_volume_is_the_nearest(pictures):
    volume = np.arange(5 * 7 * 11, dtype=float).reshape(5, 7, 11)
    values, _ = pictures['plane'](volume, affine_of(1.0, (500.0, 0.0, 0.0)), 0)
    assert np.array_equal(values, volume[0].T)


def test_a_picture_is_drawn_for_the_segmentation_and_for_each_map(pictures, tmp_path):
    random = np.random.RandomState(5)
    affine = affine_of(3.0, (-6.0, -25.0, -3.0))
    paths = {}
    for name, shape in (('image', (5, 7, 11)), ('labels', (5, 7, 11, 1, 1)), ('map', (3, 4, 6, 9))):
        values = random.randint(0, 3, size=shape).astype(np.float32)
        paths[name] = str(tmp_path / (name + '.nii.gz'))
        nib.save(nib.Nifti1Image(values, affine), paths[name])
    with open(str(tmp_path / 'activations.csv'), 'w') as table:
        rows = csv.writer(table)
        rows.writerow(['subject', 'layer', 'file'])
        rows.writerow(['one', 'res_1/conv:1', 'map.nii.gz'])
    drawn = pictures['draw_all'](
        paths['image'], paths['labels'], str(tmp_path), str(tmp_path / 'new')
    )
    assert [os.path.basename(path) for path in drawn] == ['segmentation.png', 'res_1.conv-1.png']
    assert all(os.path.getsize(path) > 1000 for path in drawn)
