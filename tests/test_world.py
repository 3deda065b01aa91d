# -*- coding: utf-8 -*-
"""
Every saved map lies where its affine says: the input's three modalities hold each voxel's own world
coordinates, the network passes them on, and each sample must predict its own values.
"""

import os
import sys

import nibabel as nib
import numpy as np
import pandas as pd
import pytest

pytestmark = pytest.mark.slow
niftynet = pytest.importorskip('niftynet')

from configs import write_config  # noqa: E402
from inference_runs import maps, run_activations  # noqa: E402

tf = sys.modules['tensorflow']
READINGS = {
    'as it is': {},
    'axes': dict(axcodes='(P, I, R)'),
    'resampled': dict(pixdim=(1.3, 0.8, 1.9)),
    'both': dict(axcodes='(L, A, S)', pixdim=(0.9, 1.5, 1.1)),
}


def oblique(flip):
    turn = 0.2
    affine = np.eye(4)
    affine[:3, :3] = [[np.cos(turn), -np.sin(turn), 0], [np.sin(turn), np.cos(turn), 0], [0, 0, 1]]
    affine[:3, :3] = affine[:3, :3] @ np.diag([1.1 * flip, 0.9, 1.4])
    affine[:3, 3] = [-20, 5, 7]
    return affine


SHAPE = (32, 37, 41)


@pytest.mark.parametrize('grid', ['niftynet', 'aligned'])
@pytest.mark.parametrize('padding', [0, 5])
@pytest.mark.parametrize('reading', sorted(READINGS))
def test_maps_predict_their_own_world(reading, padding, grid, tmp_path):
    found = run_on_world(tmp_path, reading, padding, '--activation_grid', grid)
    for (_, layer), (image, info) in found.items():
        # samples whose field reaches into padding or extension do not hold a linear ramp
        rim = [
            int(np.ceil(max(s, 1) / s)) if padding or grid == 'aligned' else 0
            for s in info['stride']
        ]
        assert_own_world(image, rim, layer)


@pytest.mark.parametrize('reading, padding', [('axes', 0), ('resampled', 5), ('both', 5)])
def test_maps_of_a_whole_pass_predict_their_own_world(reading, padding, tmp_path):
    found = run_on_world(tmp_path, reading, padding, '--activation_pass', 'whole')
    for (_, layer), (image, info) in found.items():
        # samples whose field reaches into padding or extension do not hold a linear ramp
        assert_own_world(image, [int(np.ceil(max(s, 1) / s)) for s in info['stride']], layer)
        assert (info['pass'], info['exact']) == ('whole', True)
        turned = {'axes': 'PIR', 'both': 'LAS'}
        assert info['axcodes'] == list(turned.get(reading, info['file_axcodes']))
    if reading != 'axes':
        return  # the way back to the file's voxel size takes the nearest voxel
    # probabilities lie on the file's own grid again: those of its world, the three logits
    found = nib.load(str(tmp_path / 'out' / 'window_seg_one_x.nii.gz'))
    index = np.stack(np.meshgrid(*[np.arange(n) for n in SHAPE], indexing='ij'), -1)
    powers = np.exp(nib.affines.apply_affine(found.affine, index))
    values = np.asanyarray(found.dataobj).reshape(SHAPE + (3,))
    np.testing.assert_allclose(values, powers / powers.sum(-1, keepdims=True), atol=1e-3)


@pytest.mark.parametrize('stitch', ['average', 'gaussian'])
def test_means_of_windows_predict_their_own_world(stitch, tmp_path):
    found = run_on_world(tmp_path, 'both', 0, '--activation_stitch', stitch)
    for (_, layer), (image, info) in found.items():
        assert_own_world(image, (0, 0, 0), layer)
        assert (info['stitch'], info['exact']) == (stitch, False)
        assert 'means of up to' in info['inexact_because']


@pytest.mark.parametrize('stitch', ['crop', 'gaussian'])
@pytest.mark.parametrize('padding', [0, 5])
@pytest.mark.parametrize('reading', sorted(READINGS))
def test_maps_on_the_input_grid_predict_their_own_world(reading, padding, stitch, tmp_path):
    # aligned, since windows without a border leave gaps in a lattice that does not divide them
    words = ['--activation_resolution', 'input', '--activation_stitch', stitch]
    words += ['--activation_grid', 'aligned']
    found = run_on_world(tmp_path, reading, padding, *words)
    for (_, layer), (image, info) in found.items():
        source = nib.load(str(tmp_path / 'data' / 'one_worldz.nii.gz'))
        assert image.shape == SHAPE + (3,)
        np.testing.assert_allclose(image.affine, source.affine, atol=1e-6)
        assert info['resolution'] == 'input'
        # beyond the outermost samples the nearest one's value is kept, and samples at the faces
        # reach into padding: two strides of voxels that are up to 1.7 times the file's
        rim = [int(np.ceil(2 * stride * 1.7)) for stride in info['stride']]
        assert_own_world(image, rim, layer)
        assert info['missing'] == np.isnan(np.asanyarray(image.dataobj)).sum()
        assert info['missing'] == 0 or layer == 'cropped'


