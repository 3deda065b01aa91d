# -*- coding: utf-8 -*-
"""
``net_activations verify``: it agrees with maps that are right and finds those that are not.
"""

import json
import os

import numpy as np
import pytest

pytestmark = pytest.mark.slow
pytest.importorskip('niftynet')

import nibabel as nib  # noqa: E402
import random_checkpoint  # noqa: E402
from niftynet.network.toynet import ToyNet  # noqa: E402
from small_configs import small_config  # noqa: E402

from niftynet_activations.capturing.point import ActivationPoint  # noqa: E402
from niftynet_activations.command_line import main  # noqa: E402
from niftynet_activations.exactness import verdict  # noqa: E402
from niftynet_activations.geometry.axis import AxisGeometry  # noqa: E402
from niftynet_activations.stitching import crop  # noqa: E402
from niftynet_activations.verification import verified_run  # noqa: E402

VOLUME, WINDOW, BORDER = (25, 31, 29), (16, 18, 20), (3, 3, 3)
FEATURES, LOGITS = 'conv_input_bn_relu', 'conv_output_bn'
tf = random_checkpoint.tf


@pytest.fixture(scope='module')
def config(tmp_path_factory):
    return ready('toynet', tmp_path_factory.mktemp('toynet'), VOLUME, WINDOW, BORDER)


def ready(network, folder, volume, window, border):
    path = small_config(network, folder, volume, window, border)
    random_checkpoint.write_checkpoint(path, str(folder / 'model'), window)
    return path


def verify(capsys, config, *options):
    """
    :return: the exit status, and layer -> what JSON says of it
    """
    status = main(['verify', '-c', config, '--json', '--whitening', 'False'] + list(options))
    found = json.loads(capsys.readouterr().out)
    return status, {each['layer']: each for each in found}


@pytest.mark.parametrize('grid', ['niftynet', 'aligned'])
def test_right_maps(config, grid, capsys):
    before = os.listdir(os.path.dirname(config))
    status, found = verify(capsys, config, '--activation_layers', 'all', '--activation_grid', grid)
    assert status == 0 and len(found) == 5  # of 7 names two are other names of a tensor
    for each in found.values():
        assert each['exact'] is True and each['share'] <= 1e-4 and not each['wrong']
        assert each['reference_shape'] == [31, 37, 35]
    assert found[LOGITS]['samples'] == 25 * 31 * 29 * 4
    assert os.listdir(os.path.dirname(config)) == before


@pytest.mark.parametrize('grid', ['niftynet', 'aligned'])
def test_two_modalities(tmp_path, grid, capsys):
    path = small_config('toynet', tmp_path, VOLUME, WINDOW, BORDER)
    config = random_checkpoint.read_config(path)
    config['T2'] = dict(config['T1'], filename_contains='T2')
    config['SEGMENTATION']['image'] = 'T1, T2'
    with open(path, 'w') as target:
        config.write(target)
    first = nib.load(str(tmp_path / 'data' / 'subject_T1.nii.gz'))
    second = np.random.RandomState(5).normal(50, 9, size=VOLUME).astype(np.float32)
    nib.save(nib.Nifti1Image(second, first.affine), str(tmp_path / 'data' / 'subject_T2.nii.gz'))
    random_checkpoint.write_checkpoint(path, str(tmp_path / 'model'), WINDOW)
    status, found = verify(capsys, path, '--activation_layers', LOGITS, '--activation_grid', grid)
    assert status == 0
    assert found[LOGITS]['exact'] is True and found[LOGITS]['share'] <= 1e-4


