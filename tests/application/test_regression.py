# -*- coding: utf-8 -*-
"""Regression: maps beside its result, with what a run of segmentation can do."""

import shutil

import nibabel as nib
import numpy as np
import pytest

pytestmark = pytest.mark.slow
pytest.importorskip('niftynet')

import niftynet_activations as na  # noqa: E402

na.app  # noqa: B018  registers the options

from application_runs import PLAIN, files, ours, run  # noqa: E402

from niftynet_activations.command_line import main  # noqa: E402
from niftynet_activations.errors import ActivationError  # noqa: E402
from niftynet_activations.host.in_process import run_niftynet  # noqa: E402


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


@pytest.mark.parametrize(
    'words',
    [
        ('--activation_tables', 'segmentation'),
        ('--activation_features', 'mean', '--activation_regions', 'segmentation'),
    ],
)
def test_tables_of_a_segmentation_that_there_is_not(runs, tmp_path, words):
    config, _, _ = runs('regression')
    with pytest.raises(ActivationError, match='expected an input section with labels'):
        run(ours('regression'), config, tmp_path, *words)


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
        run_niftynet(words + ['--save_seg_dir', str(tmp_path / 'result')])
        tables.append(files(folder))
    assert tables[0] and tables[1] == tables[0]
