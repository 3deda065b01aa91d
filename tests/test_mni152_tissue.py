# -*- coding: utf-8 -*-
"""The demonstration's extension: its labels, its Dice, its checkpoint and its receptive field."""

import importlib.util
import math
import os
import runpy

import numpy as np
import pytest

FOLDER = os.path.join(
    os.path.dirname(os.path.abspath(__file__)), os.pardir, 'extensions', 'mni152_tissue'
)
LARGEST = 3e6


@pytest.fixture(scope='module')
def data():
    return runpy.run_path(os.path.join(FOLDER, 'data.py'))


def test_labels_take_the_most_probable_tissue(data):
    grey = np.array([0, 200, 10, 120, 100, 128, 85], dtype=np.uint8)
    white = np.array([0, 55, 240, 120, 20, 127, 85], dtype=np.uint8)
    assert data['tissue_labels'](grey, white).tolist() == [0, 1, 2, 1, 0, 1, 0]


def test_labels_leave_the_maps_alone_and_do_not_overflow(data):
    grey = np.full((2, 3, 4), 255, dtype=np.uint8)
    white = np.full((2, 3, 4), 255, dtype=np.uint8)
    labels = data['tissue_labels'](grey, white)
    assert labels.dtype == np.uint8 and np.all(labels == 1)
    assert np.all(grey == 255) and np.all(white == 255)


def test_dice_is_twice_the_overlap_over_the_sum(data):
    first = np.array([0, 1, 1, 2, 2])
    second = np.array([1, 1, 1, 2, 0])
    assert data['dice'](first, second, 1) == 2 * 2 / 5.0
    assert data['dice'](first, second, 2) == 2 * 1 / 3.0
    assert math.isnan(data['dice'](first, second, 3))


def test_the_subject_is_made_of_what_nilearn_ships(data, tmp_path):
    nib = pytest.importorskip('nibabel')
    if importlib.util.find_spec('nilearn') is None:
        pytest.skip('the template is part of nilearn, which is not installed')
    image, labels = (nib.load(path) for path in data['make_subject'](str(tmp_path / 'new')))
    assert image.shape == labels.shape == (197, 233, 189)
    assert np.array_equal(image.affine, labels.affine)
    counts = np.bincount(np.asanyarray(labels.dataobj).ravel())
    assert counts.tolist() == [6949246, 1090506, 635537]


def test_a_missing_template_is_named(data, monkeypatch):
    monkeypatch.setattr('importlib.util.find_spec', lambda name: None)
    with pytest.raises(IOError, match='nilearn, whose MNI152 template is needed'):
        data['template_files']()


def test_the_checkpoint_is_small_and_complete():
    models = os.path.join(FOLDER, 'models')
    with open(os.path.join(models, 'checkpoint')) as state:
        name = state.readline().split('"')[1]
    assert not os.path.isabs(name)
    files = [f for f in os.listdir(models) if f.startswith(name + '.')]
    assert sorted(f[len(name) :] for f in files) == ['.data-00000-of-00001', '.index']
    assert sum(os.path.getsize(os.path.join(models, f)) for f in files) < LARGEST


@pytest.mark.slow
def test_the_network_sees_no_further_than_the_border_of_its_config(monkeypatch):
    reach = receptive_reach(monkeypatch)
    assert reach.max() <= 20


def receptive_reach(monkeypatch):
    """
    Find by gradients how far from a voxel the network's output depends on its input.

    :return: (phases, 2) array of whole numbers: for neighbouring voxels along x, the distance
        to the lowest and to the highest input voxel
    """
    monkeypatch.syspath_prepend(os.path.join(FOLDER, os.pardir, os.pardir))
    import niftynet  # noqa: F401  (before TensorFlow)
    import tensorflow as tf

    from extensions.mni152_tissue.network import TissueNet

    length = 96
    with tf.Graph().as_default(), tf.Session() as session:
        images = tf.placeholder(tf.float32, [1, length, 48, 48, 1])
        ones = tf.constant_initializer(0.01)
        logits = TissueNet(3, w_initializer=ones, b_initializer=tf.zeros_initializer())(images)
        gradients = [
            tf.gradients(logits[0, length // 2 + phase, 24, 24, 0], images)[0] for phase in range(4)
        ]
        session.run(tf.global_variables_initializer())
        found = session.run(gradients, {images: np.ones([1, length, 48, 48, 1])})
    reach = []
    for phase, gradient in enumerate(found):
        touched = np.flatnonzero(np.abs(gradient).sum(axis=(0, 2, 3, 4)))
        centre = length // 2 + phase
        reach.append((centre - touched.min(), touched.max() - centre))
    return np.array(reach)
