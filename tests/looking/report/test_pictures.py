# -*- coding: utf-8 -*-
"""Pictures hold what was drawn into them."""

import base64
import io

import numpy as np
import pytest
from PIL import Image

from niftynet_activations.looking.figures import planes
from niftynet_activations.looking.figures.scales import (
    SIGNED_COLOURS,
    UNSIGNED_COLOURS,
    Scale,
)
from niftynet_activations.looking.report import pictures

UNSIGNED = Scale(0.0, 1.0, UNSIGNED_COLOURS)


def pixels(uri):
    """The picture in a data URI, array (rows, columns, 3)."""
    head, text = uri.split(',')
    assert head in ('data:image/webp;base64', 'data:image/png;base64')
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(text))).convert('RGB'), float)


def test_montage_uses_one_scale_for_all_channels():
    parts = [np.full((40, 40), value) for value in (0.0, 1.0, 1.0, 0.0)]
    drawn = pixels(pictures.montage(parts, ['0', '1', '2', '3'], UNSIGNED))
    width = drawn.shape[1] * 0.91
    middle = drawn.shape[0] // 2
    colours = [drawn[middle, int(width * (place + 0.5) / 4)] for place in range(4)]
    np.testing.assert_allclose(colours[0], [68, 1, 84], atol=14)
    np.testing.assert_allclose(colours[1], [253, 231, 37], atol=14)
    np.testing.assert_allclose(colours[1], colours[2], atol=6)
    np.testing.assert_allclose(colours[0], colours[3], atol=6)


@pytest.mark.parametrize('with_source', [True, False])
def test_triplanar_shows_map_and_input(with_source):
    views = [
        pictures.View(
            plane, np.ones((50, 60)), np.zeros((50, 60)) if with_source else None, (30.0, 25.0)
        )
        for plane in planes.PLANES
    ]
    drawn = pixels(pictures.triplanar(views, UNSIGNED, (0.0, 1.0)))
    yellow = (drawn[..., 0] > 150) & (drawn[..., 2] < 90)
    assert yellow.mean() > (0.2 if with_source else 0.4)
    black = drawn.max(axis=-1) < 20
    assert (black.mean() > 0.2) == with_source


def test_planes_have_one_scale_and_their_upper_edges_in_one_line():
    shapes = [(80, 60), (50, 60), (50, 80)]
    views = [
        pictures.View(plane, np.ones(shape), None, (30.0, 25.0))
        for plane, shape in zip(planes.PLANES, shapes)
    ]
    drawn = pixels(pictures.triplanar(views, UNSIGNED, (0.0, 1.0)))
    yellow = (drawn[..., 0] > 200) & (drawn[..., 2] < 90)
    yellow[:, int(0.915 * drawn.shape[1]) :] = False  # the colour bar
    across = np.flatnonzero(yellow[drawn.shape[0] // 3])
    parts = np.split(across, np.flatnonzero(np.diff(across) > 5) + 1)
    assert len(parts) == 3
    pixel = len(parts[0]) / 60
    for part, (rows, columns) in zip(parts, shapes):
        assert len(part) == pytest.approx(columns * pixel, abs=3)
        down = np.flatnonzero(yellow[:, part[4]])
        assert down[-1] - down[0] == pytest.approx(rows * pixel, abs=3)
        assert down[0] == pytest.approx(np.flatnonzero(yellow[:, parts[0][4]])[0], abs=1)


def test_where_a_map_is_at_rest_the_input_is_seen():
    values = np.zeros((50, 60))
    values[:, 30:] = 1.0
    (plane, *_) = planes.PLANES
    view = pictures.View(plane, values, np.full((50, 60), 0.5), (10.0, 25.0))
    drawn = pixels(pictures.small(view, UNSIGNED, (0.0, 1.0)))
    rest, response = drawn[20, drawn.shape[1] // 4], drawn[20, 3 * drawn.shape[1] // 4]
    assert np.ptp(rest) < 12 and rest.mean() == pytest.approx(127, abs=12)
    assert response[0] > response[2] + 80


def test_histogram_is_drawn():
    drawn = pixels(pictures.histogram(np.linspace(0, 1, 11), np.arange(10.0), UNSIGNED))
    assert drawn.std() > 20


def test_range_of_the_input():
    assert pictures.source_range([None]) == (0.0, 1.0)
    assert pictures.source_range([np.full((2, 2), 3.0), np.array([[np.nan]])]) == (3.0, 4.0)
    low, high = pictures.source_range([np.arange(1001.0).reshape(7, 143)])
    assert (low, high) == (10.0, 995.0)


def test_noise_loses_quality_rather_than_taking_room():
    random = np.random.RandomState(6)
    parts = [random.normal(size=(90, 96)) for _ in range(64)]
    uri = pictures.montage(
        parts, [str(place) for place in range(64)], Scale(-2.0, 2.0, SIGNED_COLOURS)
    )
    assert len(uri) < 400000
    assert pixels(uri).std() > 20
