# -*- coding: utf-8 -*-
"""Bounded, ordered where asked, and no error is lost."""

import threading
import time
from concurrent.futures import Future
from functools import partial

import pytest

from niftynet_activations.errors import OptionError, WriteError
from niftynet_activations.running.pipeline import Pipeline

SOON = 5  # seconds that no wait of these tests should need


@pytest.fixture
def pipeline():
    made = Pipeline(100, workers=2)
    yield made
    made.abandon()


class Gate:
    """A job that waits until it is let go."""

    def __init__(self):
        self.entered, self.gone = threading.Event(), threading.Event()

    def __call__(self):
        self.entered.set()
        assert self.gone.wait(SOON)


def in_thread(function):
    thread = threading.Thread(target=function, daemon=True)
    thread.start()
    return thread


def test_all_jobs_are_done_before_the_end(pipeline):
    done = []
    for i in range(50):
        pipeline.put(lambda i=i: done.append(i), 10)
    pipeline.close()
    pipeline.close()
    assert sorted(done) == list(range(50))
    assert pipeline.held_bytes == 0


def test_producer_waits_while_the_queue_is_full(pipeline):
    gate = Gate()
    pipeline.put(gate, 60)
    pipeline.put(lambda: None, 40)
    assert gate.entered.wait(SOON)
    thread = in_thread(lambda: pipeline.put(lambda: None, 80))
    thread.join(0.1)
    assert thread.is_alive() and pipeline.held_bytes <= 100
    gate.gone.set()
    thread.join(SOON)
    assert not thread.is_alive()


def test_the_calling_thread_does_what_is_left():
    """And the next jobs find the same threads, which start when there is something for them."""
    before, pipeline, by = threading.active_count(), Pipeline(100), []
    for _ in range(2):
        pipeline.put(lambda: by.append(threading.current_thread()), 10, soon=False)
        pipeline.drain()
    assert by == [threading.current_thread()] * 2 and threading.active_count() == before
    gate = Gate()
    pipeline.put(gate)
    assert gate.entered.wait(SOON) and threading.active_count() == before + 1
    pipeline.put(lambda: by.append(0), 10, key='a', soon=False)
    pipeline.put(lambda: by.append(1), 90, key='a', in_turn=True, soon=False)
    pipeline.put(
        gate.gone.set, 10, soon=False
    )  # it waits for room, so that a thread must make some
    pipeline.drain()
    assert by[2:] == [0, 1] and pipeline.held_bytes == 0
    pipeline.put(lambda: 1 / 0, soon=False)
    with pytest.raises(WriteError, match='division by zero'):
        pipeline.drain()
    pipeline.abandon()
    assert threading.active_count() == before


def test_running_jobs_count(pipeline):
    gate = Gate()
    pipeline.put(gate, 60)
    assert gate.entered.wait(SOON)
    assert pipeline.held_bytes == 60
    gate.gone.set()


def test_job_above_the_limit_is_waited_for(pipeline):
    done = []
    for i in range(2):
        pipeline.put(lambda i=i: time.sleep(0.02) or done.append(i), 1000)
        assert done == list(range(i + 1)) and pipeline.held_bytes == 0
    pipeline.put(lambda: done.append(2), 10)
    pipeline.close()
    assert done == [0, 1, 2]


def test_error_of_a_job_above_the_limit_comes_at_once(pipeline):
    def fail():
        raise ValueError('broken')

    with pytest.raises(WriteError, match='broken'):
        pipeline.put(fail, 1000)


def test_jobs_in_turn_keep_their_order(pipeline):
    done = []

    def slow(number):
        time.sleep(0.002 * (number % 3 == 0))
        done.append(number)

    for number in range(30):
        pipeline.put(lambda number=number: slow(number), key='a', in_turn=True)
    pipeline.close()
    assert done == list(range(30))


def test_last_job_of_a_key_waits_for_the_earlier_ones_only(pipeline):
    gate, done = Gate(), []
    pipeline.put(gate, key='a')
    pipeline.put(lambda: done.append('last a'), key='a', in_turn=True)
    pipeline.put(lambda: done.append('last b'), key='b', in_turn=True)
    deadline = time.time() + SOON
    while not done and time.time() < deadline:
        time.sleep(0.001)
    assert done == ['last b']
    gate.gone.set()
    pipeline.close()
    assert done == ['last b', 'last a']


