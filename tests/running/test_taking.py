# -*- coding: utf-8 -*-
"""Which windows of a batch are handed on, to what, and in which order."""

from collections import namedtuple

import numpy as np
import pytest

from niftynet_activations.running.taking import WindowTaking

Target = namedtuple('Target', 'key in_order job part_job')


class Maps:
    """Of one subject, which expects windows at even x."""

    def __init__(self, image_id, *targets):
        self._id, self.targets = image_id, targets

    def expects(self, start):
        return start[0] % 2 == 0

    def key(self, target):
        return self._id, target.key


class Taking(WindowTaking):
    """Notes what it is told, in one list."""

    def __init__(self, *targets):
        self.told, self._targets = [], targets

    def _taking(self, image_id):
        return Maps(image_id, *self._targets), self

    def put(self, job, size, key, in_order, soon=True):
        self.told.append((job, size, key, in_order))

    def end_window(self, image_id, start):
        self.told.append(('end', image_id, start))

    def step(self, doing=''):
        self.told.append('step')


def target(key, in_order=False):
    return Target(
        key,
        in_order,
        lambda start, values: (key, start, values.tolist()),
        lambda start, corner, values: (key, start, corner, values.tolist()),
    )


def test_windows_of_a_batch_go_to_each_layer_of_their_subject():
    taking = Taking(target('deep'), target('blended', True))
    windows = {'deep': np.array([[1], [2], [3], [4]], 'f4'), 'blended': np.zeros((4, 1, 2), 'f4')}
    places = np.zeros((4, 7), int)
    places[0, :4], places[1, :4], places[2] = (5, 0, 2, 4), (6, 1, 0, 0), -1
    places[3, :4] = (6, 2, 0, 0)
    taking.add_windows(windows, places)
    # the second is not expected, the third is NiftyNet's sign to stop
    expected = []
    for image_id, start, value in ((5, (0, 2, 4), 1), (6, (2, 0, 0), 4)):
        expected += [
            (('deep', start, [value]), 4, (image_id, 'deep'), False),
            (('blended', start, [[0, 0]]), 8, (image_id, 'blended'), True),
            ('end', image_id, start),
            'step',
        ]
    assert taking.told == expected


def test_a_part_goes_to_its_layer_alone_and_ends_nothing():
    taking = Taking(target('deep'), target('blended', True))
    taking.add_part(3, (0, 0, 0), 'blended', (2, 1, 0), np.ones(2, 'f4'))
    assert taking.told == [
        (('blended', (0, 0, 0), (2, 1, 0), [1, 1]), 8, (3, 'blended'), True),
    ]


def test_what_a_kind_of_run_has_to_say():
    bare = WindowTaking()
    for missing in (
        lambda: bare.unneeded,
        lambda: bare.end_window(0, (0, 0, 0)),
        lambda: bare.step(),
        lambda: bare.add_window(0, (0, 0, 0), {}),
    ):
        with pytest.raises(NotImplementedError):
            missing()
