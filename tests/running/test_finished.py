# -*- coding: utf-8 -*-
"""A subject is told when its maps and NiftyNet's result are there, whichever comes last."""

import json
import types

import pytest

from niftynet_activations.host.caller import Caller, called_by
from niftynet_activations.host.segmentation_files import SegmentationFiles
from niftynet_activations.planning.plan import SubjectPlan
from niftynet_activations.running.finished import FinishedSubjects
from niftynet_activations.store import naming
from niftynet_activations.store.folder import OutputFolder
from tests.store.maps import make_spec

KEPT, MADE = make_spec(layer='kept'), make_spec(layer='made')
NAME = KEPT.subject
IMAGE_ID = 3


class Listener(Caller):
    def __init__(self):
        self.told = []

    def done(self, subject, maps, result):
        self.told.append((subject, [each.layer for each in maps], result))


@pytest.fixture
def listener():
    one = Listener()
    with called_by(one):
        yield one


@pytest.fixture
def folder(tmp_path):
    (tmp_path / 'seg.nii.gz').write_bytes(b'labels')
    with OutputFolder(str(tmp_path)) as opened:
        for spec in (KEPT, MADE):
            opened.publish_text(json.dumps({'layer': spec.layer}), naming.sidecar_name(spec))
        yield opened


def subjects(folder):
    plan = SubjectPlan(NAME, [[0]] * 3, [types.SimpleNamespace(spec=MADE)], 'made so')
    return FinishedSubjects({IMAGE_ID: plan}, folder, SegmentationFiles(folder), [KEPT])


def maps(complete=True, written=True):
    return {IMAGE_ID: types.SimpleNamespace(complete=complete, written=written)}


def note_of(folder, spec):
    with open(folder.path + '/' + naming.sidecar_name(spec)) as sidecar:
        return json.load(sidecar).get('result')


def test_the_result_comes_first(folder, listener):
    one = subjects(folder)
    there = one.result_there(IMAGE_ID)
    assert not there.done()
    one.has_result(IMAGE_ID, 'seg.nii.gz')
    one.has_result(IMAGE_ID, 'seg.nii.gz')  # an application may have several
    assert there.done() and one.result_there(IMAGE_ID) is there
    for started in ({}, maps(complete=False), maps(written=False)):
        one.settle(started)
        assert listener.told == [] and note_of(folder, MADE) is None
    one.settle(maps())
    one.settle(maps())
    assert listener.told == [(NAME, ['made', 'kept'], folder.path + '/seg.nii.gz')]
    for spec in (MADE, KEPT):
        assert note_of(folder, spec)['settings'] == 'made so'


def test_maps_without_a_result(folder, listener):
    one = subjects(folder)
    one.needs_no_result(IMAGE_ID)
    one.settle(maps(written=False))
    assert listener.told == []
    one.settle(maps())
    assert listener.told == [(NAME, ['made', 'kept'], None)]
    assert note_of(folder, MADE) is None


def test_what_was_complete_before(folder, listener):
    one = subjects(folder)
    one.tell_kept(NAME, 'seg.nii.gz')
    one.tell_kept('another', None)
    assert listener.told == [
        (NAME, ['kept'], folder.path + '/seg.nii.gz'),
        ('another', [], None),
    ]
