"""Each sample is handed on once, whatever the windows of a second attempt are."""

import numpy as np
import pytest

from niftynet_activations.whole_pass.emitted import Emitter, without


def box(*ends):
    return tuple(slice(first, last) for first, last in ends)


def counted(boxes, shape):
    found = np.zeros(shape, int)
    for each in boxes:
        found[each] += 1
    return found


@pytest.mark.parametrize('seed', range(5))
def test_what_is_left_of_boxes(seed):
    random, shape = np.random.RandomState(seed), (7, 5, 9)
    others = []
    for _ in range(4):
        firsts = [random.randint(n) for n in shape]
        others.append(
            box(*[(first, random.randint(first + 1, n + 1)) for first, n in zip(firsts, shape)])
        )
    left = without([box((1, 6), (0, 5), (2, 9))], others)
    expected = counted([box((1, 6), (0, 5), (2, 9))], shape) * (counted(others, shape) == 0)
    np.testing.assert_array_equal(counted(left, shape), expected)


def test_a_second_attempt_hands_on_the_rest():
    values = np.arange(10.0 * 6).reshape(10, 6)
    given, times = np.full((10, 6), np.nan), np.zeros((10, 6), int)

    def sink(name, corner, part):
        place = tuple(slice(c, c + n) for c, n in zip(corner, part.shape))
        given[place] = part
        times[place] += 1

    emitter = Emitter(sink)
    emitter.begin()
    emitter.emit('a', box((0, 4), (0, 6)), values[:4])
    emitter.begin_anew()
    emitter.emit('a', box((0, 3), (0, 6)), values[:3])
    emitter.begin_anew()
    for first in range(0, 10, 2):
        emitter.emit('a', box((first, first + 2), (0, 6)), values[first : first + 2])
    np.testing.assert_array_equal(given, values)
    assert (times == 1).all()
    emitter.begin()
    emitter.emit('a', box((0, 4), (0, 6)), values[:4])  # another volume
    assert times[:4].min() == 2
