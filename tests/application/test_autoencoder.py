# -*- coding: utf-8 -*-
"""Autoencoder: codes, reconstructions, and no world where there is no image."""

import nibabel as nib
import numpy as np
import pytest

pytestmark = pytest.mark.slow
pytest.importorskip('niftynet')

import niftynet_activations as na  # noqa: E402

na.app  # noqa: B018  registers the options

from application_runs import PLAIN, files, ours, run  # noqa: E402


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


def test_sampling_ends_as_niftynet_s_own_does(runs, tmp_path, caplog):
    """NiftyNet takes what has no location for its sign to stop, before the first image."""
    config, _, _ = runs('autoencoder')
    words = '--inference_type', 'sample'
    outputs = []
    for application in (PLAIN['autoencoder'], ours('autoencoder')):
        with caplog.at_level('INFO', 'tensorflow'):
            run(application, config, tmp_path / application, *words)
        folder = tmp_path / application
        outputs.append(files(folder) if folder.exists() else {})
    assert outputs == [{}, {}]
    assert any('sample in [AUTOENCODER] reads no image' in line for line in caplog.messages)


_SECTION = """[code]
path_to_search = {}
filename_contains = code
filename_removefromid = _code
spatial_window_size = (1, 1, 1)
interp_order = 0
[SYSTEM]"""
_KIND = 'inference_type = linear_interpolation\nn_interpolations = 3'
