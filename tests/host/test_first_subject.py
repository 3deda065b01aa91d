# -*- coding: utf-8 -*-
"""The first subject from its headers, beside what NiftyNet reads."""

import os

import nibabel as nib
import numpy as np
import pytest

pytestmark = pytest.mark.slow
pytest.importorskip('niftynet')

from toy_runs import change_config, image_path, make_toy  # noqa: E402

import niftynet_activations  # noqa: E402

niftynet_activations.app  # noqa: B018  registers the options, as net_run does

from niftynet_activations.errors import InputError  # noqa: E402
from niftynet_activations.host.config import read_config  # noqa: E402
from niftynet_activations.host.first_subject import first_subject  # noqa: E402

SHAPES = {'a': (20, 23, 25), 'b': (17, 30, 21)}


def subject_of(folder, changes=None, **options):
    config = make_toy(folder, SHAPES, **options)
    return first_subject(read_config(change_config(config, changes or {})))


def test_the_first_by_name(tmp_path):
    found = subject_of(tmp_path / 'toy')
    assert (found.image, found.padding, found.window) == ((20, 23, 25), (2, 2, 2), (12, 14, 16))


def test_axes_are_turned_and_resampled(tmp_path):
    reading = {'T1': {'axcodes': 'S,P,R', 'pixdim': '(2.6, 1, 1)'}}
    found = subject_of(tmp_path / 'toy', reading)
    # the file's voxels are about 1.1, 0.9 and 1.3 mm long
    sizes = np.linalg.norm(nib.load(image_path(tmp_path / 'toy', 'a')).affine[:3, :3], axis=0)
    expected = [round(25 * sizes[2] / 2.6), round(23 * sizes[1]), round(20 * sizes[0])]
    assert list(found.image) == expected


def test_a_resized_volume(tmp_path):
    found = subject_of(tmp_path / 'toy', sampling='resize')
    # 24 voxels with their padding become 12: the image's first voxel was the third of them
    assert found.padding[0] == pytest.approx(2 * 11 / 23)
    assert found.image[0] == pytest.approx(19 * 11 / 23 + 1)


def flat(path):
    nib.save(nib.Nifti1Image(np.ones((20, 1, 25), np.float32), np.eye(4)), path)


def mgz(path):
    os.remove(path)
    nib.save(nib.MGHImage(np.ones((20, 23, 25), np.float32), np.eye(4)), path[:-7] + '.mgz')


def short(path):
    os.truncate(path, 100)


@pytest.mark.parametrize(
    'harm, said', [(flat, 'is flat'), (mgz, 'without the fields'), (short, 'cannot be read')]
)
def test_a_first_subject_that_niftynet_cannot_take(tmp_path, harm, said):
    config = make_toy(tmp_path / 'toy', SHAPES)
    harm(image_path(tmp_path / 'toy', 'a'))
    with pytest.raises(InputError, match=said) as caught:
        first_subject(read_config(config))
    assert '\n' not in str(caught.value)


def test_no_files(tmp_path):
    config = make_toy(tmp_path / 'toy', SHAPES)
    for subject in SHAPES:
        os.remove(image_path(tmp_path / 'toy', subject))
    with pytest.raises(InputError):
        first_subject(read_config(config))
