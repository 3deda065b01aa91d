# -*- coding: utf-8 -*-
"""A map's names change when nothing can go wrong any more, the sidecar's last."""

import json
import os

import pytest

from niftynet_activations.errors import WriteError
from niftynet_activations.store import sidecar, tables
from niftynet_activations.store.description import MapDescription
from niftynet_activations.store.folder import OutputFolder
from niftynet_activations.store.formats.table import file_names
from niftynet_activations.store.publishing import list_again, listing_at_end, publish_map
from tests.store.maps import make_spec

STEM = 'activation_res.conv-1_s_1_out'


def publish(path, text, **changes):
    spec = make_spec(settings='abc', **changes)
    description = MapDescription(
        subject=spec.subject,
        layer=spec.layer,
        channels=spec.channels,
        dtype='float32',
        versions=sidecar.versions('abc'),
    )
    (name,) = file_names(spec)
    with OutputFolder(str(path)) as folder:
        made = [(folder.stage_text(text), name)]
        publish_map(folder, spec, made, description)
    return spec


def listing(path):
    return sorted(os.listdir(str(path)))


def test_the_next_format_takes_the_place_of_the_last(tmp_path):
    publish(tmp_path, 'one', format='nii')
    publish(tmp_path, 'two')
    assert listing(tmp_path) == [STEM + '.json', STEM + '.nii.gz', 'activations.csv']
    assert (tmp_path / (STEM + '.nii.gz')).read_text() == 'two'
    assert [row['file'] for row in tables.read_rows(str(tmp_path / 'activations.csv'))] == [
        STEM + '.nii.gz'
    ]
    info = json.loads((tmp_path / (STEM + '.json')).read_text())
    assert info['versions']['settings'] == 'abc'


def test_what_cannot_be_listed_does_not_appear(tmp_path):
    publish(tmp_path, 'one', format='nii')
    before = listing(tmp_path)
    (tmp_path / 'activations.csv').write_text('a,b\n')
    with pytest.raises(WriteError, match="has the columns 'a,b'"):
        publish(tmp_path, 'two')
    assert listing(tmp_path) == before
    assert (tmp_path / (STEM + '.nii')).read_text() == 'one'


def test_rows_that_were_lost_come_back(tmp_path):
    kept = publish(tmp_path, 'one')
    (tmp_path / 'activations.csv').unlink()
    other = publish(tmp_path, 'two', subject='s_2')
    with OutputFolder(str(tmp_path)) as folder:
        for _ in range(2):
            list_again(folder, [kept, other])
            rows = tables.read_rows(str(tmp_path / 'activations.csv'))
            assert [(row['subject'], row['shape_z']) for row in rows] == [
                ('s_2', '11'),
                ('s_1', '11'),
            ]


def test_rows_at_the_end_however_it_ends(tmp_path):
    def list_of_maps():
        return [row['subject'] for row in tables.read_rows(str(tmp_path / 'activations.csv'))]

    publish(tmp_path, 'one')
    with pytest.raises(KeyboardInterrupt), OutputFolder(str(tmp_path)) as folder:
        with listing_at_end(folder):
            for subject in ('s_2', 's_1', 's_3'):
                spec = make_spec(subject=subject)
                made = [(folder.stage_text('two'), file_names(spec)[0])]
                publish_map(folder, spec, made, MapDescription(subject=subject, exact=True))
                assert list_of_maps() == ['s_1']
            raise KeyboardInterrupt
    assert list_of_maps() == ['s_1', 's_2', 's_3']
    (tmp_path / 'activations.csv').write_text('a,b\n')
    with OutputFolder(str(tmp_path)) as folder:
        with pytest.raises(WriteError, match="has the columns 'a,b'"), listing_at_end(folder):
            raise AssertionError('the body does not begin')
