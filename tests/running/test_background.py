# -*- coding: utf-8 -*-
"""Jobs in one thread, in their order, and no error is lost."""

import threading
from concurrent.futures import Future

import pytest

from niftynet_activations.running.background import Background, all_done


def test_jobs_are_done_in_order_in_a_thread_of_that_name():
    background, done = Background('aside'), []
    futures = [
        background.put(lambda i=i: done.append(i) or threading.current_thread().name)
        for i in range(20)
    ]
    assert {future.result(5) for future in futures} == {'aside'}
    assert done == list(range(20))
    background.close()
    background.close()
    assert 'aside' not in [thread.name for thread in threading.enumerate()]


def test_an_error_is_kept_and_ends_nothing():
    def fail():
        raise SystemExit('broken')

    background = Background('aside')
    failed, later = background.put(fail), background.put(lambda: 7)
    with pytest.raises(SystemExit, match='broken'):
        failed.result(5)
    assert later.result(5) == 7
    background.close()


def test_the_end_waits_for_what_was_put():
    background, done = Background('aside'), []
    go_on = threading.Event()
    background.put(go_on.wait)
    background.put(lambda: done.append(1))
    threading.Timer(0.05, go_on.set).start()
    background.close()
    assert done == [1]


def test_all_done_waits_for_the_last_of_several():
    assert all_done([]) is None
    first, second, third = Future(), Future(), Future()
    assert all_done([first]) is first
    third.set_result(0)
    together = all_done([first, second, third])
    second.cancel()
    assert not together.done()
    first.set_exception(ValueError())
    assert together.done() and together.result() is None