@pytest.mark.parametrize('resolution', ['native', 'input'])
def test_the_sform_places_maps_where_niftynet_takes_the_qform(resolution, tmp_path):
    # the sform turns, and its norms differ from the header's sizes by rounding; the qform's do not
    qform = np.diag([1.1, 0.9, 1.4, 1.0])
    words = ['--activation_resolution', resolution, '--activation_tables', 'segmentation']
    found = run_on_world(tmp_path, 'axes', 0, *words, qform=qform)
    source = nib.load(str(tmp_path / 'data' / 'one_worldx.nii.gz')).affine
    segmentation = nib.load(str(tmp_path / 'out' / 'window_seg_one_x.nii.gz'))
    assert np.abs(segmentation.affine - source).max() > 1, 'NiftyNet reads it another way'
    for (_, layer), (image, info) in found.items():
        if resolution == 'input':
            np.testing.assert_allclose(image.affine, source, atol=1e-6)
        rim = [int(np.ceil(2 * each)) if resolution == 'input' else 0 for each in info['stride']]
        assert_own_world(image, rim, layer)
        assert_both_forms(
            image.header, nib.load(str(tmp_path / 'data' / 'one_worldx.nii.gz')).header
        )
        assert info['file_axcodes'] == list('RAS')
        assert info['axcodes'] == list('RAS' if resolution == 'input' else 'PIR')
        assert info['units'] == 'micron' and info['pass'] == 'windows' and info['also'] == []
    if resolution == 'input':
        table = pd.read_csv(str(tmp_path / 'out' / 'activation_table_x.csv'))
        passed = table[(table['layer'] == 'passed') & (table['channel'] == 0)]
        labels = np.asanyarray(segmentation.dataobj).reshape(SHAPE + (-1,)).argmax(axis=-1)
        counts = np.bincount(labels.ravel())
        assert dict(zip(passed['label'], passed['voxels'])) == dict(enumerate(counts))


def run_on_world(folder, reading, padding, *options, qform=None):
    """
    :param qform: of the images, the affine that is their sform where not given
    :return: (subject, layer) -> (image, sidecar) of all layers
    """
    affine = oblique(-1 if padding else 1)
    index = np.stack(np.meshgrid(*[np.arange(n) for n in SHAPE], indexing='ij'), -1)
    world = nib.affines.apply_affine(affine, index).astype(np.float32)
    os.makedirs(str(folder / 'data'))
    for axis, name in enumerate('xyz'):
        image = nib.Nifti1Image(world[..., axis], affine)
        if qform is not None:
            image.set_qform(qform, 1)
            image.header.set_xyzt_units('micron')
        nib.save(image, str(folder / 'data' / 'one_world{}.nii.gz'.format(name)))
    config = folder / 'config.ini'
    named = {
        name: dict(
            READINGS[reading],
            filename_contains='world' + name,
            filename_removefromid='_world' + name,
        )
        for name in 'xyz'
    }
    network = dict(name='ramp_network.RampNet', queue_length=8, volume_padding_size=padding)
    changes = {
        'NETWORK': dict(network, volume_padding_mode='edge'),
        'INFERENCE': dict(save_seg_dir=str(folder / 'out')),
        'SEGMENTATION': dict(num_classes=3, output_prob=True),
    }
    write_config(config, named, (12, 13, 15), changes)
    write_empty_checkpoint(folder)
    run_activations(config, folder / 'out', '--activation_layers', 'all', *options)
    found = maps(folder / 'out')
    assert len(found) == 5
    return found


def assert_both_forms(header, source):
    """The map lies on the image in what reads the sform, and in what reads the qform."""
    for name in ('sform_code', 'qform_code', 'xyzt_units'):
        assert header[name] == source[name], name
    step = np.linalg.inv(source.get_sform()) @ header.get_sform()
    np.testing.assert_allclose(header.get_qform(), source.get_qform() @ step, atol=1e-3)


def assert_own_world(image, rim, layer):
    values = np.asanyarray(image.dataobj)
    places = np.stack(np.meshgrid(*[np.arange(n) for n in values.shape[:3]], indexing='ij'), -1)
    expected = nib.affines.apply_affine(image.affine, places)
    inner = tuple(slice(r, n - r) for r, n in zip(rim, values.shape[:3]))
    off = np.abs(values[inner] - expected[inner])
    assert np.isfinite(off).any(), layer
    # mm; the smallest voxels are 0.8 mm, and a thousandth of them is the aim
    assert np.nanmax(off) < 5e-4, layer


def write_empty_checkpoint(folder):
    """The network has no weights, and NiftyNet wants a checkpoint all the same."""
    os.makedirs(str(folder / 'model' / 'models'))
    with tf.Graph().as_default(), tf.Session() as session:
        unused = tf.get_variable('RampNet/unused', [1])
        session.run(tf.global_variables_initializer())
        prefix = str(folder / 'model' / 'models' / 'model.ckpt')
        tf.train.Saver([unused]).save(session, prefix, global_step=1)
