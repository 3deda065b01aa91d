# -*- coding: utf-8 -*-
"""Odd subjects among usual ones: they are left out with their reason, and the others are done."""

import os

import nibabel as nib
import numpy as np
import pytest

pytestmark = pytest.mark.slow
pytest.importorskip('niftynet')

from inference_runs import maps, run_activations, run_plain, segmentations  # noqa: E402
from toy_runs import AFFINE, LAYER, SHAPES, change_config, image_path, make_toy  # noqa: E402

from niftynet_activations.errors import InputError  # noqa: E402


def save(path, values):
    nib.save(nib.Nifti1Image(values, AFFINE), path)


def in_colour(path):
    save(path, np.zeros(nib.load(path).shape, [('R', 'u1'), ('G', 'u1'), ('B', 'u1')]))


def complex_numbers(path):
    save(path, np.full(nib.load(path).shape, 1 + 2j, np.complex64))


def time_points(path):
    save(path, np.ones(nib.load(path).shape + (3,), np.float32))


def channels(path):
    save(path, np.ones(nib.load(path).shape + (1, 2), np.float32))


def small(path):
    save(path, np.ones((20, 13, 25), np.float32))


def flat_first(path):
    save(path, np.ones((1, 23, 25), np.float32))


def flat_middle(path):
    save(path, np.ones((20, 1, 25), np.float32))


def mgz(path):
    nib.save(nib.MGHImage(np.ones((20, 23, 25), np.float32), AFFINE), path)


ODD = {
    'colours': (in_colour, 'has colours for voxels'),
    'complex': (complex_numbers, 'has complex64 numbers for voxels'),
    'time points': (time_points, 'it has 3 time points and most subjects have 1 channel'),
    'channels': (channels, 'it has 2 channels and most subjects have 1 channel'),
    'window': (small, 'window of 12 x 14 x 16 voxels is larger than the volume, 24 x 17 x 29'),
    'first': (flat_first, 'is flat: NiftyNet reads its 1 x 23 x 25 voxels as 25 x 23 x 1'),
    'middle': (flat_middle, 'is flat: NiftyNet reads its 20 x 1 x 25 voxels as 20 x 25 x 1'),
}


def run_and_catch(config, folder, *options):
    with pytest.raises(InputError) as caught:
        run_activations(config, folder, '--activation_layers', LAYER, *options)
    text = str(caught.value)
    assert '\n' not in text and len(text) < 900
    return text


def run_without(path, config, folder):
    """Run plain NiftyNet on the subjects that have another file than this one."""
    kept = os.path.join(os.path.dirname(config), 'kept.nii.gz')
    os.rename(path, kept)
    run_plain(config, folder)
    os.rename(kept, path)


# the first subject, which NiftyNet takes for the measure of all, and the last one
@pytest.mark.parametrize(
    'odd, sampling, harmed',
    [
        ('colours', 'uniform', 'a'),
        ('complex', 'uniform', 'c'),
        ('time points', 'uniform', 'a'),
        ('channels', 'uniform', 'b'),
        ('window', 'uniform', 'b'),
        ('first', 'uniform', 'c'),
        ('colours', 'resize', 'b'),
        ('time points', 'resize', 'c'),
        ('first', 'resize', 'a'),
        ('middle', 'resize', 'b'),
    ],
)
def test_one_odd_subject(tmp_path, odd, sampling, harmed):
    harm, reason = ODD[odd]
    config = make_toy(tmp_path / 'toy', sampling=sampling)
    if odd == 'window':
        change_config(config, {'INFERENCE': {'spatial_window_size': '(12, 18, 16)'}})
        reason = reason.replace('14', '18')
    path = image_path(tmp_path / 'toy', harmed)
    run_without(path, config, tmp_path / 'plain')
    harm(path)
    text = run_and_catch(config, tmp_path / 'ours')
    assert text.startswith("not all subjects could be done: '{}': ".format(harmed))
    assert reason in text
    if odd != 'window':
        assert path in text
    plain = segmentations(tmp_path / 'plain')
    assert len(plain) == 2 and segmentations(tmp_path / 'ours') == plain
    left = sorted(set('abc') - {harmed})
    assert sorted(maps(tmp_path / 'ours')) == [(subject, LAYER) for subject in left]


