# -*- coding: utf-8 -*-
"""The images that maps are drawn over: of any format, in the place of the maps."""

import os

import nibabel as nib
import numpy as np
import pytest
from sample_folder import add_modality, make_picture_sample, make_sample, oblique_affine

from niftynet_activations import open_activations
from niftynet_activations.errors import OptionError, ReadError
from niftynet_activations.looking import input_images

SHAPE = (7, 9, 11)


def info_of(*paths, **others):
    return dict({'source_images': [str(path) for path in paths]}, **others)


def write_by_itk(values, affine, path):
    """Write (x, y, z) values at a place in RAS by SimpleITK, which has z, y, x and LPS."""
    itk = pytest.importorskip('SimpleITK')
    image = itk.GetImageFromArray(values.transpose())
    lps = np.diag([-1, -1, 1, 1]) @ affine
    steps = nib.affines.voxel_sizes(lps)
    image.SetSpacing(steps.tolist())
    image.SetOrigin(lps[:3, 3].tolist())
    image.SetDirection((lps[:3, :3] / steps).ravel().tolist())
    itk.WriteImage(image, str(path))


@pytest.mark.parametrize('suffix', ['.nrrd', '.mha', '.mhd'])
def test_itk_s_formats_lie_in_the_world(tmp_path, suffix):
    values = np.random.RandomState(0).normal(size=SHAPE).astype(np.float32)
    affine = oblique_affine()
    path = tmp_path / ('image' + suffix)
    write_by_itk(values, affine, path)
    near = input_images.Placed(affine, SHAPE)
    found = input_images.read_source(info_of(path), '.', near=near)
    np.testing.assert_array_equal(found.volume, values)
    np.testing.assert_allclose(found.affine, affine, atol=1e-5)
    assert not found.picture and found.note == ''


def test_an_input_whose_place_the_loader_lost_lies_where_its_maps_lie(tmp_path):
    """NiftyNet by scikit-image: axes z, y, x and the identity; the sidecar's affine tells."""
    values = np.random.RandomState(0).normal(size=SHAPE).astype(np.float32)
    path = tmp_path / 'image.nrrd'
    write_by_itk(values, oblique_affine(), path)
    stride = np.diag([2.0, 2.0, 2.0, 1.0])
    stride[:3, 3] = 0.5
    info = info_of(path, affine=stride.tolist(), shape=[5, 4, 3, 6])
    found = input_images.read_source(info, '.')
    np.testing.assert_array_equal(found.volume, values.transpose())
    np.testing.assert_array_equal(found.affine, np.eye(4))
    assert not found.sided and not input_images.sides_known(
        dict(info, stride=[2, 2, 2], offset=[0.5, 0.5, 0.5]), '.'
    )
    placed = info_of(path, affine=(oblique_affine() @ stride).tolist(), shape=[3, 4, 5, 6])
    np.testing.assert_array_equal(input_images.read_source(placed, '.').volume, values)


def test_itk_s_flat_images_are_pictures(tmp_path):
    itk = pytest.importorskip('SimpleITK')
    values = np.arange(12, dtype=np.float32).reshape(3, 4)
    itk.WriteImage(itk.GetImageFromArray(values), str(tmp_path / 'flat.mha'))
    found = input_images.read_source(info_of(tmp_path / 'flat.mha'), '.')
    np.testing.assert_array_equal(found.volume[..., 0], values)
    assert found.picture


def test_without_simpleitk_it_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setitem(__import__('sys').modules, 'SimpleITK', None)
    path = tmp_path / 'image.nrrd'
    path.write_bytes(b'NRRD0004')
    assert 'pip install SimpleITK' in input_images.read_source(info_of(path), '.').note
    with pytest.raises(ReadError, match='pip install SimpleITK'):
        input_images.check_source(str(path))


@pytest.mark.parametrize('colour', [True, False])
def test_pictures(tmp_path, colour):
    path, pixels, _ = make_picture_sample(str(tmp_path / 'out'), colour)
    found = input_images.read_source(info_of(path), '.')
    assert found.picture and found.volume.shape == (40, 60, 1)
    np.testing.assert_array_equal(found.affine, np.eye(4))
    if colour:
        np.testing.assert_array_equal(found.colours[:, :, 0], pixels)
        np.testing.assert_allclose(found.volume[8, 10, 0], 255 * (0.299 + 0.587))
    else:
        np.testing.assert_array_equal(found.volume[..., 0], pixels)
        assert found.colours is None


def test_a_palette_is_turned_into_its_colours(tmp_path):
    from PIL import Image

    pixels = np.zeros((5, 6, 3), np.uint8)
    pixels[2, 3] = 255, 0, 0
    Image.fromarray(pixels).convert('P', palette=Image.ADAPTIVE).save(str(tmp_path / 'p.png'))
    found = input_images.read_source(info_of(tmp_path / 'p.png'), '.')
    np.testing.assert_array_equal(found.colours[2, 3, 0], [255, 0, 0])


