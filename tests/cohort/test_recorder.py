# -*- coding: utf-8 -*-
"""What a run tells its caller, and what of it is recorded."""

import json

import pytest

from niftynet_activations.cohort.recorder import Recorder
from niftynet_activations.cohort.records import Journal, read_subjects, write_subjects
from niftynet_activations.store.sidecar import KEYS
from niftynet_activations.store.spec import MapSpec


@pytest.fixture
def made(tmp_path):
    """A recorder of three subjects, and what makes a map's sidecar and gives its spec."""
    write_subjects(str(tmp_path), ['a', 'b', 'c'])
    journal, told = Journal(str(tmp_path)), []
    before = {each.name: each for each in read_subjects(str(tmp_path))}
    recorder = Recorder(str(tmp_path), journal, before, told.append)

    def spec(subject, layer='l'):
        path = tmp_path / 'activation_{}_{}_x.json'.format(layer, subject)
        path.write_text(json.dumps(dict.fromkeys(KEYS)))
        return MapSpec(subject, layer, 'x', (2, 3, 4), (0, 1), None, format='nii')

    yield recorder, spec, told, journal
    recorder.release()
    journal.close()


def test_only_claimed_subjects_are_taken_and_nobody_else_gets_them(made, tmp_path):
    recorder, _, _, journal = made
    other = Recorder(str(tmp_path), journal, {}, lambda name: None)
    assert recorder.claim('a') and recorder.claim('c') and not other.claim('c')
    with recorder.only(['a', 'c']):
        assert list(recorder.choose(['c', 'b', 'a'])) == ['c', 'a']
        recorder.begun('c')
        assert recorder.under_way() == ['c']
    assert not recorder.choose(['a', 'b', 'c'])
    recorder.release()
    assert other.claim('c')
    other.release()


def test_one_record_for_each_change(made, tmp_path):
    recorder, spec, told, journal = made
    path = journal._stream.name
    with recorder.only(['a', 'b', 'c']):
        recorder.begun('a')
        recorder.done('a', [spec('a'), spec('a', 'm')], '/seg/a.nii.gz')
        recorder.left_out('b', 'cut short')
        recorder.left_out('b', 'again, at the end of the run')
        recorder.begun('c')
        recorder.stopped('c')
    assert told == ['a', 'b'] and recorder.failed == {'b': 'cut short'}
    a, b, c = read_subjects(str(tmp_path))
    assert (a.state, b.state, c.state) == ('done', 'failed', 'missing')
    assert [row[:4] for row in a.rows] == [
        ['a', 'l', 'activation_l_a_x.nii', 2],
        ['a', 'm', 'activation_m_a_x.nii', 2],
    ]
    assert a.rows[0][8] is None and a.result == '/seg/a.nii.gz'
    # a subject that was complete before, and is known to be, adds nothing
    size = len(open(path).readlines())
    known = Recorder(str(tmp_path), journal, {'a': a, 'b': b}, lambda name: None)
    with known.only(['a', 'b']):
        known.done('a', [spec('a'), spec('a', 'm')], '/seg/a.nii.gz')
        assert len(open(path).readlines()) == size
        known.done('b', [spec('b')], None)
        assert len(open(path).readlines()) == size + 1
