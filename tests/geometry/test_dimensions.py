# -*- coding: utf-8 -*-
"""Axes of space followed through reshaping and broadcasting."""

import pytest

from niftynet_activations.geometry.dimensions import (
    BATCH,
    Factor,
    UnknownOperation,
    axes_in,
    broadcast,
    has_batch,
    plain,
    reshape,
    size_of,
)


def image(batch=2, x=5, y=7, z=11, channels=3):
    sizes = enumerate((x, y, z))
    return (
        ((Factor(BATCH, batch),),)
        + tuple((Factor(number, size),) for number, size in sizes)
        + (plain(channels),)
    )


def test_into_the_batch_and_back():
    flat = reshape(image(), (10, 7, 11, 3))
    assert flat[0] == (Factor(BATCH, 2), Factor(0, 5))
    assert (axes_in(flat[0]), has_batch(flat[0]), size_of(flat[0])) == ([0], True, 10)
    assert reshape(flat, (2, 5, 7, 11, 3)) == image()


def test_unknown_batch():
    unknown = image(batch=None)
    flat = reshape(unknown, (None, 7, 11, 3))
    assert flat[0] == (Factor(BATCH, None), Factor(0, 5))
    assert size_of(flat[0]) is None


def test_channels_in_groups():
    grouped = reshape(image(channels=6), (2, 5, 7, 11, 2, 3))
    assert grouped[4:] == (plain(2), plain(3))
    assert reshape(grouped, (2, 5, 7, 11, 6))[4] == plain(2) + plain(3)


def test_axis_of_one_sample_keeps_its_place():
    assert reshape(image(z=1), (2, 35, 1, 3)) == (
        (Factor(BATCH, 2),),
        (Factor(0, 5), Factor(1, 7)),
        (Factor(2, 1),),
        plain(3),
    )


@pytest.mark.parametrize('single', [(0,), (1,), (2,), (0, 1), (0, 2), (1, 2), (0, 1, 2)])
@pytest.mark.parametrize('batch', [1, 2, None])
def test_axes_of_one_sample_go_into_the_batch_and_back(single, batch):
    x, y, z = (1 if axis in single else size for axis, size in enumerate((5, 7, 11)))
    before = image(batch, x, y, z)
    flat = reshape(before, (None if batch is None else batch * x, y, z, 3))
    assert [axes_in(dimension) for dimension in flat] == [[0], [1], [2], []]
    assert has_batch(flat[0])
    assert reshape(flat, (batch, x, y, z, 3)) == before


def test_axis_of_one_sample_whose_place_stays_open():
    with pytest.raises(UnknownOperation, match='where an axis of one sample lies'):
        reshape(image(x=1)[1:], (1, 1, 7, 11, 3))


def test_all_in_one():
    flat = reshape(image(z=1, channels=1), (2, 35))
    assert axes_in(flat[1]) == [0, 1, 2]


@pytest.mark.parametrize(
    'shape, match',
    [
        ((2, 5, 7, 11, 1), 'another number'),
        ((2, 5, 7, 3, 11), 'splits an axis'),
        ((None, None, 3), 'an unknown size'),
    ],
)
def test_reshaping_that_is_refused(shape, match):
    with pytest.raises(UnknownOperation, match=match):
        reshape(image(), shape)


def test_broadcasting_aligns_the_ends():
    assert broadcast([(plain(3),), image()]) == image()
    reduced = (Factor(BATCH, 2),), plain(1), plain(1), plain(1), plain(3)
    assert broadcast([reduced, image()]) == image()


def test_broadcasting_space_with_channels():
    with pytest.raises(UnknownOperation, match='side by side'):
        broadcast([image(), (plain(11), plain(3))])