@pytest.mark.parametrize(
    'name, content, message',
    [
        ('gone.png', None, 'gone.png is not there'),
        ('gone.nii', None, 'gone.nii is not there'),
        ('bad.png', b'no picture', 'bad.png is no picture'),
        ('bad.nii', b'no image', 'bad.nii is not an image'),
    ],
)
def test_what_cannot_be_read_is_said(tmp_path, name, content, message):
    if content is not None:
        (tmp_path / name).write_bytes(content)
    found = input_images.read_source(info_of(tmp_path / name), '.')
    assert found.volume is None and message in found.note


def test_a_second_modality_by_name_and_number(tmp_path):
    sample = make_sample(str(tmp_path / 'out'))
    other = os.path.join(str(tmp_path), 'inputs', '1_T2.nii.gz')
    nib.save(nib.Nifti1Image(-sample.inputs['1'], sample.affine), other)
    add_modality(sample.folder, other)
    info = open_activations(sample.folder)['1', 'conv_0'].info
    names = input_images.input_names(info, sample.folder)
    assert names == ['1_T1.nii.gz', '1_T2.nii.gz']
    assert [input_images.choose_input(names, word) for word in (None, 'T1', 'T2', '2')] == [
        0, 0, 1, 1,
    ]  # fmt: skip
    found = input_images.read_source(info, sample.folder, 1)
    np.testing.assert_array_equal(found.volume, -sample.inputs['1'])
    for wrong in ('T', 'flair', '3'):
        with pytest.raises(
            OptionError, match="input '{}': expected a part of one name".format(wrong)
        ):
            input_images.choose_input(names, wrong)


def test_names_of_sections():
    info = {'source_images': {'T1': ['/a/x.nii'], 'T2': ['/b/x.nii']}}
    assert input_images.input_names(info, '.') == ['T1', 'T2']
    assert input_images.choose_input(['T1', 'T1c'], 'T1') == 0


def test_flat_volumes():
    assert input_images.thin_axis((4, 5, 1, 6)) == 2
    assert input_images.thin_axis((4, 5, 6)) is None
    assert input_images.thin_axis((4, 1, 1)) is None


def test_a_sidecar_without_inputs(tmp_path):
    assert input_images.read_source({}, str(tmp_path)).note == 'The sidecar names no input image.'
    assert not input_images.is_picture({}, '.')


def saved(path, shape, affine, **codes):
    """Write a NIfTI file with the codes of its forms, and return a sidecar that names it."""
    image = nib.Nifti1Image(np.zeros(shape, np.float32), affine)
    for name, code in codes.items():
        image.header[name] = code
    nib.save(image, str(path))
    place = nib.load(str(path)).affine
    step = np.diag([2.0, 2.0, 1.0, 1.0])
    step[:2, 3] = 0.5
    return info_of(
        path,
        shape=[n // 2 for n in shape[:2]] + list(shape[2:]) + [4],
        affine=(place @ step).tolist(),
        stride=[2, 2, 1],
        offset=[0.5, 0.5, 0.0],
    )


@pytest.mark.parametrize(
    'shape, affine, known',
    [
        (SHAPE, None, False),  # neither form is set
        ((7, 9, 1), None, False),
        (SHAPE, np.eye(4), True),  # nibabel sets the sform
        ((8, 10, 1), np.eye(4), False),  # as programs write a picture that they turn into NIfTI
        ((8, 10, 1), np.diag([-2.0, 1.0, 1.0, 1.0]), True),
        (SHAPE, oblique_affine(), True),
    ],
)
def test_which_images_tell_the_patient_s_sides(tmp_path, shape, affine, known):
    path = tmp_path / 'image.nii.gz'
    info = saved(path, shape, affine)
    assert input_images.sides_known(info, '.') is known
    assert input_images.read_source(info, '.').sided is known


def test_the_older_format_tells_no_sides(tmp_path):
    path = tmp_path / 'image.img'
    nib.save(nib.AnalyzeImage(np.zeros(SHAPE, np.float32), np.diag([-2.0, 2.0, 2.0, 1.0])), path)
    info = info_of(path, shape=list(SHAPE) + [1], affine=nib.load(path).affine.tolist())
    assert not input_images.sides_known(info, '.')


def test_an_input_that_is_gone_leaves_what_the_sidecar_tells(tmp_path):
    flat = saved(tmp_path / 'flat.nii.gz', (8, 10, 1), np.eye(4))
    os.remove(str(tmp_path / 'flat.nii.gz'))
    assert not input_images.sides_known(flat, '.')
    assert not input_images.read_source(flat, '.').sided
    assert input_images.sides_known(info_of(tmp_path / 'gone.nii.gz', shape=[4, 4, 4, 2]), '.')
