# -*- coding: utf-8 -*-
"""
One subject's pass: what the engine gives reaches the maps and the result in its place. Engine and
run are stand-ins that keep what they get.
"""

import types

import numpy as np
import pytest

pytestmark = pytest.mark.slow
pytest.importorskip('niftynet')

import niftynet_activations  # noqa: E402

niftynet_activations.app  # noqa: B018  registers the options

from niftynet_activations.application.result_place import ResultPlace  # noqa: E402
from niftynet_activations.application.subject_pass import (  # noqa: E402
    SubjectOnVolume,
    SubjectPass,
    joined,
)
from niftynet_activations.application.volume_networks import BuiltOnVolume  # noqa: E402
from niftynet_activations.host.subjects import Subject  # noqa: E402
from niftynet_activations.planning.window_grids import Alignment  # noqa: E402

SHAPE = (5, 7, 3)  # of the padded volume
SIZE = (6, 7, 4)  # of the reference volume
IMAGE_ID = 4


class Run(object):
    def __init__(self):
        self.parts, self.ended, self.told = [], [], []

    def add_part(self, image_id, start, key, corner, values):
        self.parts.append((image_id, start, key, tuple(corner), values))

    def end_window(self, image_id, start):
        self.ended.append((image_id, start))

    def step(self, stage):
        self.told.append(stage)


class Engine(object):
    """Gives ten times the image in two boxes, and as the result the image without its rim."""

    targets = ['tensor', 'result']

    def run(self, image, take, tell, used):
        assert image.shape[0] == 1 and image.shape[-1] == 1
        tell(1, 2)
        for begin, end in ((0, 4), (4, image.shape[1])):
            box = image[:, begin:end]
            place = (slice(0, 1), slice(begin, end)) + tuple(slice(0, n) for n in image.shape[2:])
            if used is None or used('tensor', place):
                take('tensor', (0, begin) + (0,) * (image.ndim - 2), 10 * box)
        inside = image[(slice(None),) + (slice(1, -1),) * (image.ndim - 2)]
        take('result', (0,) * image.ndim, inside)
        return {}


def subject(axes, resized=False):
    starts = [[0] if axis in axes else list(range(SIZE[axis])) for axis in range(3)]
    one = Subject(IMAGE_ID, 'a', None, SHAPE, SHAPE, ((0, 0),) * 3, SIZE)
    sizes = tuple(SIZE[axis] for axis in axes)
    place = ResultPlace(sizes, tuple(size - 2 for size in sizes))
    built = BuiltOnVolume(SIZE, [], None, {}, place)
    return SubjectOnVolume(one, None if resized else Alignment(SIZE, starts), built)


def volume():
    values = np.arange(np.prod(SHAPE), dtype=np.float32).reshape(SHAPE)
    return lambda image_id: values[..., None, None] if image_id == IMAGE_ID else None


def test_what_is_held_all_through_a_pass():
    one = subject((0, 1))
    one = one._replace(built=one.built._replace(result=100))
    # the reference volume in single precision, and the result of each of its four slices
    assert one.bytes(2) == 6 * 7 * 4 * 2 * 4 + 4 * 100


LAYERS = [types.SimpleNamespace(key='layer')]


def expected_volume():
    """The volume extended at its upper ends by its last voxels."""
    return np.pad(volume()(IMAGE_ID)[..., 0, 0], [(0, 1), (0, 0), (0, 1)], 'edge')


def test_a_network_of_three_axes():
    run = Run()
    found = SubjectPass(subject((0, 1, 2)), (0, 1, 2), LAYERS, {}, run).over(Engine(), volume())
    assert [part[:4] for part in run.parts] == [
        (IMAGE_ID, (0, 0, 0), 'layer', (0, 0, 0)),
        (IMAGE_ID, (0, 0, 0), 'layer', (4, 0, 0)),
    ]
    whole = expected_volume()
    np.testing.assert_array_equal(
        np.concatenate([part[4][..., 0] for part in run.parts]), 10 * whole
    )
    assert run.ended == [(IMAGE_ID, (0, 0, 0))] and run.told == ['stage 1 of 2']
    expected = np.zeros(SHAPE)
    expected[1:5, 1:6, 1:3] = whole[1:-1, 1:-1, 1:-1]
    np.testing.assert_array_equal(found[..., 0], expected)


def test_a_network_of_two_axes_passes_slice_by_slice():
    run = Run()
    found = SubjectPass(subject((0, 1)), (0, 1), LAYERS, {}, run).over(Engine(), volume())
    assert run.ended == [(IMAGE_ID, (0, 0, z)) for z in range(4)]
    whole = expected_volume()
    for part in run.parts:
        start, corner, values = part[1], part[3], part[4]
        box = whole[corner[0] : corner[0] + values.shape[0], :, start[2]]
        np.testing.assert_array_equal(values[..., 0], 10 * box)
    expected = np.zeros(SHAPE)
    expected[1:5, 1:6] = whole[1:-1, 1:-1, :3]  # the fourth slice is the extension
    np.testing.assert_array_equal(found[..., 0], expected)


def test_a_resized_volume_stays_as_the_network_gives_it():
    one = SubjectPass(subject((0, 1, 2), resized=True), (0, 1, 2), LAYERS, {}, Run())
    found = one.over(Engine(), volume())
    np.testing.assert_array_equal(found[..., 0], expected_volume()[1:-1, 1:-1, 1:-1])


def test_a_layer_without_a_mask_is_needed_everywhere(monkeypatch):
    from niftynet_activations.application import subject_pass

    asked = []
    monkeypatch.setattr(
        subject_pass, 'is_needed', lambda *given: asked.append(given[2:]) or given[3][0] > 0
    )
    run, masks = Run(), {'other': (None, None)}
    SubjectPass(subject((0, 1, 2)), (0, 1, 2), LAYERS, masks, run).over(Engine(), volume())
    assert len(run.parts) == 2 and asked == []
    run = Run()
    masks = {'layer': (None, None)}
    SubjectPass(subject((0, 1, 2)), (0, 1, 2), LAYERS, masks, run).over(Engine(), volume())
    assert [part[3] for part in run.parts] == [(4, 0, 0)]
    assert asked == [((0, 0, 0), [0, 0, 0], [4, 7, 4]), ((0, 0, 0), [4, 0, 0], [2, 7, 4])]


def test_where_nothing_is_computed_the_run_hears_of_the_end():
    run = Run()
    SubjectPass(subject((0, 1)), (0, 1), LAYERS, {}, run).without_network()
    assert run.ended == [(IMAGE_ID, (0, 0, z)) for z in range(4)] and not run.parts


def test_boxes_of_any_order_make_one():
    whole = np.arange(4 * 5 * 2).reshape(4, 5, 2)
    cuts = [(slice(2, 4), slice(0, 5)), (slice(0, 2), slice(3, 5)), (slice(0, 2), slice(0, 3))]
    parts = [((cut[0].start, cut[1].start, 0), whole[cut]) for cut in cuts]
    np.testing.assert_array_equal(joined(parts), whole)
    assert joined([]) is None
