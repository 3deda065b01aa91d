# -*- coding: utf-8 -*-
"""How subjects are handed out, to workers that tell what a test lets them tell."""

import queue
import types

import pytest

from niftynet_activations.cohort import handing_out
from niftynet_activations.cohort.clusters import Cluster
from niftynet_activations.cohort.handing_out import HandedOut, size_of_tasks
from niftynet_activations.cohort.proofs import Known, Proofs
from niftynet_activations.cohort.reading import Result
from niftynet_activations.cohort.records import Journal, write_subjects
from niftynet_activations.cohort.time_left import Counts
from niftynet_activations.errors import OptionError

SETTING = dict(config_path='c.ini', application='app', overrides=[])
FILES = types.SimpleNamespace(
    lists={}, of=lambda names: types.SimpleNamespace(lists={'T1': list(names)})
)


def test_tasks_are_neither_tiny_nor_late():
    assert size_of_tasks(1, 4) == 1
    assert size_of_tasks(6, 2) == 3  # one task a worker: the start of a process counts more
    assert size_of_tasks(40, 2) == 5
    assert size_of_tasks(10000, 20) == 16
    assert all(size_of_tasks(n, w) * w * 16 >= min(n, 16) for n in (1, 7, 99) for w in (1, 5, 300))


class Future(object):
    """As Dask's; the task has ended when it was submitted."""

    def __init__(self, told=None, error=None, cancelled=False):
        self._told, self._error, self._cancelled = told, error, cancelled

    def add_done_callback(self, call):
        call(self)

    def cancelled(self):
        return self._cancelled

    def exception(self):
        return self._error

    def result(self):
        return self._told


class KilledWorker(Exception):
    """Of the name of Dask's."""


class Workers(object):
    """
    :param folder: of the maps
    :param answer: gives the Future of an order
    """

    def __init__(self, folder, answer):
        self.folder, self.answer = folder, answer
        self.orders, self.drawn = [], []

    def submit(self, _, order, **named):
        self.orders.append(order)
        return self.answer(order)

    def scheduler_info(self):
        return {'workers': {}}

    def hand_out(self, names, retries=0, **changes):
        write_subjects(self.folder, names)
        cluster = Cluster(self, 2, 3, False, 0, queue.Queue(), lambda: None)._replace(**changes)
        journal = Journal(self.folder)
        try:
            setting = types.SimpleNamespace(folder=self.folder, **SETTING)
            given = HandedOut(setting, FILES, cluster, journal, self.drawn.append)
            return given.do(names, retries)
        finally:
            journal.close()

    def tell(self, name, *states, **told):
        """As the process of a task, which is killed behind a state of running."""
        journal = Journal(self.folder)
        for state in states:
            journal.add(name, state, **(told if state == states[-1] else {}))
        journal._alive.forget()


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(handing_out, 'SECONDS', 0.01)


def test_what_tasks_tell_and_what_the_records_tell(tmp_path):
    def answer(order):
        if 'a' in order.names:
            return Future({'done': ['a'], 'failed': {'b': 'cut short'}, 'elsewhere': []})
        # this one's worker was killed behind c; d was under way
        if not workers.orders[2:]:
            workers.tell('c', 'running', 'done', rows=[], result=None)
            workers.tell('d', 'running')
            return Future(error=KilledWorker())
        assert order.names == ['d'] and order.before['d'].attempts == 1
        workers.tell('d', 'running', 'failed', reason='no such size')
        return Future({'said': 'its process was killed by signal 9'})

    workers = Workers(str(tmp_path), answer)
    assert workers.hand_out(list('abcd')) == {'b': 'cut short', 'd': 'no such size'}
    assert [order.names for order in workers.orders] == [['a', 'b'], ['c', 'd'], ['d']]
    assert workers.orders[0].lists == {'T1': ['a', 'b']} and workers.orders[0].threads == 3
    # a was complete before, and took no time
    assert workers.drawn[-1] == Counts(settled=4, failed=2, made=2)


def test_one_that_ends_its_process_again_and_again_is_given_up(tmp_path):
    def answer(order):
        workers.tell('a', 'running')
        return Future({'said': 'its process was killed by signal 9'})

    workers = Workers(str(tmp_path), answer)
    failed = workers.hand_out(['a'])
    assert len(workers.orders) == 3 and 'its process ended while it was under way' in failed['a']
    # one that never begins
    workers = Workers(str(tmp_path / 'other'), lambda order: Future({'said': 'no TensorFlow'}))
    assert workers.hand_out(['a']) == {'a': 'no TensorFlow (6 times)'}


