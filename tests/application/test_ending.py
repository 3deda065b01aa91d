# -*- coding: utf-8 -*-
"""A map that is NaN throughout is told, whatever the kind of file."""

import nibabel as nib
import numpy as np
import pytest

pytestmark = pytest.mark.slow
pytest.importorskip('niftynet')

from inference_runs import run_activations, run_plain, segmentations  # noqa: E402
from toy_runs import SHAPES, image_path, make_toy  # noqa: E402


@pytest.mark.parametrize(
    'options',
    [
        [],
        ['--activation_layout', 'split'],
        ['--activation_format', 'zarr'],
        ['--activation_resolution', 'input'],
        ['--activation_stitch', 'average'],
    ],
)
def test_whitening_spreads_one_nan(tmp_path, caplog, options):
    config = make_toy(tmp_path / 'toy', {'a': SHAPES['a'], 'b': SHAPES['b']})
    path = image_path(tmp_path / 'toy', 'b')
    image = nib.load(path)
    values = np.asanyarray(image.dataobj).copy()
    values[3, 4, 5] = np.nan
    nib.save(nib.Nifti1Image(values, image.affine), path)
    run_plain(config, tmp_path / 'plain')
    layers = ['--activation_layers', 'conv_input_bn_relu, conv_output_bn']
    run_activations(config, tmp_path / 'ours', *(layers + options))
    assert segmentations(tmp_path / 'ours') == segmentations(tmp_path / 'plain')
    (told,) = [line for line in caplog.messages if 'NaN throughout' in line]
    assert told.startswith("subject 'b': 2 of its 2 maps are NaN throughout (conv_input_bn_relu,")


def test_some_nan_is_no_matter(tmp_path, caplog):
    config = make_toy(tmp_path / 'toy', {'b': SHAPES['b']})
    path = image_path(tmp_path / 'toy', 'b')
    image = nib.load(path)
    values = np.asanyarray(image.dataobj).copy()
    values[3, 4, 5] = np.nan
    nib.save(nib.Nifti1Image(values, image.affine), path)
    words = ['--activation_layers', 'conv_input_bn_relu', '--whitening', 'False']
    run_activations(config, tmp_path / 'ours', *words)
    assert not [line for line in caplog.messages if 'NaN throughout' in line]
