# -*- coding: utf-8 -*-
"""A store's attributes, worked out by hand for axes that are turned, and seen from the world."""

import numpy as np
import pytest

from niftynet_activations.space.place import place_of_affine
from niftynet_activations.store.formats import ome
from tests.store.maps import AFFINE, make_spec


@pytest.mark.parametrize('unit, named', [('micron', 'micrometer'), ('meter', 'meter')])
def test_the_unit_of_the_world_is_told(unit, named):
    spec = make_spec(place=place_of_affine(AFFINE, 1, unit))
    axes = ome.attributes(spec, [None] * 3)['multiscales'][0]['axes']
    assert [axis['unit'] for axis in axes[1:]] == [named] * 3
    spec = make_spec(place=place_of_affine(AFFINE, 1, 'unknown'))
    axes = ome.attributes(spec, [None] * 3)['multiscales'][0]['axes']
    assert not any('unit' in axis for axis in axes)


def test_scale_and_translation_give_distances_in_mm_for_oblique_images():
    turn = np.linalg.qr(np.random.RandomState(0).randn(3, 3))[0]
    affine = np.eye(4)
    affine[:3, :3] = turn * [2, 3, 4]
    affine[:3, 3] = [5, -6, 7]
    spec = make_spec(place=place_of_affine(affine))
    image = ome.attributes(spec, [None] * 3)['multiscales'][0]
    scale, translation = [
        np.array(list(step.values())[1][1:][::-1])
        for step in image['datasets'][0]['coordinateTransformations']
    ]
    index = np.array([1, 2, 3])
    world = affine[:3, :3] @ index + affine[:3, 3]
    assert np.allclose(turn @ (scale * index + translation), world)


def test_axes_are_told_by_the_direction_nearest_to_theirs():
    # x to the left, y up and a little to the front, z to the front
    affine = np.array([[-2, 0, 0, 0], [0, 0.5, 3, 0], [0, 1, -0.5, 0], [0, 0, 0, 1]])
    axes = ome.attributes(make_spec(place=place_of_affine(affine)), [None] * 3)['multiscales'][0]
    found = {axis['name']: axis.get('orientation', {}).get('value') for axis in axes['axes']}
    assert found == {
        'c': None,
        'x': 'right-to-left',
        'y': 'inferior-to-superior',
        'z': 'posterior-to-anterior',
    }


@pytest.mark.parametrize(
    'found, window',
    [((-1.0, 3.0), (-1, 3)), ((5.0, 5.0), (5, 10)), ((0.0, 0.0), (0, 1)), (None, (0, 1))],
)
def test_a_window_is_never_empty(found, window):
    display = ome.attributes(make_spec(), [found, None, None])['omero']
    low, high = window
    assert display['channels'][0]['window'] == dict(min=low, max=high, start=low, end=high)
    assert [channel['active'] for channel in display['channels']] == [True, False, False]