@pytest.mark.parametrize('way', ['windows', 'whole'])
def test_samples_inside_a_mask_are_compared_alone(config, tmp_path, way, capsys):
    given = random_checkpoint.read_config(config)
    image = nib.load(os.path.join(os.path.dirname(config), 'data', 'subject_T1.nii.gz'))
    mask = np.zeros(VOLUME, np.uint8)
    mask[3:9, 20:31, 11:17] = 1
    nib.save(nib.Nifti1Image(mask, image.affine), str(tmp_path / 'subject_lesion.nii.gz'))
    given['lesion'] = dict(
        path_to_search=str(tmp_path),
        filename_contains='lesion',
        filename_removefromid='lesion',
        spatial_window_size=str(WINDOW),
    )
    path = str(tmp_path / 'masked.ini')
    with open(path, 'w') as target:
        given.write(target)
    words = ['--activation_layers', LOGITS, '--activation_mask', 'lesion']
    status, found = verify(capsys, path, *words, '--activation_pass', way)
    assert status == 0 and found[LOGITS]['exact'] is True and found[LOGITS]['share'] <= 1e-4
    assert found[LOGITS]['samples'] == mask.sum() * 4


def test_a_layer_whose_place_the_graph_does_not_tell(config, capsys, monkeypatch):
    """Every sample depends on all others by a product of matrices."""

    def related(self, images, *args, **options):
        flow = layer_op(self, images, *args, **options)
        rows = tf.reshape(flow, [-1, 4])
        found = tf.matmul(rows, tf.matmul(rows, rows, transpose_a=True))
        return ActivationPoint('related')(1e-6 * tf.reshape(found, tf.shape(flow)))

    layer_op = ToyNet.layer_op
    monkeypatch.setattr(ToyNet, 'layer_op', related)
    words = ('--activation_layers', 'related', '--activation_pass')
    status, found = verify(capsys, config, *words, 'whole')
    assert status == 0
    assert found['related']['exact'] is True and found['related']['share'] <= 1e-4
    assert found['related']['samples'] == 25 * 31 * 29 * 4
    status, found = verify(capsys, config, *words, 'windows')
    assert status == 0 and found['related']['not_compared']


def test_a_layer_that_is_not_exact_differs_and_is_not_wrong(config, capsys):
    status, found = verify(
        capsys, config, '--activation_layers', LOGITS, '--border', '0', '--activation_channels=0:2'
    )
    each = found[LOGITS]
    assert status == 0
    assert each['exact'] is False and 'raise border' in each['inexact_because']
    assert each['share'] > 1e-2 and each['samples'] == 25 * 31 * 29 * 2


def test_a_claim_that_is_too_bold_is_found(config, capsys, monkeypatch):
    """Receptive fields that look like one voxel: windows are cut too far apart."""
    monkeypatch.setattr(verdict, 'lacking', lambda *_: 0)
    options = ['--activation_layers', LOGITS, '--border', '0', '--activation_grid', 'aligned']
    status, found = verify(capsys, config, *options)
    each = found[LOGITS]
    assert status == 1
    assert each['exact'] is True and each['wrong'] and each['share'] > 1e-2
    # the largest difference is within the network's reach of a face between two windows
    faces = [{16, 15}, {18, 19}, {15, 20}]  # starts 0 and 15, 0, 18 and 19, 0 and 15
    near = [
        min(abs(at - face) for face in of_axis) <= 2 for at, of_axis in zip(each['voxel'], faces)
    ]
    assert any(near)


def test_a_period_that_is_wrong_is_found(tmp_path, capsys, monkeypatch):
    """A strided layer that claims to repeat at every voxel is put together from wrong phases."""
    path = ready('highres3dnet_small', tmp_path, (11, 21, 33), (8, 16, 24), (2, 2, 2))
    options = ['--activation_layers=conv_0_bn_relu', '--volume_padding_size=0']
    status, found = verify(capsys, path, *(options + ['--activation_grid=aligned']))
    assert status == 0 and found['conv_0_bn_relu']['exact'] is True
    taps = AxisGeometry.taps

    def shifted(self, size, step, first, last):
        return taps(self, size, step, [each + (step > 1) for each in first], last)

    monkeypatch.setattr(verdict, 'lacking', lambda *_: 0)
    monkeypatch.setattr(AxisGeometry, 'taps', shifted)
    monkeypatch.setattr(verdict, '_reasons_on_axes', lambda *_: [])
    status, found = verify(capsys, path, *(options + ['--activation_grid=niftynet']))
    assert status == 1 and found['conv_0_bn_relu']['wrong']


