# -*- coding: utf-8 -*-
"""Headers read back with nibabel."""

import io

import nibabel as nib
import numpy as np
import pytest

from niftynet_activations.space.place import Form, as_matrix, place_of_affine
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
@pytest.mark.parametrize('codes', [(1, 1), (4, 2), (3, 0), (0, 5)])
def test_each_form_keeps_its_place_and_code(affine, codes):
    other = affine @ nib.affines.from_matvec(np.diag([1, -1, 1]), [3, 0, 8])
    forms = [Form(as_matrix(a), code) for a, code in zip((affine, other), codes)]
    forms = [form if form.code else Form(None, 0) for form in forms]
    best = affine if codes[0] else other
    place = place_of_affine(best)._replace(sform=forms[0], qform=forms[1])
    header = read(nifti.header_bytes((5, 7, 11, 3), 'float32', place))
    assert (header['sform_code'], header['qform_code']) == codes
    if codes[0]:
        assert np.allclose(header.get_sform(), affine, atol=1e-5)
    if codes[1]:
        # half a turn is held by single numbers with less precision
        assert np.allclose(header.get_qform(), other, atol=2e-3)
    assert np.allclose(header.get_best_affine(), best, atol=2e-3)
    sizes = np.sqrt((affine[:3, :3] ** 2).sum(axis=0))
    assert np.allclose(header.get_zooms(), list(sizes) + [1])


def test_a_sheared_sform_stands_beside_the_qform_that_has_no_shear():
    straight = np.diag([2, 2.5, 3, 1])
    place = place_of_affine(SHEARED)._replace(qform=Form(as_matrix(straight), 1))
    header = read(nifti.header_bytes((5, 7, 11), 'float32', place))
    assert (header['sform_code'], header['qform_code']) == (2, 1)
    assert np.allclose(header.get_sform(), SHEARED)
    assert np.allclose(header.get_qform(), straight)
    assert np.allclose(header.get_zooms(), [2, 2.5, 3])


def test_without_a_qform_the_sizes_are_those_of_the_sform():
    place = place_of_affine(SHEARED)._replace(qform=Form(None, 0))
    header = read(nifti.header_bytes((5, 7, 11), 'float32', place))
    assert (header['sform_code'], header['qform_code']) == (2, 0)
    assert np.allclose(header.get_sform(), SHEARED)
    assert np.allclose(header.get_zooms(), np.sqrt((SHEARED[:3, :3] ** 2).sum(axis=0)))


@pytest.mark.parametrize('unit', ['mm', 'micron', 'meter', 'unknown'])
def test_the_unit_of_the_world_stands_in_the_header(unit):
    header = read(nifti.header_bytes((5, 7, 11), 'float32', place_of_affine(AFFINE, 1, unit)))
    assert header.get_xyzt_units()[0] == unit


@pytest.mark.parametrize('shape, intent', [((5, 7, 11, 3), 0), ((5, 7, 11, 1, 3), 1007)])
def test_a_fifth_axis_is_said_to_hold_vectors(shape, intent):
    header = read(nifti.header_bytes(shape, 'float32', place_of_affine(AFFINE)))
    assert header['intent_code'] == intent


def test_all_else_a_reader_needs():
    head = nifti.header_bytes((5, 7, 11, 1, 3), 'int16', place_of_affine(AFFINE), 0.5, -3)
    header = read(head)
    assert len(head) == header.get_data_offset() == 352
    assert header['magic'] == b'n+1'
    assert header.endianness == '<'
    assert header.get_data_shape() == (5, 7, 11, 1, 3)
    assert header.get_data_dtype() == np.int16
    assert header.get_slope_inter() == (0.5, -3)


def test_axis_too_long_for_the_first_version_takes_the_second():
    place = place_of_affine(AFFINE)
    assert len(nifti.header_bytes((32767, 1, 1), 'float32', place)) == 352
    head = nifti.header_bytes((2, 3, 5, 40000), 'float32', place)
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
    planned = nifti.plan_files(make_spec(layout=layout), ['a', 'b', 'c'])
    assert [each.shape for each in planned] == shapes
    assert [list(each.channels) for each in planned] == channels
