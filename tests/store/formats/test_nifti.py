# -*- coding: utf-8 -*-
"""Headers read back with nibabel."""

import io

import nibabel as nib
import numpy as np
import pytest

from niftynet_activations.store.formats import nifti
from tests.store.maps import AFFINE, make_spec

OBLIQUE = nib.affines.from_matvec(
    nib.eulerangles.euler2mat(0.3, -0.2, 0.5) @ np.diag([-1.5, 2, 0.7]), [100, -20, 3]
)
SHEARED = np.array([[2, 0.3, 0, 1], [0, 2, 0, 2], [0, 0, 2, 3], [0, 0, 0, 1]])


def read(head):
    kind = nib.Nifti1Header if len(head) == 352 else nib.Nifti2Header
    return kind.from_fileobj(io.BytesIO(head))


@pytest.mark.parametrize('affine', [AFFINE, OBLIQUE, np.eye(4)])
def test_place_stands_in_both_forms(affine):
    header = read(nifti.header_bytes((5, 7, 11, 3), 'float32', affine, 1))
    assert (header['sform_code'], header['qform_code']) == (1, 1)
    assert np.allclose(header.get_sform(), affine, atol=1e-5)
    assert np.allclose(header.get_qform(), affine, atol=1e-4)
    sizes = np.sqrt((affine[:3, :3] ** 2).sum(axis=0))
    assert np.allclose(header.get_zooms(), list(sizes) + [1])


def test_shear_is_left_out_of_the_qform():
    header = read(nifti.header_bytes((5, 7, 11), 'float32', SHEARED, 2))
    assert (header['sform_code'], header['qform_code']) == (2, 0)
    assert np.allclose(header.get_sform(), SHEARED)
    assert np.allclose(header.get_zooms(), np.sqrt((SHEARED[:3, :3] ** 2).sum(axis=0)))


def test_all_else_a_reader_needs():
    head = nifti.header_bytes((5, 7, 11, 1, 3), 'int16', AFFINE, 2, 0.5, -3)
    header = read(head)
    assert len(head) == header.get_data_offset() == 352
    assert header['magic'] == b'n+1'
    assert header.endianness == '<'
    assert header.get_data_shape() == (5, 7, 11, 1, 3)
    assert header.get_data_dtype() == np.int16
    assert header.get_xyzt_units()[0] == 'mm'
    assert header.get_slope_inter() == (0.5, -3)


def test_axis_too_long_for_the_first_version_takes_the_second():
    assert len(nifti.header_bytes((32767, 1, 1), 'float32', AFFINE)) == 352
    head = nifti.header_bytes((2, 3, 5, 40000), 'float32', AFFINE)
    header = read(head)
    assert len(head) == header.get_data_offset() == 544
    assert header.get_data_shape() == (2, 3, 5, 40000)
    assert np.allclose(header.get_sform(), AFFINE)


@pytest.mark.parametrize(
    'layout, shapes, channels',
    [
        ('4d', [(5, 7, 11, 3)], [[0, 1, 2]]),
        ('5d', [(5, 7, 11, 1, 3)], [[0, 1, 2]]),
        ('split', [(5, 7, 11)] * 3, [[0], [1], [2]]),
    ],
)
def test_layouts(layout, shapes, channels):
    planned = nifti.files_of(make_spec(layout=layout))
    assert [each.shape for each in planned] == shapes
    assert [list(each.channels) for each in planned] == channels
