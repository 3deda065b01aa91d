# -*- coding: utf-8 -*-
"""
Regression, classification, autoencoder and GAN: what NiftyNet writes is the plain class's, byte for
byte, and the maps lie where the images lie.
"""

import os
import shutil
from functools import partial

import nibabel as nib
import numpy as np
import pytest

pytestmark = pytest.mark.slow
niftynet = pytest.importorskip('niftynet')

import niftynet_activations as na  # noqa: E402

na.app  # noqa: B018  registers the options

from application_runs import AFFINE, CASES, PLAIN, make_application, ours  # noqa: E402
from random_checkpoint import tf  # noqa: E402

from niftynet_activations.command_line import main  # noqa: E402
from niftynet_activations.errors import ActivationError  # noqa: E402
from niftynet_activations.host.in_process import run_niftynet  # noqa: E402
from niftynet_activations.verification.verify import verify_config  # noqa: E402

LAYERS = {
    'regression': 'conv_input_bn_relu, penultimate, logits',
    'classification': 'first_*, second_*, logits',
    'autoencoder': 'logits, ConvEncoder/**',
    'gan': 'penultimate, logits',
}


def run(application, config, folder, *options):
    """The same random numbers each time, in the graph and in NiftyNet's samplers."""
    np.random.seed(11)
    words = ['net_run', 'inference', '-a', application, '-c', config, '--save_seg_dir', str(folder)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tf, 'random_normal', partial(tf.random_normal, seed=3))
        run_niftynet(words + list(options))


@pytest.fixture(scope='module')
def runs(tmp_path_factory):
    """kind -> (config, the plain application's folder, ours), each made once."""
    made = {}

    def make(kind):
        if kind not in made:
            folder = tmp_path_factory.mktemp(kind)
            config = make_application(folder, kind)
            run(PLAIN[kind], config, folder / 'plain')
            run(ours(kind), config, folder / 'ours', '--activation_layers', LAYERS[kind])
            made[kind] = config, folder / 'plain', folder / 'ours'
        return made[kind]

    return make


def files(folder):
    """Name -> bytes; paths in NiftyNet's list are those of the folder."""
    found = {}
    for name in sorted(os.listdir(str(folder))):
        with open(os.path.join(str(folder), name), 'rb') as stream:
            found[name] = stream.read().replace(str(folder).encode(), b'')
    return found


@pytest.mark.parametrize('kind', sorted(CASES))
def test_the_own_output_is_that_of_the_plain_application(kind, runs):
    _, plain, folder = runs(kind)
    before, after = files(plain), files(folder)
    assert len(before) == 3  # one for each of two subjects, and the list
    assert {name: after.get(name) for name in before} == before
    added = set(after) - set(before)
    assert added and all(name.startswith(('activation', 'layers.csv')) for name in added)


@pytest.mark.parametrize('kind', sorted(CASES))
def test_maps_lie_on_the_image(kind, runs):
    """The first and last voxel of a resized window are those of the image."""
    _, _, folder = runs(kind)
    network, window, shape, _ = CASES[kind]
    maps = na.open_activations(str(folder))
    full = {
        'classification': 'first_bn_relu',
        'autoencoder': 'ConvDecoder_means',
        'gan': 'generator',
    }
    one = maps['a', full.get(kind, 'conv_input_bn_relu')]
    size = np.array(shape if kind == 'regression' else window)
    assert one.data.shape[:3] == tuple(size)
    ends = [one.affine @ [0, 0, 0, 1], one.affine @ np.append(size - 1, 1)]
    image = [AFFINE @ [0, 0, 0, 1], AFFINE @ np.append(np.array(shape) - 1, 1)]
    np.testing.assert_allclose(ends, image, atol=1e-4)


def test_regression_penultimate_is_what_its_one_channel_is_made_of(runs):
    """The last convolution has one channel, as the result has, so that it is not walked through."""
    _, _, folder = runs('regression')
    maps = na.open_activations(str(folder))
    assert {layer for _, layer in maps} == {'conv_input_bn_relu', 'conv_output_bn'}
    assert maps['a', 'conv_input_bn_relu'].data.shape[3] == 10
    last = nib.load(str(folder / 'window_reg_a_x.nii.gz')).get_fdata()
    alone = np.s_[:2, :4, :2]  # which the first window alone reaches
    result = maps['a', 'conv_output_bn'].data[..., 0]
    np.testing.assert_array_equal(result[alone], last.reshape(last.shape[:3])[alone])


