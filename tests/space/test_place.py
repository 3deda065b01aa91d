# -*- coding: utf-8 -*-
"""Both forms of an image lead its maps to the image, whichever of them a program takes."""

import os

import nibabel as nib
import numpy as np
import pytest

from niftynet_activations.space.network_space import NetworkSpace
from niftynet_activations.space.place import (
    Form,
    place_of_affine,
    place_of_file,
    place_of_image,
)
from niftynet_activations.store.description import MapDescription
from niftynet_activations.store.folder import OutputFolder
from niftynet_activations.store.spec import MapSpec
from niftynet_activations.store.writer import MapWriter

SHAPE = (12, 9, 11)


def oblique(angles, sizes, origin):
    turn = nib.eulerangles.euler2mat(*angles)
    return nib.affines.from_matvec(turn @ np.diag(sizes), origin)


SFORM = oblique((0.3, -0.2, 0.5), (-1.5, 2, 0.7), (100, -20, 3))
QFORM = oblique((0.1, 0.4, -0.2), (-1.5, 2, 0.7), (72, -24, 9))
SHEARED = SFORM.copy()
SHEARED[:3, 1] += 0.4 * SFORM[:3, 0]


def make_image(path, sform, sform_code, qform, qform_code, unit='mm', shape=SHAPE):
    image = nib.Nifti1Image(np.zeros(shape, np.float32), None)
    header = image.header
    header.set_qform(qform, code=0)
    header['qform_code'] = qform_code
    header.set_sform(sform, code=0)
    header['sform_code'] = sform_code
    header['xyzt_units'] = {'mm': 2, 'micron': 3, 'meter': 1, 'unknown': 0}.get(unit, unit)
    nib.save(image, str(path))
    return str(path)


def space_of(path, axcodes='LSP'):
    image = nib.load(path)
    place = place_of_file(path, image.affine, image.shape)
    return NetworkSpace(place.affine, image.shape, None, place).read(tuple(axcodes))


CASES = {
    'two places': (SFORM, 2, QFORM, 1),
    'MNI and scanner': (SFORM, 4, QFORM, 1),
    'Talairach alone': (SFORM, 3, QFORM, 0),
    'template beside scanner': (SFORM, 5, QFORM, 1),
    'qform alone': (SFORM, 0, QFORM, 1),
    'sheared sform beside a good qform': (SHEARED, 2, QFORM, 1),
    'scanner in both': (SFORM, 1, QFORM, 1),
}


@pytest.mark.parametrize('case', sorted(CASES))
def test_each_form_of_a_map_is_that_of_the_image_behind_the_maps_lattice(case, tmp_path):
    sform, sform_code, qform, qform_code = CASES[case]
    space = space_of(make_image(tmp_path / 'one.nii', sform, sform_code, qform, qform_code))
    place = space.lattice_place((2, 1, 3), (0.5, 0, 1), (1, 0, 0))
    assert (place.sform.code, place.qform.code) == (sform_code, qform_code)
    # sample (i, j, k) of the map in network space, and from there by hand to the file's voxels:
    # network axes point to L, S and P; the file's to L, A and S
    assert nib.aff2axcodes(space.place.affine) == ('L', 'A', 'S')
    index = np.array([2, 3, 1])
    network = np.array([0.5 + 2 * (1 + 2), 3, 1 + 3 * 1])
    voxel = np.array([network[0], SHAPE[1] - 1 - network[2], network[1]])
    for form, of_file in ((place.sform, sform), (place.qform, qform)):
        if form.code:
            found = nib.affines.apply_affine(form.affine, index)
            np.testing.assert_allclose(found, nib.affines.apply_affine(of_file, voxel), atol=1e-4)
        else:
            assert form == Form(None, 0)
    best = sform if sform_code else qform
    found = nib.affines.apply_affine(place.affine, index)
    np.testing.assert_allclose(found, nib.affines.apply_affine(best, voxel), atol=1e-4)
    assert place.axcodes == ('L', 'S', 'P')