def test_the_place_of_a_broken_stitching(config, capsys, monkeypatch):
    """The last window along z is put one sample too far: they start at 0, 14 and 15."""
    runs_of = crop.AxisPlan._runs_of

    def broken(positions, owned, samples):
        return [
            run._replace(lower=run.lower - 1) if (len(positions), run.first) == (29, 22) else run
            for run in runs_of(positions, owned, samples)
        ]

    monkeypatch.setattr(crop.AxisPlan, '_runs_of', staticmethod(broken))
    status, found = verify(capsys, config, '--activation_layers', FEATURES)
    each = found[FEATURES]
    assert status == 1 and each['wrong'] and each['exact'] is True and each['share'] > 0.1
    # voxel 24 is as far from the faces of the last two, and comes from the lower
    assert 25 <= each['voxel'][2] < 32
    spacing, voxel = np.array([1, 1.5, 2]), np.array(each['voxel'])
    np.testing.assert_allclose(each['world'], spacing * (voxel - BORDER), atol=1e-5)


def test_a_crop_that_fits_memory(tmp_path, capsys, monkeypatch):
    path = ready('toynet', tmp_path, (60, 31, 29), WINDOW, BORDER)
    monkeypatch.setattr(verified_run, 'GIB', 1 << 20)  # the writers need more than the pass
    status, found = verify(capsys, path, '--activation_layers', 'all', '--activation_memory', '1.5')
    for each in found.values():
        assert each['cropped_from'] == [66, 37, 35]
        assert each['volume'][0] < 60 and each['volume'] == each['reference_shape']
        assert each['exact'] is True and each['share'] <= 1e-4
        # the middle of the volume is kept
        low = (np.array([66, 37, 35]) - each['volume']) // 2
        expected = np.array([1, 1.5, 2]) * (np.array(each['voxel']) + low - BORDER)
        np.testing.assert_allclose(each['world'], expected, atol=1e-5)
    assert status == 0 and found
    status, text = main(['verify', '-c', path, '--activation_memory', '1.5']), capsys.readouterr()
    assert status == 0 and 'crop of' in text.out


@pytest.mark.parametrize('grid', ['niftynet', 'aligned'])
def test_the_resize_sampler_has_one_window(config, grid, capsys):
    options = ['--window_sampling', 'resize', '--activation_layers', FEATURES]
    status, found = verify(capsys, config, *(options + ['--activation_grid', grid]))
    assert status == 0
    assert found[FEATURES]['exact'] is True and found[FEATURES]['share'] <= 1e-4
    assert found[FEATURES]['reference_shape'] == list(WINDOW)


def test_two_dimensions_slice_by_slice(tmp_path, capsys):
    path = ready('unet_2d', tmp_path, (205, 188, 2), (204, 188, 1), (92, 92, 0))
    status, found = verify(
        capsys, path, '--activation_layers', 'TwoConv,TwoConv/*', '--volume_padding_size', '0',
        '--activation_grid', 'aligned', '--activation_channels=-1',
    )  # fmt: skip
    assert status == 0
    assert all(each['samples'] > 180 * 2 and each['reference_shape'][2] == 2 for each in
               found.values())  # fmt: skip


def four_channels(folder, shape, window, border, sampling='uniform'):
    """One file whose fourth axis NiftyNet takes for channels, each of them another image."""
    path = small_config('toynet', folder, shape, window, border)
    image = folder / 'data' / 'subject_T1.nii.gz'
    values = np.random.RandomState(7).normal(100, 20, size=shape + (4,))
    values += 30 * np.arange(4)
    affine = nib.load(str(image)).affine
    nib.save(nib.Nifti1Image(values.astype(np.float32), affine), str(image))
    random_checkpoint.write_checkpoint(path, str(folder / 'model'), window, channels=4)
    return path