def test_a_classifier_s_logits_are_a_table(runs):
    _, _, folder = runs('classification')
    for subject in ('a', 'b'):
        row = np.loadtxt(
            str(folder / 'activation_decide_{}_x.csv'.format(subject)), str, delimiter=','
        )
        logits = row[1, -3:].astype(float)
        given = np.loadtxt(str(folder / 'csv_{}_x.csv'.format(subject)), str, delimiter=',')
        given = given.reshape(-1)[-3:].astype(float)
        np.testing.assert_allclose(np.exp(logits) / np.exp(logits).sum(), given, rtol=1e-5)


def test_codes_are_a_table_and_reconstructions_maps(runs, tmp_path):
    config, _, folder = runs('autoencoder')
    code = nib.load(str(folder / 'a_window_embedded_niftynet_generated.nii.gz')).get_fdata().ravel()
    name = 'activation_gaussian_sampler.0_a__niftynet_out.csv'
    row = np.loadtxt(str(folder / name), str, delimiter=',')[1]
    assert len(code) == 64
    np.testing.assert_allclose(row[-64:].astype(float), code, rtol=1e-6)
    run(
        ours('autoencoder'), config, tmp_path, '--inference_type', 'encode-decode',
        '--activation_layers', 'logits:data_means, penultimate',
    )  # fmt: skip
    decoded = nib.load(str(tmp_path / 'a_window_generated_image_niftynet_generated.nii.gz'))
    maps = na.open_activations(str(tmp_path))
    values = maps['a', 'ConvDecoder_means'].data[..., 0]
    np.testing.assert_array_equal(values, decoded.get_fdata().reshape(values.shape))
    # what goes into the transposed convolution that makes the image
    assert ('a', 'ConvDecoder_means/decoder_upsampler_2_2_bn_2') in maps


def test_the_generated_image_is_the_generator_s_map(runs):
    _, _, folder = runs('gan')
    image = nib.load(str(folder / 'a_window_image_niftynet_generated.nii.gz')).get_fdata()
    one = na.open_activations(str(folder))['a', 'generator']
    values = np.asarray(one.data).reshape(image.shape)
    np.testing.assert_array_equal(values, image)
    # random vectors have no place
    assert one.info['exact'] is not True and 'another input' in one.info['inexact_because']


@pytest.mark.parametrize('kind', ['regression', 'classification'])
def test_verify_compares_with_one_pass(kind, runs):
    config, _, _ = runs(kind)
    options = ['--activation_layers', 'all', '--volume_padding_size', '0']
    if kind == 'regression':
        options += ['--activation_grid', 'aligned', '--border', '4']
    found = verify_config(config, options, ours(kind))
    compared = [layer for layer in found.layers if layer.samples]
    assert len(compared) >= 2
    for layer in compared:
        assert layer.exact and layer.share < 1e-5, layer


@pytest.mark.parametrize('kind', sorted(CASES))
def test_the_layers_are_listed(kind, runs, capfd):
    config, _, _ = runs(kind)
    assert main(['layers', '-c', config, '-a', ours(kind), '--depth', '1']) == 0
    listed = capfd.readouterr().out
    assert na.layers(config, application=ours(kind))
    results = {'autoencoder': 'logits:data_logvars', 'gan': 'generator'}
    assert results.get(kind, '') in listed and len(listed.splitlines()) > 2


def test_plan_and_extract_take_the_application(runs, capfd, tmp_path):
    config, _, _ = runs('regression')
    words = ['plan', '-c', config, '-a', ours('regression'), '--save_seg_dir', str(tmp_path / 'no')]
    assert main(words) == 0 and 'window' in capfd.readouterr().out
    maps = na.extract(config, 'logits', application=ours('regression'), dir=str(tmp_path / 'maps'))
    assert set(maps) == {('a', 'conv_output_bn'), ('b', 'conv_output_bn')}


