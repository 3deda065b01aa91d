# -*- coding: utf-8 -*-
"""Figures: what their pictures hold is what lies at that place in space."""

import numpy as np
import pytest
from sample_folder import make_sample

pytest.importorskip('matplotlib')

from niftynet_activations import open_activations  # noqa: E402
from niftynet_activations.looking.figures.drawing import (  # noqa: E402
    Anatomy,
    bar_length,
    montage_figure,
    opacity,
    planes_figure,
    strongest_centre,
)
from niftynet_activations.looking.figures.scales import scale_of  # noqa: E402


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
    figure = planes_figure(one, 2, Anatomy(sample.inputs['one'], sample.affine), at)
    expected = sample.data['one', 'conv_0'][tuple(place)][2]
    for picture in pictures_of(figure):
        assert expected in picture.compressed()
    assert len(pictures_of(figure)) == 3


def test_a_montage_has_a_picture_a_channel_and_one_scale_a_layer(sample):
    maps = open_activations(sample.folder)
    chosen = [maps['one', 'conv_0'], maps['one', 'logits']]
    figure = montage_figure(chosen, [[0, 2, 3], [1, 2]], None, per_row=2)
    assert len(pictures_of(figure)) == 5 and len(figure.subfigs) == 3
    scales = [
        {image.get_clim() for axes in part.axes for image in axes.images} for part in figure.subfigs
    ]
    assert scales[0] == scales[1] != scales[2]


def test_the_strongest_responses_are_found_whatever_their_sign():
    volume = np.zeros((9, 10, 11), np.float32)
    volume[6:8, 2, 3] = -5
    volume[0, 0, 0] = np.nan
    affine = np.diag([2.0, 3.0, 4.0, 1.0])
    affine[:3, 3] = 10, 20, 30
    # one percent of 990 samples are more than two: others at 0 would blur the centre
    volume[6:8, 1:4, 2:5] = -5
    np.testing.assert_allclose(strongest_centre(volume, affine), [23.0, 26.0, 42.0])


def test_no_response_hides_nothing():
    values = np.array([[0.0, -2.0], [np.nan, 0.1]])
    hidden = opacity(values, scale_of(np.zeros(1), (-2, 2)))
    assert hidden[0, 0] == hidden[1, 0] == 0 and hidden[0, 1] > hidden[1, 1] > 0


@pytest.mark.parametrize('width, length', [(240, 50), (30, 10), (2, 1), (1000, 200)])
def test_the_scale_bar_is_a_round_number_of_mm(width, length):
    assert bar_length(width) == length