def test_a_file_without_forms_gives_what_nibabel_and_what_itk_assume(tmp_path):
    path = make_image(tmp_path / 'one.nii', SFORM, 0, np.diag([2.0, 3, 4, 1]), 0)
    place = place_of_image(nib.load(path))
    # nibabel: the middle of the grid is the origin, x grows to the left
    centred = [[-2, 0, 0, 11], [0, 3, 0, -12], [0, 0, 4, -20], [0, 0, 0, 1]]
    np.testing.assert_array_equal(place.affine, centred)
    np.testing.assert_array_equal(place.sform.affine, centred)
    # ITK: the first voxel is the origin, and its own axes x and y grow to the left and to the back
    np.testing.assert_array_equal(place.qform.affine, np.diag([-2, -3, 4, 1]))
    assert (place.sform.code, place.qform.code) == (2, 2)


@pytest.mark.parametrize('unit', ['mm', 'micron', 'meter', 'unknown', 5])
def test_the_unit_is_the_files(unit, tmp_path):
    path = make_image(tmp_path / 'one.nii.gz', SFORM, 1, QFORM, 0, unit)
    place = space_of(path).lattice_place((1, 1, 1), (0, 0, 0), (0, 0, 0))
    assert place.unit == (unit if isinstance(unit, str) else 'unknown')


def test_a_qform_that_is_no_rotation_counts_as_none(tmp_path):
    path = make_image(tmp_path / 'one.nii', SFORM, 1, QFORM, 1)
    with open(path, 'r+b') as stream:
        stream.seek(256)  # quatern_b
        stream.write(np.array([3.0, 0, 0], '<f4').tobytes())
    assert place_of_image(nib.load(path)).qform == Form(None, 0)


def test_other_files_have_their_loaders_affine_in_both_forms(tmp_path):
    path = str(tmp_path / 'one.mgz')
    nib.save(nib.MGHImage(np.zeros(SHAPE, np.float32), SFORM), path)
    for place in (place_of_file(path, SFORM, SHAPE), place_of_image(nib.load(path))):
        assert place.sform == place.qform
        np.testing.assert_allclose(place.sform.affine, SFORM, atol=1e-4)
        assert (place.sform.code, place.unit) == (2, 'mm')


def test_a_loader_that_gives_another_grid_is_followed(tmp_path):
    path = make_image(tmp_path / 'one.nii', SFORM, 1, QFORM, 1)
    assert place_of_file(path, QFORM, (9, 12, 11)) == place_of_affine(QFORM)


@pytest.mark.parametrize('layout', ['4d', '5d', 'split'])
@pytest.mark.parametrize('case', sorted(CASES) + ['no form'])
def test_itk_puts_a_map_where_it_puts_the_image(case, layout, tmp_path):
    sitk = pytest.importorskip('SimpleITK', reason='SimpleITK is not installed')
    path = make_image(tmp_path / 'one.nii', *CASES.get(case, (SFORM, 0, QFORM, 0)))
    space = space_of(path)
    place = space.lattice_place((2, 1, 3), (0.5, 0, 1), (1, 0, 0))
    step = np.linalg.inv(space.place.affine) @ np.array(place.affine)
    shape = (5, 11, 3)
    with OutputFolder(str(tmp_path)) as folder:
        spec = MapSpec('1', 'conv', 'x', shape, (0, 1), place, format='nii', layout=layout)
        writer = MapWriter(folder, spec)
        writer.write((0, 0, 0), np.zeros(shape + (2,), np.float32))
        name = writer.finish(MapDescription())[0]
    image, made = sitk.ReadImage(path), sitk.ReadImage(os.path.join(str(tmp_path), name))
    if layout == '5d':
        assert made.GetDimension() == 3 and made.GetNumberOfComponentsPerPixel() == 2
    for index in np.ndindex(2, 2, 2):
        index = np.array(index) * (4, 10, 2)
        voxel = nib.affines.apply_affine(step, index)
        ours = index.tolist() + [0] * (made.GetDimension() - 3)
        found = made.TransformContinuousIndexToPhysicalPoint([float(each) for each in ours])[:3]
        expected = image.TransformContinuousIndexToPhysicalPoint(voxel.tolist())
        np.testing.assert_allclose(found, expected, atol=1e-3)
