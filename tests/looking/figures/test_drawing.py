# -*- coding: utf-8 -*-
"""Figures: what their pictures hold is what lies at that place in space."""

import numpy as np
import pytest
from sample_folder import make_flat_sample, make_picture_sample, make_sample

pytest.importorskip('matplotlib')

from niftynet_activations import open_activations  # noqa: E402
from niftynet_activations.looking.figures.drawing import (  # noqa: E402
    montage_figure,
    planes_figure,
    strongest_centre,
)
from niftynet_activations.looking.input_images import Source, read_source  # noqa: E402

ALONE = Source(None, np.eye(4), '')


@pytest.fixture(scope='module')
def sample(tmp_path_factory):
    return make_sample(str(tmp_path_factory.mktemp('figures') / 'maps'), ['one'])


def pictures_of(figure):
    """Arrays of the maps' pictures, in the order of drawing; those beneath are grey."""
    axes = [each for part in figure.subfigs for each in part.axes]
    images = [image for each in axes for image in each.images]
    return [image.get_array() for image in images if image.get_cmap().name != 'gray']


def test_the_axial_plane_holds_the_sample_at_the_place(sample):
    one = open_activations(sample.folder)['one', 'conv_0']
    affine = sample.affines['one', 'conv_0']
    place = np.array([7, 9, 12])
    at = affine[:3, :3] @ place + affine[:3, 3]
    figure = planes_figure(one, 2, Source(sample.inputs['one'], sample.affine, ''), at)
    expected = sample.data['one', 'conv_0'][tuple(place)][2]
    for picture in pictures_of(figure):
        assert expected in picture.compressed()
    assert len(pictures_of(figure)) == 3


def test_a_montage_has_a_picture_a_channel_and_one_scale_a_layer(sample):
    maps = open_activations(sample.folder)
    chosen = [maps['one', 'conv_0'], maps['one', 'logits']]
    figure = montage_figure(chosen, [[0, 2, 3], [1, 2]], ALONE, per_row=2)
    assert len(pictures_of(figure)) == 5 and len(figure.subfigs) == 3
    scales = [
        {image.get_clim() for axes in part.axes for image in axes.images} for part in figure.subfigs
    ]
    assert scales[0] == scales[1] != scales[2]


def words_of(figure):
    """All that is written into the pictures of a figure."""
    axes = [each for part in figure.subfigs for each in part.axes]
    return [text.get_text() for each in axes for text in each.texts]


def test_a_picture_is_drawn_as_it_is_without_sides(tmp_path):
    _, pixels, values = make_picture_sample(str(tmp_path / 'out'))
    one = open_activations(str(tmp_path / 'out'))['a', 'conv']
    figure = one.plot(0)
    (beneath, map_picture) = [
        image.get_array() for each in figure.subfigs[0].axes[:1] for image in each.images
    ]
    rows, columns = beneath.shape[:2]
    assert columns / rows == pytest.approx(60 / 40, abs=0.02)
    # the yellow square lies near the upper left corner, in the image and in the map
    row, column = int(8 * rows / 40), int(11 * columns / 60)
    assert tuple(beneath[row, column]) == (255, 255, 0)
    assert map_picture[row, column] == pytest.approx(values[8, 11, 0, 0])
    assert words_of(figure) == ['20 pixels']


def test_a_flat_image_without_an_orientation_has_no_letters(tmp_path):
    folder = str(tmp_path / 'out')
    make_flat_sample(folder, oriented=False)
    one = open_activations(folder)['a', 'conv']
    for image in (True, False):
        figure = one.plot(0, image=image)
        assert len(pictures_of(figure)) == 1
        assert words_of(figure) == ['20 mm']
        assert figure.subfigs[0].axes[0].get_title() == 'x-y plane'
    assert len(one.plot([0, 1]).subfigs) == 1
    make_flat_sample(folder, oriented=True)
    figure = open_activations(folder)['a', 'conv'].plot(0)
    assert words_of(figure)[:2] == ['R', 'L']
    assert figure.subfigs[0].axes[0].get_title() == 'axial'
    assert read_source(open_activations(folder)['a', 'conv'].info, folder).sided


def test_a_mm_has_one_size_in_all_planes(sample):
    """The scale bar stands in the first plane and counts for each of them."""
    one = open_activations(sample.folder)['one', 'conv_0']
    (part,) = planes_figure(one, 2, Source(sample.inputs['one'], sample.affine, '')).subfigs
    *pictures, bar = part.axes
    across, up = part.figure.get_size_inches()
    sizes, tops = [], set()
    for axes in pictures:
        rows, columns = axes.images[0].get_array().shape[:2]
        box = axes.get_position()
        sizes += [box.width * across / columns, box.height * up / rows]
        tops.add(round(box.y1, 6))
    np.testing.assert_allclose(sizes, sizes[0], rtol=1e-6)
    assert len(tops) == 1 and round(bar.get_position().y1, 6) in tops
    assert bar.get_position().x0 > max(axes.get_position().x1 for axes in pictures)


@pytest.mark.parametrize('channels, rows', [(4, [4]), (5, [3, 2]), (6, [3, 3]), (9, [3, 3, 3])])
def test_rows_of_a_montage_are_of_one_length(sample, channels, rows):
    one = open_activations(sample.folder)['one', 'conv_0']
    figure = montage_figure([one], [[0] * channels], ALONE, per_row=4)
    # the last of a row's axes is the colour bar
    assert [len(part.axes) - 1 for part in figure.subfigs] == rows


def test_the_strongest_responses_are_found_whatever_their_sign():
    volume = np.zeros((9, 10, 11), np.float32)
    volume[6:8, 2, 3] = -5
    volume[0, 0, 0] = np.nan
    affine = np.diag([2.0, 3.0, 4.0, 1.0])
    affine[:3, 3] = 10, 20, 30
    # one percent of 990 samples are more than two: others at 0 would blur the centre
    volume[6:8, 1:4, 2:5] = -5
    np.testing.assert_allclose(strongest_centre(volume, affine), [23.0, 26.0, 42.0])
