# -*- coding: utf-8 -*-
"""What a run tells its caller, and what of it is recorded."""

import json
import os

import pandas as pd
import pytest

from niftynet_activations.cohort.lists import make_lists
from niftynet_activations.cohort.reading import read_subjects, results_of
from niftynet_activations.cohort.recorder import Recorder
from niftynet_activations.cohort.records import Journal, write_subjects
from niftynet_activations.looking.after_run import RunSummaries
from niftynet_activations.looking.answers.run_features import RegionsOfRun
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
    ((_, result),) = results_of([a])
    assert [row[:4] for row in result.rows] == [
        ['a', 'l', 'activation_l_a_x.nii', 2],
        ['a', 'm', 'activation_m_a_x.nii', 2],
    ]
    assert result.rows[0][8] is None and result.path == '/seg/a.nii.gz'
    # a subject that was complete before, and is known to be, adds nothing
    size = len(open(path).readlines())
    known = Recorder(str(tmp_path), journal, {'a': a, 'b': b}, lambda name: None)
    with known.only(['a', 'b']):
        known.done('a', [spec('a'), spec('a', 'm')], '/seg/a.nii.gz')
        assert len(open(path).readlines()) == size
        known.done('b', [spec('b')], None)
        assert len(open(path).readlines()) == size + 1


def features_told(folder, subject, region, values):
    path = folder / 'activation_l_{}_x.features.json'.format(subject)
    told = [dict(region=region, values={'l|0|' + name: each for name, each in values.items()})]
    path.write_text(json.dumps(dict(dict.fromkeys(KEYS), features=told)))


def test_features_without_maps_are_put_together_from_all_processes(made, tmp_path):
    recorder, _, _, journal = made
    spec = MapSpec('a', 'l', 'x', (2, 3, 4), (0, 1), None, format='none')
    regions = RegionsOfRun(['mean', 'p10'], '', {}, {}, {}, False)
    summaries = RunSummaries(
        str(tmp_path), 'x', ['l'], {}, {}, {}, False, False, ['a', 'b', 'c'], regions, False
    )
    other = Recorder(str(tmp_path), journal, {}, lambda name: None)
    for each, subject, mean in ((other, 'b', 2.0), (recorder, 'a', 1.0)):
        features_told(tmp_path, subject, 'whole', {'mean': mean, 'p10': None})
        with each.only([subject]):
            each.begun(subject)
            each.done(subject, [spec._replace(subject=subject)], None)
            assert each.summarise(summaries) == []
    make_lists(str(tmp_path))
    with open(str(tmp_path / 'activation_features_x.csv')) as table:
        assert table.read().splitlines() == [
            'subject,region,l|0|mean,l|0|p10',
            'a,whole,1.0,',
            'b,whole,2.0,',
        ]
    # with other statistics the rows are others, though the subject was complete before
    features_told(tmp_path, 'a', 'whole', {'std': 0.5})
    with recorder.only(['a']):
        recorder.done('a', [spec], None)
        recorder.summarise(summaries._replace(features=regions._replace(statistics=['std'])))
    part = tmp_path / '.activations-cohort' / 'tables' / 'activation_features_x.csv' / 'a.csv'
    assert part.read_text().splitlines() == ['subject,region,l|0|std', 'a,whole,0.5']
    dataset = tmp_path / 'activation_features_x.parquet'
    assert not dataset.exists()
    with recorder.only(['a']):
        recorder.done('a', [spec], None)
        again = regions._replace(statistics=['std'], parquet=True)
        recorder.summarise(summaries._replace(features=again))
    assert os.listdir(str(dataset)) == ['a.parquet']
    assert pd.read_parquet(str(dataset))['l|0|std'].tolist() == [0.5]
