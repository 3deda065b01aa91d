# -*- coding: utf-8 -*-
"""What a state says of a tensor's dimensions; free of TensorFlow."""

import pytest

from niftynet_activations.errors import GeometryError
from niftynet_activations.geometry.state import BATCH, CHANNELS, NO_ORDER, spanning, window_state


class Shape(list):
    """As much of a tensor as the state looks at."""

    @property
    def shape(self):
        return self

    @property
    def ndims(self):
        return len(self)

    def as_list(self):
        return list(self)


STATE = window_state(Shape([1, 5, 7, 11, 2]))


def arranged(*dimensions):
    return STATE._replace(dimensions=tuple(dimensions))


def test_a_window_begins_in_order():
    geometry = STATE.geometry(3)
    assert geometry.order == (0, 1, 2, 3, 4)
    assert [axis.size for axis in geometry.axes] == [5, 7, 11]
    assert (geometry.inexact_because, geometry.unknown, geometry.keeps_batch) == ((), (), True)


def test_an_open_size_is_refused():
    with pytest.raises(GeometryError, match='not fixed'):
        window_state(Shape([1, 5, None, 11, 2]))


@pytest.mark.parametrize(
    'dimensions, order, keeps',
    [
        (((BATCH,), (1,), (0,), (2,), (CHANNELS,)), (0, 2, 1, 3, 4), True),
        (((CHANNELS,), (BATCH,), (0,), (1,), (2,)), (1, 2, 3, 4, 0), True),
        (((BATCH,), (0,), (1,), (2,), ()), (0, 1, 2, 3, 4), True),
        (((), (0,), (1,), (2,), (CHANNELS,)), None, False),
        (((BATCH,), (), (), (), (CHANNELS,)), None, True),
        (((BATCH, 0), (1,), (2,), (CHANNELS,)), None, True),
    ],
)
def test_order_and_batch(dimensions, order, keeps):
    geometry = arranged(*dimensions).geometry(3)
    assert (geometry.order, geometry.keeps_batch) == (order, keeps)


def test_dimensions_in_no_order_are_not_guessed():
    geometry = arranged((0,), (BATCH,), (), (2,), (CHANNELS,)).geometry(3)
    assert geometry.axes is None and geometry.unknown == (NO_ORDER,)


def test_one_value_for_the_whole_batch_is_no_batch():
    assert STATE._replace(batched=False).geometry(3).keeps_batch is False


def test_what_is_lost_stays_lost_and_says_why_once():
    geometry = STATE.lost('a').because('c').lost('b', 'a').geometry(3)
    assert geometry.axes is None and geometry.keeps_batch is None
    assert (geometry.unknown, geometry.inexact_because) == (('b', 'a'), ('b', 'a', 'c'))


def test_a_dimension_of_several_axes_is_refused():
    state = arranged((BATCH,), (0, 1), (2,), (CHANNELS,))
    assert [state.axis_of(each) for each in (0, 2, 3)] == [None, 2, None]
    with pytest.raises(GeometryError, match='holds several axes'):
        state.axis_of(1)
    with pytest.raises(GeometryError, match='takes samples of the window for channels'):
        arranged((BATCH,), (0,), (1,), (2,)).check_channels()


@pytest.mark.parametrize(
    'shape, message',
    [
        ([1, 5, 7, 11], 'number of dimensions'),
        ([1, 5, 6, 11, 2], 'gives 6 samples where 7 were expected'),
    ],
)
def test_sizes_that_do_not_fit(shape, message):
    STATE.check_sizes(Shape([1, 5, None, 11, 4]))
    with pytest.raises(GeometryError, match=message):
        STATE.check_sizes(Shape(shape))


def test_spanning_keeps_sizes():
    found = spanning(STATE)
    assert [(axis.spans, axis.size) for axis in found.axes.values()] == [
        (True, 5), (True, 7), (True, 11),
    ]  # fmt: skip
