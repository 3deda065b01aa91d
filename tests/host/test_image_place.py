# -*- coding: utf-8 -*-
"""Loaders that lose an image's place, and modalities that lie apart."""

from collections import OrderedDict

import nibabel as nib
import numpy as np
import pytest

pytestmark = pytest.mark.slow
pytest.importorskip('niftynet')

from inference_runs import maps, run_activations, run_plain, segmentations  # noqa: E402
from niftynet.io import image_loader  # noqa: E402
from toy_runs import AFFINE, LAYER, change_config, image_path, make_toy  # noqa: E402

from niftynet_activations.host.image_place import PlaceFault, lines, lost_world  # noqa: E402


def raw(path):
    """What stands for a library that reads a file of numbers: the axes as they are stored."""
    with open(path, 'rb') as stream:
        return np.load(stream)


def without_world(path):
    return image_loader.image2nibabel(raw(path))


def with_world(path):
    return image_loader.image2nibabel(raw(path).transpose(), affine=AFFINE)


def mirrored(path):
    return image_loader.image2nibabel(raw(path)[..., ::-1])


@pytest.fixture
def loaders(monkeypatch):
    """NiftyNet's order of loaders where all libraries are installed."""
    there = OrderedDict(nibabel=image_loader.AVAILABLE_LOADERS['nibabel'])
    for name, reads in (
        ('opencv', mirrored),
        ('skimage', without_world),
        ('pillow', without_world),
        ('simpleitk', with_world),
    ):
        there[name] = dict(func=reads, auto_discover=True)
    monkeypatch.setattr(image_loader, 'AVAILABLE_LOADERS', there)
    monkeypatch.setattr('niftynet_activations.host.image_place.AVAILABLE_LOADERS', there)
    return there


def write(path, values):
    with open(str(path), 'wb') as stream:
        np.save(stream, values)
    return str(path)


@pytest.mark.parametrize(
    'name, shape, loader, said',
    [
        ('a.nrrd', (5, 7, 11), None, "loader 'opencv' gives it no place"),
        ('a.nrrd', (5, 7, 11), 'skimage', "loader 'skimage' gives it no place"),
        ('a.MHA', (5, 7, 11), 'pillow', 'set loader = simpleitk in its section'),
        ('a.nrrd', (5, 7, 11), 'simpleitk', ''),
        ('a.mha', (5, 7), 'simpleitk', 'flat images that SimpleITK reads'),
        ('a.png', (5, 7), None, 'columns mirrored'),
        ('a.png', (5, 7, 3), None, ''),  # colours: the last axis is theirs, and in its right order
        ('a.PNG', (5, 7), 'skimage', ''),
        ('a.png', (5, 7), 'simpleitk', ''),
    ],
)
def test_what_a_loader_loses(tmp_path, loaders, name, shape, loader, said):
    found = lost_world(write(tmp_path / name, np.ones(shape, np.uint8)), loader)
    assert said in found and bool(said) == bool(found)


def test_installing_simpleitk_is_named_where_it_is_missing(tmp_path, loaders):
    del loaders['simpleitk']
    found = lost_world(write(tmp_path / 'a.nrrd', np.ones((5, 7, 11), np.uint8)), None)
    assert found.endswith('and install SimpleITK')


def test_nifti_loses_nothing(tmp_path):
    nib.save(nib.Nifti1Image(np.ones((5, 7, 11), np.float32), AFFINE), str(tmp_path / 'a.nii'))
    assert lost_world(str(tmp_path / 'a.nii'), None) == ''


def test_subjects_with_one_reason_share_a_line():
    faults = [PlaceFault(name, name + '.nrrd', 'no place') for name in 'abc']
    faults.append(PlaceFault('d', 'd.png', 'mirrored'))
    assert lines(faults, 'off the image') == [
        "subject 'a' and 2 more: off the image; 'a.nrrd': no place",
        "subject 'd': off the image; 'd.png': mirrored",
    ]


@pytest.mark.parametrize('loader, code', [(None, 0), ('simpleitk', 2)])
def test_a_map_does_not_claim_a_world_that_is_lost(tmp_path, loaders, caplog, loader, code):
    config = make_toy(tmp_path / 'toy', {'a': (20, 23, 25)})
    values = np.asanyarray(nib.load(image_path(tmp_path / 'toy', 'a')).dataobj)
    (tmp_path / 'toy' / 'data' / 'a_T1.nii.gz').unlink()
    write(image_path(tmp_path / 'toy', 'a', '.nrrd'), values.transpose())
    if loader:
        change_config(config, {'T1': {'loader': loader}})
    run_plain(config, tmp_path / 'plain')
    caplog.clear()
    run_activations(config, tmp_path / 'ours', '--activation_layers', LAYER)
    assert segmentations(tmp_path / 'ours') == segmentations(tmp_path / 'plain')
    image, info = maps(tmp_path / 'ours')['a', LAYER]
    assert int(image.header['sform_code']) == code  # a sheared affine has no qform
    assert int(image.header['qform_code']) == 0
    expected = AFFINE if loader else np.eye(4)
    np.testing.assert_allclose(info['affine'], expected, atol=1e-6)
    told = [line for line in caplog.messages if 'do not lie on the image' in line]
    assert len(told) == (0 if loader else 1)
    if told:
        first = [line for line in caplog.messages if line.startswith('inference iter 0')]
        assert caplog.messages.index(told[0]) < caplog.messages.index(first[0])
        assert "subject 'a'" in told[0] and 'loader = simpleitk' in told[0]


@pytest.mark.parametrize('ending', ['.nrrd', '.mha'])
@pytest.mark.parametrize('loader', [None, 'simpleitk'])
def test_with_the_libraries_themselves(tmp_path, caplog, ending, loader):
    sitk = pytest.importorskip('SimpleITK')
    pytest.importorskip('skimage')
    config = make_toy(tmp_path / 'toy', {'a': (20, 23, 25)})
    path = tmp_path / 'toy' / 'data' / 'a_T1.nii.gz'
    image = sitk.GetImageFromArray(np.asanyarray(nib.load(str(path)).dataobj).transpose())
    sitk.WriteImage(image, str(path).replace('.nii.gz', ending))
    path.unlink()
    if loader:
        change_config(config, {'T1': {'loader': loader}})
    run_activations(config, tmp_path / 'ours', '--activation_layers', LAYER)
    image, _ = maps(tmp_path / 'ours')['a', LAYER]
    told = [line for line in caplog.messages if 'do not lie on the image' in line]
    assert len(told) == (0 if loader else 1)
    assert int(image.header['sform_code']) == (2 if loader else 0)