def test_what_fails_is_tried_again_as_often_as_asked(tmp_path):
    def answer(order):
        failed = {name: 'the disk has gone' for name in order.names if name != 'a'}
        done = [name for name in order.names if name == 'a' or len(workers.orders) > 3]
        return Future({'done': done, 'failed': {} if len(workers.orders) > 3 else failed})

    workers = Workers(str(tmp_path), answer)
    assert workers.hand_out(['a', 'b'], retries=1) == {'b': 'the disk has gone'}
    workers = Workers(str(tmp_path), answer)
    assert workers.hand_out(['a', 'b'], retries=2) == {}
    assert [order.names for order in workers.orders] == [['a'], ['b'], ['b'], ['b']]


@pytest.mark.parametrize(
    'future,said',
    [
        (Future(cancelled=True), 'the Dask scheduler was lost; what is done stays'),
        (Future(error=ImportError('no module')), 'install the same niftynet_activations where'),
        (Future({'wrong': 'no such layer'}), 'no such layer'),
    ],
)
def test_what_ends_all(tmp_path, future, said):
    with pytest.raises(OptionError, match=said):
        Workers(str(tmp_path), lambda order: future).hand_out(['a'])


def test_waiting_for_workers_is_told(tmp_path, monkeypatch, capsys):
    class Late(Future):
        def add_done_callback(self, call):
            self.call = call

    late = Late({'done': ['a'], 'failed': {}})
    monkeypatch.setattr(handing_out, 'SECONDS_OF_WAITING', 0.0)
    workers = Workers(str(tmp_path), lambda order: late)
    assert workers.hand_out(['a'], keep=lambda: late.call(late)) == {}
    assert 'waiting: the cluster has no worker now' in capsys.readouterr().err


def test_a_gpu_for_each_task(tmp_path):
    asked = []

    class WithGpus(Workers):
        def submit(self, _, order, **named):
            asked.append((named['resources'], order.overrides, order.gpus))
            return Future({'done': order.names, 'failed': {}})

    WithGpus(str(tmp_path), None).hand_out(['a'], takes_gpu=True, shared_gpus=2)
    WithGpus(str(tmp_path), None).hand_out(['a'])
    assert asked == [({'GPU': 1}, ['--cuda_devices='], 2), (None, [], 0)]


@pytest.mark.parametrize('tasks', [3, 30])
def test_the_records_are_not_looked_through_for_each_task(tmp_path, monkeypatch, tasks):
    looks = []

    class Counted(handing_out.RecordReader):
        def update(self):
            looks.append(1)
            return super().update()

    monkeypatch.setattr(handing_out, 'RecordReader', Counted)
    monkeypatch.setattr(handing_out, 'SECONDS', 600.0)
    monkeypatch.setattr(handing_out, 'size_of_tasks', lambda *_: 1)
    waiting = []

    class OneByOne(Future):
        def add_done_callback(self, call):
            waiting.append(lambda: call(self))
            if len(waiting) == 1:
                call(self)

    def answer(order):
        return OneByOne({'done': order.names, 'failed': {}})

    def keep():
        del waiting[0]
        if waiting:
            waiting[0]()

    workers = Workers(str(tmp_path), answer)
    names = ['s{}'.format(number) for number in range(tasks)]
    assert workers.hand_out(names, keep=keep) == {}
    # each task ended by itself
    assert len(workers.drawn) == tasks and workers.drawn[-2].settled == tasks - 1
    assert len(looks) == 3  # in the beginning, with the first task, at the end
    assert [order.before for order in workers.orders] == [{}] * tasks


def test_of_many_that_are_done_one_is_looked_at(tmp_path):
    names = ['s{:02d}'.format(number) for number in range(20)] + ['new', 'other']
    maps, known = {}, Known('state', [])
    proofs = Proofs(str(tmp_path), {}, known)
    workers = Workers(str(tmp_path), None)
    write_subjects(str(tmp_path), names)
    for name in names[:20]:
        (tmp_path / name).write_text(name)
        maps[name] = Result((), str(tmp_path / name))
        proof = proofs.of(name, maps[name])
        workers.tell(name, 'running', 'done', rows=[], result=maps[name].path, proof=proof)
    (tmp_path / 's07').write_text('changed')

    def answer(order):
        return Future({'done': order.names, 'failed': {}, 'known': list(known)})

    workers.answer = answer
    assert workers.hand_out(names) == {}
    assert [order.names for order in workers.orders] == [['s00'], ['s07', 'new'], ['other']]
    assert workers.drawn[-1] == Counts(settled=22, failed=0, made=0)
