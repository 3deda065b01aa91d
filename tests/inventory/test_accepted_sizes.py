# -*- coding: utf-8 -*-
"""Sizes that made-up networks accept, beside what the search finds of them."""

import pytest

from niftynet_activations.inventory.accepted_sizes import MOST_TRIES, nearest_accepted


def network(least, step):
    """A network that takes, on each axis alone, ``least`` and what is longer by multiples."""

    def accepts(window):
        asked.append(window)
        return all(n >= least and (n - least) % step == 0 for n in window if n != 1)

    asked = []
    return accepts, asked


@pytest.mark.parametrize(
    'least, step, window, nearest, sizes',
    [
        (8, 8, (96, 96, 3), (96, 96, 8), '8, 16, 24 and so on'),
        (16, 16, (104, 104, 104), (96, 96, 96), '16, 32, 48 and so on'),
        (96, 8, (105, 105, 105), (104, 104, 104), '96, 104, 112 and so on'),
        (51, 6, (58, 64, 70), (57, 63, 69), '51, 57, 63 and so on'),
        (92, 1, (24, 25, 26), (92, 92, 92), '92, 93, 94 and so on'),
        (8, 8, (100, 60, 1), (96, 56, 1), '8, 16, 24 and so on'),
        (9, 12, (40, 9, 11), (45, 9, 9), '9, 21, 33 and so on'),
    ],
)
def test_the_nearest_window_and_the_sizes(least, step, window, nearest, sizes):
    accepts, asked = network(least, step)
    found = nearest_accepted(window, accepts)
    assert (found.window, str(found)) == (nearest, sizes)
    assert len(asked) == len(set(asked)) <= MOST_TRIES


def test_one_size_alone():
    found = nearest_accepted((20, 21, 22), lambda window: window == (24, 24, 24))
    assert (found.window, found.step, str(found)) == ((24, 24, 24), None, '24')


def test_axes_that_hang_together():
    # what is near on each axis does not fit together: the window of equal axes is taken
    found = nearest_accepted((9, 33, 17), lambda window: len(set(window)) == 1 and window[0] >= 30)
    assert found.window == (33, 33, 33)


def test_a_network_that_refuses_all():
    asked = []
    assert nearest_accepted((20, 21, 22), asked.append) is None
    assert len(asked) <= MOST_TRIES
