# -*- coding: utf-8 -*-
"""Training and evaluation with this application are those of ``net_segment``."""

import configparser
import csv
import os
import shutil

import nibabel as nib
import numpy as np
import pytest

pytestmark = pytest.mark.slow
niftynet = pytest.importorskip('niftynet')

from inference_runs import run_niftynet  # noqa: E402
from random_checkpoint import tf  # noqa: E402
from tf2 import training  # noqa: E402

OURS = 'niftynet_activations.app'
FIXTURES = os.path.join(os.path.dirname(__file__), 'tf2', 'fixtures')
EVALUATION = """
[truth]
path_to_search = {folder}
filename_contains = truth
filename_removefromid = _truth
[found]
path_to_search = {folder}
filename_contains = found
filename_removefromid = _found
[SYSTEM]
model_dir = {folder}/model
[NETWORK]
name = toynet
[INFERENCE]
save_seg_dir = {folder}/output
activation_layers = all
[EVALUATION]
save_csv_dir = {folder}/csv
evaluations = dice,jaccard
[SEGMENTATION]
image = truth
label = truth
inferred = found
num_classes = 3
"""


def test_a_training_ends_with_the_same_weights(tmp_path):
    ends = {}
    for application in ('net_segment', OURS):
        folder = tmp_path / application
        folder.mkdir()
        config = training.write(str(folder))
        if application == OURS:
            _add_option(config, 'INFERENCE', 'activation_layers', 'all')
        (folder / 'model' / 'models').mkdir(parents=True)
        stored = os.path.join(FIXTURES, training.folder_of(tf))
        for ending in ('.index', '.data-00000-of-00001'):
            name = 'model.ckpt-{}{}'.format(training.STARTED, ending)
            shutil.copy(os.path.join(stored, name), str(folder / 'model' / 'models'))
        prefix = training.train(config, training.STARTED, training.ENDED, application)
        ends[application] = training.variables(tf, prefix)
    assert sorted(ends[OURS]) == sorted(ends['net_segment']) and len(ends[OURS]) > 20
    for variable, value in ends['net_segment'].items():
        np.testing.assert_array_equal(ends[OURS][variable], value, err_msg=variable)


@pytest.mark.skipif(
    tf.__version__.startswith('1.'),
    reason='NiftyNet cannot evaluate a segmentation with the pandas that Python 3.7 brings',
)
def test_an_evaluation_gives_the_same_tables(tmp_path):
    random = np.random.RandomState(4)
    for subject in ('a', 'b'):
        for name in ('truth', 'found'):
            volume = random.randint(0, 3, size=(5, 7, 11)).astype(np.float32)
            path = str(tmp_path / '{}_{}.nii.gz'.format(subject, name))
            nib.save(nib.Nifti1Image(volume, np.diag([1, 1.5, 2, 1])), path)
    os.makedirs(str(tmp_path / 'model'))
    plain = _evaluate(tmp_path, 'net_segment', EVALUATION.replace('activation_layers = all\n', ''))
    rows = [row for table in plain.values() for row in table if 'dice' in row]
    assert {row['subject_id'] for row in rows} == {'a', 'b'}
    assert _evaluate(tmp_path, OURS, EVALUATION) == plain


def _evaluate(folder, application, config):
    """:return: name of each table that was written -> its rows, as dictionaries"""
    path = folder / 'evaluation.ini'
    path.write_text(config.format(folder=folder))
    run_niftynet(['net_run', 'evaluation', '-a', application, '-c', str(path)])
    tables = {}
    for table in (folder / 'csv').glob('*.csv'):
        with open(str(table)) as lines:
            tables[table.name] = list(csv.DictReader(lines))
        table.unlink()
    return tables


def _add_option(path, section, option, value):
    config = configparser.ConfigParser()
    config.read(path)
    config[section][option] = value
    with open(path, 'w') as lines:
        config.write(lines)
