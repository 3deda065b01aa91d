# -*- coding: utf-8 -*-
"""Which planes are drawn: three of a volume, one of what is flat."""

import nibabel as nib
import numpy as np
import pytest
from sample_folder import oblique_affine

from niftynet_activations.looking.figures.layout import lay_out, place_in_words, straightened
from niftynet_activations.looking.input_images import Source


def test_a_volume_is_drawn_in_the_world():
    layout = lay_out(oblique_affine(), (5, 6, 7), None, False)
    assert [plane.name for plane in layout.planes] == ['axial', 'coronal', 'sagittal']
    np.testing.assert_array_equal(layout.from_world, np.eye(4))
    assert place_in_words(layout, np.array([1.0, -2.5, 3.0])) == '1.0, -2.5, 3.0 mm'


@pytest.mark.parametrize(
    'shape, name', [((5, 6, 1), 'axial'), ((5, 1, 7), 'coronal'), ((1, 6, 7), 'sagittal')]
)
def test_a_tilted_slice_is_drawn_in_its_own_plane(shape, name):
    affine = oblique_affine()
    layout = lay_out(affine, shape, None, False)
    assert [plane.name for plane in layout.planes] == [name]
    drawn = layout.from_world @ affine
    # the axes are those of space, with the same steps and centre
    steps = np.abs(drawn[:3, :3])
    np.testing.assert_allclose(np.diag(steps), [4.0, 3.5, 3.0])
    np.testing.assert_allclose(steps - np.diag(np.diag(steps)), 0, atol=1e-12)
    middle = np.append((np.array(shape) - 1) / 2, 1)
    np.testing.assert_allclose(drawn @ middle, affine @ middle)
    assert nib.aff2axcodes(drawn) == nib.aff2axcodes(affine)


def test_a_flat_input_decides_for_maps_of_its_layers():
    source = Source(np.zeros((5, 6, 1), np.float32), np.eye(4), '')
    assert len(lay_out(np.eye(4), (3, 3, 1), source, False).planes) == 1
    deep = Source(np.zeros((5, 6, 7), np.float32), np.eye(4), '')
    assert len(lay_out(np.eye(4), (3, 3, 1), deep, False).planes) == 3


def test_a_picture_has_rows_and_columns_and_no_sides():
    layout = lay_out(np.eye(4), (40, 60, 1), None, True)
    (plane,) = layout.planes
    assert (plane.name, plane.letters) == ('picture', '')
    # a plane runs from the larger number to the smaller: row 0 above, column 0 on the left
    row_3_column_7 = layout.from_world @ [3, 7, 0, 1]
    assert row_3_column_7[plane.across] == -7 and row_3_column_7[plane.down] == -3
    assert place_in_words(layout, np.array([3.0, 7.0, 0.0])) == 'row 3.0, column 7.0'


def test_exchanged_axes_stay_exchanged():
    affine = oblique_affine()[:, [2, 0, 1, 3]]
    straight = straightened(affine, (4, 5, 6))
    assert nib.aff2axcodes(straight) == nib.aff2axcodes(affine) == ('S', 'L', 'A')


@pytest.mark.parametrize('shape, names', [((5, 6, 1), ['x-y plane']), ((5, 6, 7), None)])
def test_an_image_that_tells_no_sides_has_no_letters(shape, names):
    source = Source(np.zeros(shape, np.float32), oblique_affine(), '', sided=False)
    layout = lay_out(oblique_affine(), shape, source, False)
    assert not layout.sided
    assert [plane.name for plane in layout.planes] == (
        names or ['x-y plane', 'x-z plane', 'y-z plane']
    )
    assert {plane.letters for plane in layout.planes} == {''}