def test_all_subjects_are_odd(tmp_path):
    config = make_toy(tmp_path / 'toy')
    for subject in SHAPES:
        flat_middle(image_path(tmp_path / 'toy', subject))
    text = run_and_catch(config, tmp_path / 'ours')
    assert text.startswith("no subject could be done: 'a': ")


def two_modalities(folder):
    """A config with a second section for subjects a, b and c."""
    config = make_toy(folder, channels=2)
    for subject, shape in SHAPES.items():
        values = np.random.RandomState(5).uniform(0, 9, shape).astype(np.float32)
        save(image_path(folder, subject).replace('T1', 'T2'), values)
    options = dict(
        path_to_search=str(folder / 'data'),
        filename_contains='T2',
        filename_removefromid='_T2',
        spatial_window_size='(12, 14, 16)',
        interp_order=1,
    )
    return change_config(config, {'T2': options, 'SEGMENTATION': {'image': 'T1, T2'}})


def test_modalities_of_other_sizes_and_a_missing_one(tmp_path):
    config = two_modalities(tmp_path / 'toy')
    second = image_path(tmp_path / 'toy', 'a').replace('T1', 'T2')
    save(second, np.ones((20, 23, 24), np.float32))
    os.remove(image_path(tmp_path / 'toy', 'c').replace('T1', 'T2'))
    text = run_and_catch(config, tmp_path / 'ours')
    assert "has 20 x 23 x 25 voxels and '{}' 20 x 23 x 24".format(second) in text
    assert "'c': it has no file in section [T2]" in text
    assert sorted(maps(tmp_path / 'ours')) == [('b', LAYER)]
    assert len(segmentations(tmp_path / 'ours')) == 1


def test_modalities_that_lie_apart_are_told(tmp_path, caplog):
    config = two_modalities(tmp_path / 'toy')
    second = image_path(tmp_path / 'toy', 'b').replace('T1', 'T2')
    moved = AFFINE.copy()
    moved[:3, 3] += (0, 6, 8)
    nib.save(nib.Nifti1Image(np.asanyarray(nib.load(second).dataobj), moved), second)
    run_activations(config, tmp_path / 'ours', '--activation_layers', LAYER)
    (told,) = [line for line in caplog.messages if 'register and resample' in line]
    assert "subject 'b'" in told and second in told and 'up to 10 mm away' in told
    assert len(maps(tmp_path / 'ours')) == 3


def split_file(folder, rows):
    path = folder / 'split.csv'
    path.write_text(''.join('{},{}\n'.format(*row) for row in rows))
    return str(path)


def test_a_phase_without_subjects_is_told_and_all_are_done(tmp_path, caplog, monkeypatch):
    monkeypatch.chdir(tmp_path)  # plain NiftyNet writes its lists anew then, into this folder
    config = make_toy(tmp_path / 'toy')
    rows = [('a', 'training'), ('b', 'training'), ('c', 'validation')]
    split = split_file(tmp_path, rows)
    change_config(config, {'SYSTEM': {'dataset_split_file': split}})
    words = ('--dataset_to_infer', 'inference')
    run_plain(config, tmp_path / 'plain', *words)
    run_activations(config, tmp_path / 'ours', '--activation_layers', LAYER, *words)
    assert len(segmentations(tmp_path / 'ours')) == 3
    assert segmentations(tmp_path / 'ours') == segmentations(tmp_path / 'plain')
    (told,) = [line for line in caplog.messages if 'takes all subjects' in line]
    assert told.startswith('dataset_to_infer = inference: ') and split in told
    words = ('--dataset_to_infer', 'validation')
    run_activations(config, tmp_path / 'one', '--activation_layers', LAYER, *words)
    assert sorted(maps(tmp_path / 'one')) == [('c', LAYER)]


def test_a_phase_whose_subjects_have_no_images(tmp_path):
    config = make_toy(tmp_path / 'toy')
    split = split_file(tmp_path, [('a', 'training'), ('x', 'validation')])
    change_config(config, {'SYSTEM': {'dataset_split_file': split}})
    text = run_and_catch(config, tmp_path / 'ours', '--dataset_to_infer', 'validation')
    assert text.startswith('dataset_to_infer = validation: none of the subjects that')
    assert split in text and '[T1]' in text
