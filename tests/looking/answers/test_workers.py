# -*- coding: utf-8 -*-
"""Parts read ahead and worked on side by side: all of them, in order, and errors too."""

import time

import numpy as np
import pytest
from threadpoolctl import threadpool_info

from niftynet_activations.looking.answers.workers import in_workers, read_ahead


def test_reading_ahead_gives_everything_in_order_and_errors_too():
    def arrays():
        for number in range(5):
            yield np.full(3, number)
        raise ValueError('the file ends here')

    found = []
    with pytest.raises(ValueError, match='ends here'):
        for array in read_ahead(arrays()):
            found.append(int(array[0]))
    assert found == [0, 1, 2, 3, 4]
    # whoever stops early waits for nothing but the array under way
    assert next(read_ahead(arrays()))[0] == 0


def test_workers_give_everything_in_order_and_errors_too():
    def parts():
        for number in range(9):
            yield number

    def work(number):
        time.sleep(0.02 * (number % 2 == 0))  # later parts are ready first
        if number == 7:
            raise ValueError('part 7')
        return number * 10

    found = []
    with pytest.raises(ValueError, match='part 7'):
        for made in in_workers(work, parts()):
            found.append(made)
    assert found == [0, 10, 20, 30, 40, 50, 60]
    assert next(in_workers(work, parts())) == 0
    assert list(in_workers(work, iter([]))) == []


def threads_of_blas():
    return {each['num_threads'] for each in threadpool_info() if each['user_api'] == 'blas'}


def test_linear_algebra_gets_its_threads_back():
    np.ones((2, 2)) @ np.ones((2, 2))
    before = threads_of_blas()
    one, other = (in_workers(lambda part: part, iter(range(9))) for _ in range(2))
    next(one), next(other)
    assert threads_of_blas() == {1}
    one.close()  # the first that begins ends first
    assert threads_of_blas() == {1}
    assert len(list(other)) == 8
    assert threads_of_blas() == before
