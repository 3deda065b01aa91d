# -*- coding: utf-8 -*-
"""What is kept of a tensor on the way through a network."""

import pytest

from niftynet_activations.geometry.axis import voxels
from niftynet_activations.geometry.dimensions import PLAIN, Factor, UnknownOperation, plain
from niftynet_activations.geometry.meetings import take_apart
from niftynet_activations.geometry.trace import (
    axis_at,
    change_axis,
    join,
    merged,
    noise_trace,
    only_at,
    replaced,
    resolved,
    trace_of_image,
    unknown_trace,
    woven,
)
from niftynet_activations.geometry.transitions import convolve

IMAGE = trace_of_image((2, 5, 7, 11, 3))


def test_image_of_three_and_of_two_dimensions():
    assert [axis.size for axis in IMAGE.axes] == [5, 7, 11]
    flat = trace_of_image((None, 5, 7, 1))
    assert [axis.size for axis in flat.axes] == [5, 7, 1]
    assert [axis_at(flat, place) for place in (1, 2, 3)] == [0, 1, None]


def test_changing_an_axis_changes_its_dimension():
    changed = change_axis(IMAGE, 1, convolve, 3, 1, 1, 'VALID')
    assert changed.axes[1].size == 5
    assert changed.dimensions[2] == (Factor(1, 5),)
    assert changed.dimensions[1] == IMAGE.dimensions[1]


def test_channels_woven_into_an_axis_repeat_its_samples():
    woven_in = (Factor(1, 7), Factor(PLAIN, 2))
    trace = resolved(IMAGE._replace(dimensions=replaced(IMAGE.dimensions, 2, woven_in)))
    assert trace.axes[1].size == 14
    assert trace.axes[1].interval([4, 5])[0].tolist() == [2, 2]
    assert trace.dimensions[2] == (Factor(1, 14),)


def test_channels_before_an_axis_are_not_space():
    blocks = (Factor(PLAIN, 2), Factor(1, 7))
    trace = resolved(IMAGE._replace(dimensions=replaced(IMAGE.dimensions, 2, blocks)))
    with pytest.raises(UnknownOperation, match='mixed dimension'):
        axis_at(trace, 2)


def test_parts_of_a_dilated_block():
    trace = trace_of_image((1, 4, 6, 8, 1))
    parts = tuple(take_apart(axis, 2, 0, 0) for axis in trace.axes)
    trace = trace._replace(axes=parts, stack=((2, 2, 2),))
    assert woven(trace) == (voxels(4), voxels(6), voxels(8))
    assert woven(trace, (1, 0, 0), (0, 2, 0))[0].offset == 1.0
    with pytest.raises(UnknownOperation, match='dilated differently'):
        join([trace, IMAGE])


def test_only_one_input_may_hold_the_image():
    assert only_at([None, IMAGE], 1) is IMAGE
    for sources in ([IMAGE, IMAGE], [IMAGE, None]):
        with pytest.raises(UnknownOperation, match='from the image'):
            only_at(sources, 1)


def test_one_reason_of_a_kind_is_kept():
    assert merged((('a', '1'),), (('a', '2'), ('b', '3'))) == (('a', '1'), ('b', '3'))
    assert merged(('x',), ('x', 'y')) == ('x', 'y')


def test_noise_is_neither_image_nor_unknown():
    assert noise_trace(('random', 'why')).is_noise
    assert not unknown_trace('why').is_noise
    assert not IMAGE.is_noise
    assert plain(3) == (Factor(PLAIN, 3),)
