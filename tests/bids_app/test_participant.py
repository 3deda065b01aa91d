# -*- coding: utf-8 -*-
"""
The level ``participant`` on a real dataset: two modalities, a participant with two sessions, one
that lacks a modality and one that has an image twice.
"""

import glob
import json
import os
import shutil
import subprocess
import sys

import nibabel as nib
import numpy as np
import pandas as pd
import pytest

pytestmark = pytest.mark.slow
pytest.importorskip('niftynet')
pytest.importorskip('bids', reason='pybids is not installed')

from bids_dataset import (  # noqa: E402
    LAYER,
    SHAPES,
    add_image,
    image_path,
    make_dataset,
    make_model,
)
from inference_runs import maps, run_activations  # noqa: E402
from toy_runs import AFFINE, change_config  # noqa: E402

import niftynet_activations as na  # noqa: E402
from niftynet_activations.bids_app.command_line import main  # noqa: E402

OPTIONS = ['--activation_tables', 'segmentation', '--activation_features', 'mean']
LABEL = 'convInputBnRelu'


@pytest.fixture(scope='module')
def data(tmp_path_factory):
    """:return: folder with the dataset, the model and the derivatives, and what the run said"""
    folder = tmp_path_factory.mktemp('bids')
    make_dataset(folder / 'raw')
    add_image(folder / 'raw', 'sub-03', 'T1w', shape=(12, 14, 16))
    for suffix in ('T1w', 'FLAIR'):
        add_image(folder / 'raw', 'sub-04', suffix, shape=(12, 14, 16))
    add_image(folder / 'raw', 'sub-04', 'T1w', '_run-2', (12, 14, 16))
    make_model(folder / 'model')
    # of the training; it has no filter, and inference does without
    changes = {'label': {'path_to_search': 'labels'}, 'SEGMENTATION': {'label': 'label'}}
    change_config(str(folder / 'model' / 'config.ini'), changes)
    log = str(folder / 'log')
    words = app_words(folder) + OPTIONS
    with open(log, 'w') as stream:
        program = [sys.executable, '-m', 'niftynet_activations.bids_app.command_line']
        environment = dict(os.environ, PYTHONPATH=os.pathsep.join(sys.path))
        # a task of an array that was given its participants is no part of them
        environment.update(SLURM_ARRAY_TASK_ID='3', SLURM_ARRAY_TASK_COUNT='3')
        environment.update(SLURM_ARRAY_TASK_MIN='1')
        status = subprocess.call(program + words, stdout=stream, stderr=stream, env=environment)
    with open(log, errors='replace') as stream:
        said = stream.read()
    assert status == 2, said[-3000:]
    return folder, said


def app_words(folder, output='out'):
    config = str(folder / 'model' / 'config.ini')
    return [str(folder / 'raw'), str(folder / output), 'participant', '--config', config]


def below(folder, pattern):
    return sorted(glob.glob(os.path.join(str(folder), 'sub-*', '**', pattern), recursive=True))


def test_what_cannot_be_done_is_told_and_the_others_are(data):
    folder, said = data
    (line,) = [each for each in said.splitlines() if 'net_activations_bids: error' in each]
    assert "'sub-04': [T1] matches 2 files (sub-04_T1w.nii.gz, sub-04_run-2_T1w.nii.gz)" in line
    assert "'sub-03': it has no file in section [FLAIR]" in line
    assert '[T1] {"suffix": "T1w"}: 4 files' in said
    found = na.open_activations(folder / 'out')
    assert found.subjects == sorted(SHAPES) and found.layers == [LAYER]


def test_maps_are_those_of_a_run_of_niftynet(data, tmp_path):
    folder, _ = data
    flat = tmp_path / 'flat'
    flat.mkdir()
    for unit in SHAPES:
        for suffix in ('T1w', 'FLAIR'):
            source = image_path(folder / 'raw', unit, suffix)
            os.symlink(source, str(flat / '{}_{}.nii.gz'.format(unit.replace('-', ''), suffix)))
    shutil.copy(str(folder / 'model' / 'config.ini'), str(tmp_path / 'config.ini'))
    sections = {
        section: {
            'path_to_search': flat,
            'filename_contains': suffix,
            'filename_removefromid': '_' + suffix,
        }
        for section, suffix in (('T1', 'T1w'), ('FLAIR', 'FLAIR'))
    }
    single = tmp_path / 'single'
    run_activations(change_config(str(tmp_path / 'config.ini'), sections), single)
    wanted = maps(single)
    found = na.open_activations(folder / 'out')
    for unit, shape in SHAPES.items():
        one = found[unit, LAYER]
        image, info = wanted[unit.replace('-', ''), LAYER]
        np.testing.assert_array_equal(np.asarray(one.data), np.asarray(image.dataobj))
        assert one.shape == shape + (10,) and one.info['exact'] == info['exact']
        np.testing.assert_allclose(one.affine, AFFINE, atol=1e-5)
        name = 'window_seg_{}_x.nii.gz'.format(unit.replace('-', ''))
        result = below(folder / 'out', unit + '_desc-toynet_dseg.nii.gz')[0]
        theirs = nib.load(str(single / name))
        np.testing.assert_array_equal(nib.load(result).dataobj, theirs.dataobj)
        np.testing.assert_array_equal(nib.load(result).affine, theirs.affine)


