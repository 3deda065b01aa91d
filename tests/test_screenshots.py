# -*- coding: utf-8 -*-
"""The pictures of viewer and report in the docs: what their script does beside the run."""

import os
import runpy

import nibabel as nib
import numpy as np
import pytest
from PIL import Image
from sample_folder import LAYERS, make_sample

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


@pytest.fixture(scope='module')
def screenshots():
    return runpy.run_path(os.path.join(ROOT, 'scripts', 'screenshots.py'))


def test_the_ring_lies_around_its_centre_in_the_world(screenshots):
    affine = np.diag([-2.0, 2.0, 4.0, 1.0])
    affine[:3, 3] = screenshots['RING']
    affine[:3, 3] -= np.array([-2.0, 2.0, 4.0]) * [10, 12, 6]
    found = nib.Nifti1Image(np.arange(21 * 25 * 13, dtype=np.float32).reshape(21, 25, 13), affine)
    values = np.asarray(screenshots['with_ring'](found).dataobj)
    bright = np.argwhere(values == values.max())
    radius, breadth = screenshots['RADIUS'], screenshots['BREADTH']
    away = np.linalg.norm((bright - [10, 12, 6]) * [2, 2, 4], axis=1)
    # the brightest voxel itself is the last one
    assert np.sum((away > radius + breadth) | (away < radius - breadth)) <= 1
    assert len(bright) > 100


@pytest.mark.slow
@pytest.mark.browser
def test_both_pages_are_taken(screenshots, browser, tmp_path, monkeypatch):
    take_all = screenshots['take_all']
    words = '#layer=conv_0&view=axial&strip=true&field=true'
    monkeypatch.setitem(take_all.__globals__, 'VIEW', words)
    monkeypatch.setitem(take_all.__globals__, 'REST', 0.2)
    sample = make_sample(str(tmp_path / 'maps'), ['1'], LAYERS[:1], shape=(9, 13, 11))
    take_all(sample.folder, str(tmp_path))
    for name, width in (('viewer', 1500), ('report', 1180)):
        with Image.open(str(tmp_path / (name + '.webp'))) as picture:
            assert picture.width == width
            assert np.asarray(picture, float).std() > 20