def test_a_complete_subject_is_kept(runs, tmp_path, caplog):
    config, _, _ = runs('regression')
    options = '--activation_existing', 'skip', '--activation_layers', 'conv_input_bn_relu'
    run(ours('regression'), config, tmp_path, *options)
    before = files(tmp_path)
    (tmp_path / 'window_reg_b_x.nii.gz').unlink()
    with caplog.at_level('INFO', 'tensorflow'):
        run(ours('regression'), config, tmp_path, *options)
    assert files(tmp_path) == before
    kept = [line for line in caplog.messages if 'it is not read' in line]
    assert len(kept) == 1 and "'a'" in kept[0]


def test_without_an_image_there_is_no_world(runs, tmp_path, caplog):
    """NiftyNet interpolates between stored codes; its output is that of the plain application."""
    config, _, folder = runs('autoencoder')
    codes = tmp_path / 'codes'
    codes.mkdir()
    for subject in ('a', 'b'):
        name = '{}_window_embedded_niftynet_generated.nii.gz'.format(subject)
        code = nib.load(str(folder / name)).get_fdata().ravel().astype(np.float32)
        image = nib.Nifti1Image(code.reshape(1, 1, 1, 1, 64), np.eye(4))
        nib.save(image, str(codes / (subject + '_code.nii.gz')))
    with open(config) as lines:
        text = lines.read().replace('image = T1', 'feature = code')
    text = text.replace('[SYSTEM]', _SECTION.format(codes))
    changed = tmp_path / 'config.ini'
    changed.write_text(text.replace('inference_type = encode', _KIND))
    outputs = []
    for application in (PLAIN['autoencoder'], ours('autoencoder')):
        with caplog.at_level('INFO', 'tensorflow'):
            run(application, str(changed), tmp_path / application)
        outputs.append(files(tmp_path / application))
    assert len(outputs[0]) > 2 and outputs[1] == outputs[0]
    assert any('reads no image, so that there is no world' in line for line in caplog.messages)


_SECTION = """[code]
path_to_search = {}
filename_contains = code
filename_removefromid = _code
spatial_window_size = (1, 1, 1)
interp_order = 0
[SYSTEM]"""
_KIND = 'inference_type = linear_interpolation\nn_interpolations = 3'


def test_tables_of_a_segmentation_that_there_is_not(runs, tmp_path):
    config, _, _ = runs('regression')
    with pytest.raises(ActivationError, match='expected an input section with labels'):
        run(ours('regression'), config, tmp_path, '--activation_tables', 'segmentation')


@pytest.mark.parametrize('kind', ['regression', 'gan'])
def test_training_passes_through(kind, runs, tmp_path):
    config, _, _ = runs(kind)
    with open(config) as lines:
        text = lines.read()
    loss = 'L2Loss' if kind == 'regression' else 'CrossEntropy'
    steps = '[TRAINING]\nmax_iter = 1\nsample_per_volume = 1\nlr = 0.001\nloss_type = ' + loss
    changed = tmp_path / 'config.ini'
    text = text.replace('[TRAINING]', steps)
    changed.write_text(text.replace(os.path.dirname(config) + '/model', str(tmp_path / 'model')))
    run_niftynet(['net_run', 'train', '-a', ours(kind), '-c', str(changed)])
    assert (tmp_path / 'model' / 'models' / 'model.ckpt-1.index').exists()


def test_evaluation_passes_through(runs, tmp_path):
    config, plain, _ = runs('regression')
    shutil.copytree(str(plain), str(tmp_path / 'result'))
    with open(config) as lines:
        text = lines.read()
    tables = []
    for application in (PLAIN['regression'], ours('regression')):
        folder = tmp_path / application
        changed = tmp_path / (application + '.ini')
        section = '[EVALUATION]\nsave_csv_dir = {}\nevaluations = mse\n'.format(folder)
        changed.write_text(text + section)
        words = ['net_run', 'evaluation', '-a', application, '-c', str(changed)]
        run_niftynet(words + ['--save_seg_dir', str(plain)])
        tables.append(files(folder))
    assert tables[0] and tables[1] == tables[0]
