# -*- coding: utf-8 -*-
"""Counts of what changes, beside sets of voxels."""

import numpy as np
import pytest

from niftynet_activations.ablation.effect import (
    NOT_COUNTED,
    Effect,
    Overlap,
    classes_of,
    rows_of,
)
from niftynet_activations.looking import region_labels

SHAPE = (5, 7, 11)


def images(seed, classes):
    return np.random.RandomState(seed).randint(0, classes, SHAPE).astype(np.int16)


def dice(one, other):
    both = one.sum() + other.sum()
    return 2 * (one & other).sum() / both if both else np.nan


def counted(first, second, classes):
    found = Overlap(*classes)
    for part in range(SHAPE[2]):
        found.add(first[..., part], second[..., part])
    return found


def test_rows_of_a_change():
    before, after, truth = images(1, 3), images(2, 3), images(3, 4)
    after[after == 1] = 0  # a class that is lost
    before[0] = truth[1, 2] = NOT_COUNTED
    with_truth = [counted(truth, each, (4, 3)) for each in (before, after)]
    rows = rows_of(Effect(counted(before, after, (3, 3)), *with_truth), [0, 7, 2])
    seen = before != NOT_COUNTED
    for number, row in enumerate(rows[:-1]):
        one, other = (seen & (each == number) for each in (before, after))
        assert row['label'] == [0, 7, 2][number]
        assert (row['voxels'], row['voxels_after']) == (one.sum(), other.sum())
        assert row['changed'] == (one ^ other).sum()
        assert row['dice'] == pytest.approx(dice(one, other))
        known = truth != NOT_COUNTED
        expected = dice(seen & known & (before == number), seen & (truth == number))
        assert row['dice_before'] == pytest.approx(expected)
        expected = dice(known & (after == number), truth == number)
        assert row['dice_after'] == pytest.approx(expected)
        assert row['dice_change'] == pytest.approx(row['dice_after'] - row['dice_before'])
    changed = (seen & (before != after)).sum()
    assert rows[-1] == dict(
        label='all', voxels=seen.sum(), voxels_after=seen.sum(), changed=changed
    )


def test_a_class_that_is_nowhere_has_no_dice():
    same = np.zeros(SHAPE, np.int16)
    rows = rows_of(Effect(counted(same, same, (2, 2)), None, None), [0, 1])
    assert rows[0]['dice'] == 1.0 and np.isnan(rows[1]['dice'])
    assert 'dice_before' not in rows[0] and rows[-1]['changed'] == 0


def test_labels_become_classes():
    truth = np.array([0, 5, 9, region_labels.NOT_COUNTED])
    np.testing.assert_array_equal(classes_of(truth, [5, 0]), [1, 0, 2, NOT_COUNTED])