def test_names_and_sidecars(data):
    folder, _ = data
    start = str(folder / 'out' / 'sub-02' / 'ses-a' / 'anat' / 'sub-02_ses-a_desc-')
    with open(start + LABEL + '_activations.json') as stream:
        info = json.load(stream)
    assert info['layer'] == LAYER and info['subject'] == 'sub-02_ses-a'
    assert info['Sources'] == [
        'bids:raw:sub-02/ses-a/anat/sub-02_ses-a_T1w.nii.gz',
        'bids:raw:sub-02/ses-a/anat/sub-02_ses-a_FLAIR.nii.gz',
    ]
    assert info['result']['file'] == os.path.basename(start + 'toynet_dseg.nii.gz')
    table = pd.read_csv(start + 'features_activations.tsv', sep='\t')
    values = np.asarray(na.open_activations(folder / 'out')['sub-02_ses-a', LAYER].data)[..., 3]
    mean = table[LAYER + '|3|mean'][0]
    np.testing.assert_allclose(mean, values.astype(float).mean(), rtol=1e-5)
    assert main([str(folder / 'raw'), str(folder / 'out'), 'group']) == 0
    group = pd.read_csv(str(folder / 'out' / 'group_features.tsv'), sep='\t')
    assert group['session_id'].tolist()[1:] == ['ses-a', 'ses-b'] and len(group) == 3
    regions = pd.read_csv(str(folder / 'out' / 'group_regions.tsv'), sep='\t')
    assert set(regions['participant_id']) == {'sub-01', 'sub-02'}


def test_the_validator_finds_no_error(data):
    tool = os.path.join(os.path.dirname(sys.executable), 'bids-validator-deno')
    if not os.path.exists(tool):
        pytest.skip(
            'bids-validator-deno is not installed: it needs Python 3.9 and a binary of deno'
        )
    folder, _ = data
    assert errors_of(tool, folder / 'out') == []
    # it is this dataset that it looks at
    other = folder / 'other'
    shutil.copytree(str(folder / 'out'), str(other))
    path = below(other, '*dseg.nii.gz')[0]
    os.rename(path, path.replace('_desc-', '_desk-'))
    assert errors_of(tool, other)
    shutil.rmtree(str(other))


def errors_of(tool, folder):
    done = subprocess.run([tool, str(folder), '--json'], stdout=subprocess.PIPE, check=False)
    issues = json.loads(done.stdout.decode())['issues']['issues']
    return [each for each in issues if each['severity'] == 'error']


def test_what_is_complete_is_left_alone(data, capfd):
    folder, _ = data
    before = {path: os.stat(path).st_ctime_ns for path in below(folder / 'out', '*.*')}
    words = app_words(folder) + ['--participant-label', 'sub-02', '--session-label', 'b']
    assert main(words + OPTIONS) == 0
    assert "'sub-02_ses-b' is complete" in capfd.readouterr().out
    assert {path: os.stat(path).st_ctime_ns for path in before} == before
    assert na.open_activations(folder / 'out').subjects == sorted(SHAPES)


@pytest.mark.parametrize(
    'words,said',
    [
        (['--activation_layout', 'split'], 'activation_layout = split: the BIDS App writes one'),
        (['--activation_layers', 'nothing'], 'nothing'),
        (['--session-label', 'z'], "--session-label: no image of a session 'z'; there are a, b"),
        (['--participant-label', '04'], "nothing could be done: 'sub-04': [T1] matches 2 files"),
        (['--activation_mask', 'label'], 'section [label] of the config has no filter'),
        (['--bids-filter-file', '{filters}'], "the config has no input section 'T3'"),
        (['--batch_sizes', '2'], 'batch_sizes'),
    ],
)
def test_what_is_wrong_is_one_line(data, words, said, tmp_path, capfd):
    folder, _ = data
    (tmp_path / 'filters.json').write_text('{"T3": {}}')
    words = [word.format(filters=tmp_path / 'filters.json') for word in words]
    output = ['--participant-label', '01'] if '--participant-label' not in words else []
    if '--session-label' in words:
        output = []
    capfd.readouterr()
    assert main(app_words(folder, 'other') + words + output) == 2
    lines = [each for each in capfd.readouterr().err.splitlines() if 'error: ' in each]
    assert lines[-1].startswith('net_activations_bids: error: ') and said in lines[-1]
    assert not below(folder / 'other', '*')