@pytest.mark.parametrize(
    'shape, window, border, options',
    [
        (VOLUME, WINDOW, BORDER, []),
        (VOLUME, WINDOW, BORDER, ['--activation_grid', 'aligned']),
        (VOLUME, WINDOW, BORDER, ['--window_sampling', 'resize', '--volume_padding_size', '0']),
        (VOLUME, WINDOW, BORDER, ['--batch_size', '3', '--activation_grid', 'aligned']),
        ((25, 31, 1), (16, 18, 1), (3, 3, 0), []),
        ((25, 31, 1), (16, 18, 1), (0, 0, 0), ['--window_sampling', 'resize']),
        ((25, 31, 1), (16, 18, 1), (3, 3, 0), ['--activation_grid', 'aligned']),
    ],
)
def test_a_fourth_axis_of_channels(tmp_path, shape, window, border, options, capsys):
    path = four_channels(tmp_path, shape, window, border)
    status, found = verify(capsys, path, '--activation_layers', LOGITS, *options)
    each = found[LOGITS]
    assert status == 0
    assert each['exact'] is True and each['share'] <= 1e-4 and not each['not_compared']
    sizes = window if 'resize' in options else shape
    assert each['samples'] == 4 * int(np.prod(sizes))


def test_a_crop_of_a_fourth_axis_of_channels(tmp_path, capsys, monkeypatch):
    path = four_channels(tmp_path, (60, 31, 29), WINDOW, BORDER)
    monkeypatch.setattr(verified_run, 'GIB', 1 << 20)
    status, found = verify(capsys, path, '--activation_layers', LOGITS, '--activation_memory', '2')
    each = found[LOGITS]
    assert status == 0 and each['exact'] is True and each['share'] <= 1e-4
    assert each['cropped_from'] == [66, 37, 35] and each['volume'][0] < 60


def test_another_subject_that_is_left_out_is_no_matter(tmp_path, capsys):
    path = ready('toynet', tmp_path, VOLUME, WINDOW, BORDER)
    nib.save(
        nib.Nifti1Image(np.ones((25, 1, 29), np.float32), np.eye(4)),
        str(tmp_path / 'data' / 'zz_T1.nii.gz'),
    )
    status, found = verify(capsys, path, '--activation_layers', LOGITS)
    assert status == 0 and found[LOGITS]['exact'] is True


def test_words_for_people(config, capsys):
    assert main(['verify', '-c', config, '--activation_layers', LOGITS]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == 'toynet, subject subject_: a volume of 31 x 37 x 35 voxels'
    assert lines[2].split()[:3] == ['LAYER', 'EXACT', 'DIFFERENCE']
    assert lines[3].split()[:2] == [LOGITS, 'yes']
    assert lines[-1] == '1 of 1 maps call themselves exact, and are.'


@pytest.mark.parametrize(
    'options, said',
    [
        (['--activation_layers', 'conv_9'], 'conv_9'),
        (['--activation_memory', 'much'], 'activation_memory'),
        (['--inference_iter', '77'], 'no checkpoint of iteration 77'),
        (['--path_to_nowhere', '3'], 'path_to_nowhere'),
        (['--activation_layers', 'none'], 'activation_layers'),
    ],
)
def test_bad_input_is_one_line(config, options, said, capsys):
    assert main(['verify', '-c', config] + options) == 2
    out, err = capsys.readouterr()
    assert out == ''
    assert len(err.strip().splitlines()) == 1 and said in err


def test_no_such_config(capsys):
    assert main(['verify', '-c', 'nowhere.ini']) == 2
    assert len(capsys.readouterr().err.strip().splitlines()) == 1
