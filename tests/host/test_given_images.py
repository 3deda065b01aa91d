# -*- coding: utf-8 -*-
"""Images in memory become files that hold their numbers to the bit."""

import os

import nibabel as nib
import numpy as np
import pytest

from niftynet_activations.errors import InputError
from niftynet_activations.host.given_images import as_files, check_sections, headers_of
from niftynet_activations.store.nameless import NamelessFiles, load_nameless

OBLIQUE = np.array([[-1.1, 0.2, 0, 4], [0.2, 0.9, 0, -7], [0, 0.1, 1.3, 5], [0, 0, 0, 1]])
VALUES = np.random.RandomState(2).normal(100, 40, (5, 7, 11))


@pytest.fixture
def files():
    with NamelessFiles() as made:
        yield made


@pytest.mark.parametrize(
    'dtype', ['float64', 'float32', 'float16', 'int16', 'uint8', 'bool', 'int64', '>f4', '>i2']
)
def test_an_array_s_own_numbers(files, dtype):
    values = (VALUES > 100) if dtype == 'bool' else VALUES.astype(dtype)
    path = as_files({'T1': (values, OBLIQUE)}, files)['T1']
    image = load_nameless(path)
    np.testing.assert_array_equal(np.asanyarray(image.dataobj), values)
    assert image.header.get_data_dtype().kind == ('u' if dtype == 'bool' else values.dtype.kind)
    np.testing.assert_allclose(image.affine, OBLIQUE, atol=1e-6)
    sizes = np.sqrt((OBLIQUE[:3, :3] ** 2).sum(axis=0))
    np.testing.assert_allclose(image.header.get_zooms(), sizes, rtol=1e-6)
    assert image.header['sform_code'] == 2


def test_a_scaled_image_is_not_rounded_again(tmp_path, files):
    image = nib.Nifti1Image(VALUES, OBLIQUE)
    image.set_qform(np.diag([1, 2, 3, 1]), 1)
    image.set_sform(OBLIQUE, 4)
    image.header.set_xyzt_units('mm')
    image.set_data_dtype(np.int16)
    nib.save(image, str(tmp_path / 'scaled.nii.gz'))
    scaled = nib.load(str(tmp_path / 'scaled.nii.gz'))
    assert scaled.dataobj.slope not in (0, 1)
    written = load_nameless(as_files({'T1': scaled}, files)['T1'])
    np.testing.assert_array_equal(np.asanyarray(written.dataobj), np.asanyarray(scaled.dataobj))
    for form in ('sform', 'qform'):
        own, kept = (getattr(each.header, 'get_' + form)(coded=True) for each in (scaled, written))
        assert own[1] == kept[1]
        np.testing.assert_array_equal(own[0], kept[0])
    assert written.header.get_xyzt_units()[0] == 'mm'


def test_an_affine_that_was_changed_in_memory(files):
    image = nib.Nifti1Image(VALUES.astype('f4'), np.eye(4))
    moved = nib.Nifti1Image(image.dataobj, OBLIQUE, image.header)
    other = nib.MGHImage(VALUES.astype('f4'), OBLIQUE)
    found = as_files({'T1': moved, 'T2': other}, files)
    for path in found.values():
        np.testing.assert_allclose(load_nameless(path).affine, OBLIQUE, atol=1e-5)


def test_the_default_affine_of_a_header_is_kept_as_a_form(files):
    """An identity equals what nibabel makes of a header without forms."""
    default = nib.Nifti1Header().get_best_affine()
    written = load_nameless(as_files({'T1': (VALUES, default)}, files)['T1'])
    assert written.header['sform_code'] > 0
    np.testing.assert_array_equal(written.affine, default)


def test_a_path_is_taken_as_it_is(tmp_path, monkeypatch, files):
    nib.save(nib.Nifti1Image(VALUES, OBLIQUE), str(tmp_path / 'x.nii.gz'))
    monkeypatch.chdir(tmp_path)
    assert as_files({'T1': 'x.nii.gz'}, files) == {'T1': os.path.realpath('x.nii.gz')}
    assert sorted(os.listdir(str(tmp_path))) == ['x.nii.gz']


@pytest.mark.parametrize(
    'given, message',
    [
        (VALUES, r"^input section 'T1': an array does not say where it lies; give \(array, affine"),
        ('no.nii', "^input section 'T1': there is no file 'no.nii'$"),
        (
            (VALUES, np.eye(3)),
            '^input .*: expected an affine of 4 x 4 numbers that can be inverted',
        ),
        ((VALUES, None), 'expected an affine .* got None$'),
        ((VALUES, np.diag([1, 1, 0, 1])), 'expected an affine'),
        ((VALUES[:, :0], np.eye(4)), r'an image of shape \(.*, 0, .*\) has no voxels$'),
        (nib.Nifti1Image(VALUES[:0], np.eye(4)), r'an image of shape \(0, .*\) has no voxels$'),
        ((VALUES.astype(complex), np.eye(4)), 'expected an array of numbers .* got complex128 of'),
        ((VALUES[0, 0], np.eye(4)), r'got float64 of shape \(11,\)$'),
        (3, r'expected a nibabel image, a path, or \(array, affine\); got int$'),
        ((VALUES,), 'got tuple$'),
    ],
)
def test_what_is_no_image(files, given, message):
    with pytest.raises(InputError, match=message) as caught:
        as_files({'T1': given}, files)
    assert '\n' not in str(caught.value)


@pytest.mark.parametrize(
    'given, message',
    [
        ({'T1': 0, 'T2': 0}, "^no image for input section 'FLAIR': .* made of T1, T2, FLAIR$"),
        ({'t1': 0}, "^no input section 't1': the config has T1, T2, FLAIR, label$"),
        (
            VALUES,
            "^expected a dictionary from input section to image, such as {'T1': image}; got nd",
        ),
    ],
)
def test_sections(given, message):
    needed = ['T1', 'T2', 'FLAIR']
    with pytest.raises(InputError, match=message):
        check_sections(given, needed + ['label'], needed)
    check_sections(dict.fromkeys(needed + ['label']), needed + ['label'], needed)


def test_headers_tell_what_a_reader_takes_of_an_image(tmp_path, files):
    image = nib.Nifti1Image(VALUES.astype('f4'), OBLIQUE)
    other = nib.Nifti1Image(VALUES.astype('f4') + 1, OBLIQUE)
    other.header['descrip'] = b'another scan'
    moved, coarse = OBLIQUE + np.eye(4, k=3), OBLIQUE @ np.diag([1, 2, 1, 1])
    given = {
        'same': other,
        'moved': (VALUES.astype('f4'), moved),
        'coarse': (VALUES.astype('f4'), coarse),
        'double': (VALUES, OBLIQUE),
        'longer': (np.zeros((5, 7, 12), 'f4'), OBLIQUE),
        'second': nib.Nifti2Image(VALUES.astype('f4'), OBLIQUE),
    }
    own = headers_of(as_files({'T1': image}, files)['T1'], None)
    alike = {name for name, path in as_files(given, files).items() if headers_of(path, None) == own}
    assert alike == {'same'}
    for ending in ('.nii', '.nii.gz'):
        path = str(tmp_path / ('x' + ending))
        nib.save(image, path)
        assert headers_of(path, None) == headers_of(path, 'nibabel') == own
        assert headers_of(path, 'simpleitk') is None  # it may read another header
    (tmp_path / 'broken.nii').write_bytes(b'no image')
    for name in ('broken.nii', 'x.mha'):
        assert headers_of(str(tmp_path / name), None) is None
