# -*- coding: utf-8 -*-
"""Subjects begin with their first window, and end by what is there of them."""

from concurrent.futures import Future

import numpy as np
import pytest

from niftynet_activations.errors import WriteError
from niftynet_activations.host.caller import Caller, called_by
from niftynet_activations.host.segmentation_files import SegmentationFiles
from niftynet_activations.planning.plan import SubjectPlan, TablePlan
from niftynet_activations.running.at_work import AtWork
from niftynet_activations.running.finished import FinishedSubjects
from niftynet_activations.store.description import MapDescription
from niftynet_activations.store.folder import OutputFolder
from niftynet_activations.store.vectors import vector_spec

START = (0, 2, 4)


class Listener(Caller):
    def __init__(self):
        self.begun_subjects = []

    def begun(self, subject):
        self.begun_subjects.append(subject)


@pytest.fixture
def listener():
    one = Listener()
    with called_by(one):
        yield one


def plan_of(name):
    spec = vector_spec(name, 'fc', 'out', (0, 3))
    plan = TablePlan('key', spec, (5, 7, 11), MapDescription())
    return SubjectPlan(name, ((0,), (2,), (4,)), [plan])


@pytest.fixture
def folder(tmp_path):
    with OutputFolder(str(tmp_path)) as opened:
        yield opened


def at_work(folder, subjects):
    plans = {index: plan_of(name) for index, name in enumerate(subjects)}
    finished = FinishedSubjects(plans, folder, SegmentationFiles(folder))
    return AtWork(plans, folder, 1000, len(subjects)), finished


def take_window(working, image_id):
    maps = working.maps_of(image_id)
    (target,) = maps.targets
    working.pipeline.put(target.job(START, np.ones(2, np.float32)), 8, maps.key(target))
    maps.has_come(START)
    return maps


def end(working, maps):
    for target, after in maps.ends(Future()):
        assert after is None  # neither a verdict nor a result is needed
        working.pipeline.put(target.complete, key=maps.key(target), in_turn=True, last=True)


def test_a_subject_begins_with_its_first_window(folder, listener):
    working, finished = at_work(folder, 'ab')
    assert working.begun == {} and listener.begun_subjects == []
    maps = take_window(working, 1)
    assert working.maps_of(1) is maps and listener.begun_subjects == ['b']
    end(working, maps)
    working.end(finished)
    working.check()
    with pytest.raises(WriteError, match='before these subjects were reached: a; run it again'):
        working.check_complete()
    assert maps.written and not working.begun[0].written


def test_what_is_left_out_is_not_expected(folder, listener):
    working, finished = at_work(folder, 'ab')
    maps = take_window(working, 0)
    end(working, maps)
    working.leave_out(1)
    del working._plans[1]
    working.end(finished)
    working.check_complete()
    assert listener.begun_subjects == ['a']


def test_what_needs_a_result_that_never_comes_is_given_up(folder, listener, monkeypatch):
    working, finished = at_work(folder, 'a')
    maps = take_window(working, 0)
    monkeypatch.setattr(finished, 'lacks_result', lambda image_id, maps: True)
    end(working, maps)
    working.end(finished)
    assert not maps.written
