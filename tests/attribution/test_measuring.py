# -*- coding: utf-8 -*-
"""Windows are added up, those that only fill a batch once."""

import numpy as np
import pytest

pytestmark = pytest.mark.slow
pytest.importorskip('niftynet')

from niftynet_activations.attribution.measuring import (  # noqa: E402
    COUNTED,
    PRESENT,
    SCORE,
    SUMS,
    Measuring,
)


class Quiet(object):
    def subject(self, name):
        pass

    window = check = lambda self, *_: None

    def name_of(self, index):
        return 'ab'[index]


class Run(object):
    """What the method needs of its application."""

    activation_location = 'location'

    def __init__(self):
        self.measured, self._sums = {}, {'conv': None}
        self._counting = self._progress = Quiet()

    def take(self, *windows):
        rows = [[index, x, 0, 0, x + 4, 4, 4] for index, x in windows]
        count = len(rows)
        given = {
            'location': np.array(rows),
            COUNTED: np.array([x for _, x in windows], np.float32),
            SCORE: np.full(count, 0.5, np.float32),
            PRESENT: np.ones((count, 3), np.float32),
            SUMS + 'conv': np.ones((count, 2), np.float32),
        }
        return Measuring.activation_take(self, given)


def test_windows_are_added_up_once():
    run = Run()
    assert run.take((0, 0), (0, 3)) is True
    assert run.take((0, 5), (0, 5)) is True  # fills the batch
    assert run.take((1, 2), (-1, -1)) is False
    one, other = run.measured['a'], run.measured['b']
    assert (one.voxels, one.score) == (8, 1.5) and (other.voxels, other.score) == (2, 0.5)
    assert one.windows == {(3, 0, 0), (5, 0, 0)}  # the first holds no part of the target
    assert one.present.tolist() == [3, 3, 3]
    assert one.sums['conv'].tolist() == [3, 3]