@pytest.mark.parametrize(
    'error', [OptionError('wrong'), RuntimeError('wrong'), OSError(28, 'wrong')]
)
def test_error_reaches_the_producer_and_the_end(pipeline, error):
    def fail():
        raise error

    pipeline.put(fail)
    with pytest.raises((WriteError, OptionError), match='wrong'):
        for _ in range(1000):
            pipeline.put(lambda: time.sleep(0.001), 60)
    for call in (pipeline.check, pipeline.close):
        # never a RuntimeError, which NiftyNet would take for a normal end
        with pytest.raises((WriteError, OptionError), match='wrong'):
            call()


def test_error_frees_a_waiting_producer(pipeline):
    gate, caught = Gate(), []

    def fail():
        gate()
        raise ValueError('broken')

    def produce():
        try:
            pipeline.put(lambda: None, 100)
        except WriteError as error:
            caught.append(str(error))

    pipeline.put(fail, 100)
    thread = in_thread(produce)
    gate.gone.set()
    thread.join(SOON)
    assert caught == ['writing failed: ValueError: broken']


def test_giving_up_drops_what_waits(pipeline):
    gates, done = [Gate(), Gate()], []
    for gate in gates:
        pipeline.put(gate)
        assert gate.entered.wait(SOON)
    pipeline.put(lambda: done.append(1), 50)
    thread = in_thread(pipeline.abandon)
    deadline = time.time() + SOON
    while pipeline.held_bytes and time.time() < deadline:
        time.sleep(0.001)
    for gate in gates:
        gate.gone.set()
    thread.join(SOON)
    assert not thread.is_alive() and not done
    with pytest.raises(WriteError, match='after the end'):
        pipeline.put(lambda: None)


def test_a_job_after_a_future_takes_no_thread_while_it_waits(pipeline):
    done, verdict = [], Future()
    for key in 'ab':
        pipeline.put(lambda key=key: done.append(key), key=key, in_turn=True, after=verdict)
    pipeline.put(lambda: done.append('last a'), key='a', in_turn=True)
    pipeline.put(lambda: done.append('free'), 10)
    deadline = time.time() + SOON
    while not done and time.time() < deadline:
        time.sleep(0.001)
    assert done == ['free']
    verdict.set_exception(ValueError('it need not end well'))
    pipeline.close()
    assert sorted(done) == ['a', 'b', 'free', 'last a'] and done.index('a') < done.index('last a')


def test_a_job_after_a_future_that_is_done_runs_at_once(pipeline):
    done, verdict = [], Future()
    verdict.set_result(None)
    pipeline.put(lambda: done.append(1), after=verdict)
    pipeline.close()
    assert done == [1]


def test_what_is_given_up_fails_without_harm_to_the_others(pipeline):
    gate, done = Gate(), []

    def fail():
        gate()
        raise ValueError('broken')

    pipeline.put(fail, 10, key='a')
    assert gate.entered.wait(SOON)
    pipeline.put(lambda: done.append('a'), 20, key='a', after=Future())
    pipeline.put(lambda: done.append('b'), 30, key='b', in_turn=True)
    pipeline.give_up(['a'])
    gate.gone.set()
    pipeline.close()
    assert done == ['b'] and pipeline.held_bytes == 0


def test_what_is_complete_is_finished_after_an_error_elsewhere():
    done = []
    verdict = Future()
    pipeline = Pipeline(100, workers=1)
    held = threading.Event()
    pipeline.put(held.wait, key='b')
    pipeline.put(partial(done.append, 'finish a'), key='a', in_turn=True, after=verdict, last=True)
    pipeline.put(_fail, key='b')
    pipeline.put(partial(done.append, 'finish b'), key='b', in_turn=True, last=True)
    pipeline.put(partial(done.append, 'write c'), key='c')
    pipeline.put(partial(done.append, 'finish c'), key='c', in_turn=True, last=True)
    held.set()
    threading.Timer(0.2, verdict.set_result, [None]).start()
    with pytest.raises(WriteError, match='no room'):
        pipeline.close()
    assert done == ['finish a']


def _fail():
    raise WriteError('no room')
