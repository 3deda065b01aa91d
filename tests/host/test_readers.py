# -*- coding: utf-8 -*-
"""Unreadable images among readable ones: the others are done, and the run says what is missing."""

import os
import shutil

import nibabel as nib
import numpy as np
import pytest

pytestmark = pytest.mark.slow
pytest.importorskip('niftynet')

from inference_runs import maps, run_activations, run_plain, segmentations  # noqa: E402
from toy_runs import LAYER, SHAPES, change_config, image_path, make_toy  # noqa: E402

from niftynet_activations.errors import InputError, OptionError  # noqa: E402


def cut_short(path):
    """Take the second half of a file away; its header can still be read."""
    os.truncate(path, os.path.getsize(path) // 2)


def spoil_header(path):
    with open(path, 'wb') as target:
        target.write(b'this is no image ' * 40)


def drop_an_axis(path):
    """A header that nibabel reads and NiftyNet cannot use."""
    nib.save(nib.Nifti1Image(np.zeros((7,), np.float32), np.eye(4)), path)


HARM = {'data': cut_short, 'header': spoil_header, 'axes': drop_an_axis}


def run_beside_plain(tmp_path, harmed, harm, **options):
    """
    Run ours on three subjects of which some are harmed, and plain NiftyNet on the others alone.

    :return: the error's text
    """
    ending = options.get('ending', '.nii.gz')
    config = make_toy(tmp_path / 'toy', **options)
    kept = tmp_path / 'kept'
    os.mkdir(str(kept))
    for subject in harmed:
        shutil.move(image_path(tmp_path / 'toy', subject, ending), str(kept))
    run_plain(config, tmp_path / 'plain')
    for subject in harmed:
        path = image_path(tmp_path / 'toy', subject, ending)
        shutil.move(str(kept / os.path.basename(path)), path)
        HARM[harm](path)
    with pytest.raises(InputError, match='not all subjects could be done') as caught:
        run_activations(config, tmp_path / 'ours', '--activation_layers', LAYER)
    assert '\n' not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize(
    'harmed, harm, options',
    [
        ('b', 'data', {}),
        ('a', 'data', {'ending': '.nii'}),
        ('c', 'data', {'batch': 2}),
        ('ab', 'data', {}),
        ('b', 'header', {}),
        ('a', 'axes', {}),
        ('b', 'data', {'sampling': 'resize'}),
        ('a', 'data', {'sampling': 'resize', 'batch': 2}),
        ('c', 'header', {'sampling': 'resize'}),
    ],
)
def test_the_others_are_done(tmp_path, harmed, harm, options):
    message = run_beside_plain(tmp_path, harmed, harm, **options)
    left = sorted(set('abc') - set(harmed))
    for subject in harmed:
        path = image_path(tmp_path / 'toy', subject, options.get('ending', '.nii.gz'))
        assert "'{}': '{}' cannot be read (".format(subject, path) in message
    plain = segmentations(tmp_path / 'plain')
    assert len(plain) == len(left)
    assert segmentations(tmp_path / 'ours') == plain
    assert sorted(maps(tmp_path / 'ours')) == [(subject, LAYER) for subject in left]
    rows = (tmp_path / 'ours' / 'activations.csv').read_text().splitlines()[1:]
    assert sorted(row.split(',')[0] for row in rows) == left
    assert not [name for name in os.listdir(str(tmp_path / 'ours')) if name.startswith('.')]


@pytest.mark.parametrize('sampling', ['uniform', 'resize'])
def test_segmentation_alone_is_told_too(tmp_path, sampling):
    config = make_toy(tmp_path / 'toy', sampling=sampling)
    cut_short(image_path(tmp_path / 'toy', 'b'))
    with pytest.raises(InputError, match="'b': "):
        run_activations(config, tmp_path / 'ours', '--activation_layers', 'none')
    assert len(segmentations(tmp_path / 'ours')) == 2


def test_aligned_windows_and_tables(tmp_path):
    config = make_toy(tmp_path / 'toy')
    cut_short(image_path(tmp_path / 'toy', 'b'))
    words = ['--activation_grid', 'aligned', '--activation_tables', 'segmentation']
    with pytest.raises(InputError, match="'b': "):
        run_activations(config, tmp_path / 'ours', '--activation_layers', LAYER, *words)
    assert sorted(maps(tmp_path / 'ours')) == [('a', LAYER), ('c', LAYER)]
    table = (tmp_path / 'ours' / 'activation_table_x.csv').read_text().splitlines()[1:]
    assert {row.split(',')[0] for row in table} == {'a', 'c'}


def test_a_single_subject_with_a_bad_header_ends_at_once(tmp_path):
    config = make_toy(tmp_path / 'toy', {'a': (20, 23, 25)})
    spoil_header(image_path(tmp_path / 'toy', 'a'))
    with pytest.raises(InputError, match='no subject could be done.*a_T1.nii.gz'):
        run_activations(config, tmp_path / 'ours', '--activation_layers', LAYER)
    assert not (tmp_path / 'ours').exists() or not os.listdir(str(tmp_path / 'ours'))


def test_a_single_subject_that_is_cut_short(tmp_path):
    config = make_toy(tmp_path / 'toy', {'a': (20, 23, 25)})
    cut_short(image_path(tmp_path / 'toy', 'a'))
    with pytest.raises(InputError, match='no subject could be done.*a_T1.nii.gz'):
        run_activations(config, tmp_path / 'ours', '--activation_layers', LAYER)
    assert not [name for name in os.listdir(str(tmp_path / 'ours')) if name.startswith('.')]
    assert not maps(tmp_path / 'ours')


def save(path, values):
    nib.save(nib.Nifti1Image(values.astype(np.float32), np.eye(4)), path)


@pytest.mark.parametrize('sampling', ['uniform', 'resize'])
@pytest.mark.parametrize(
    'kind, value, reason',
    [
        ('threshold_plus', -1, 'cannot be prepared as whitening asks (AssertionError: no foreg'),
        ('otsu_plus', np.nan, ', which holds NaN, cannot be prepared as whitening asks (ValueEr'),
    ],
)
def test_numbers_that_cannot_be_prepared(tmp_path, sampling, kind, value, reason):
    config = make_toy(tmp_path / 'toy', sampling=sampling)
    options = dict(normalise_foreground_only='True', foreground_type=kind)
    change_config(config, {'NETWORK': options})
    path = image_path(tmp_path / 'toy', 'b')
    values = np.full(SHAPES['b'], value)
    if kind == 'otsu_plus':
        values[1:] = np.random.RandomState(0).uniform(1, 2, values[1:].shape)
    save(path, values)
    with pytest.raises(InputError) as caught:
        run_activations(config, tmp_path / 'ours', '--activation_layers', LAYER)
    text = str(caught.value)
    assert '\n' not in text and len(text) < 600
    assert text.startswith("not all subjects could be done: 'b': '{}'".format(path))
    assert reason in text
    assert sorted(maps(tmp_path / 'ours')) == [('a', LAYER), ('c', LAYER)]
    assert len(segmentations(tmp_path / 'ours')) == 2


def test_a_wrong_padding_mode_is_no_matter_of_the_subjects(tmp_path):
    config = make_toy(tmp_path / 'toy')
    change_config(config, {'NETWORK': {'volume_padding_mode': 'mirror'}})
    with pytest.raises(OptionError, match="volume_padding_mode = 'mirror' in .NETWORK.*edge"):
        run_activations(config, tmp_path / 'ours', '--activation_layers', LAYER)
