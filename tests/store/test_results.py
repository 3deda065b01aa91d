# -*- coding: utf-8 -*-
"""What sidecars say of the result beside their maps."""

import json

import pytest

from niftynet_activations.store import naming
from niftynet_activations.store.folder import OutputFolder
from niftynet_activations.store.results import Result, digest, is_as_noted, note_result
from tests.store.maps import make_spec

SPECS = [make_spec(layer='one'), make_spec(layer='two')]


@pytest.fixture
def folder(tmp_path):
    (tmp_path / 'seg.nii.gz').write_bytes(b'labels')
    with OutputFolder(str(tmp_path)) as opened:
        yield opened


def write_sidecars(folder, specs=SPECS):
    for spec in specs:
        folder.publish_text(json.dumps({'layer': spec.layer}), naming.sidecar_name(spec))


def result_of(folder, settings='made so'):
    return Result('seg.nii.gz', digest(folder.path + '/seg.nii.gz'), settings)


def noted(folder, settings='made so', specs=SPECS):
    return is_as_noted(folder.path, specs, folder.path + '/seg.nii.gz', settings)


def test_a_result_is_told_by_every_sidecar_of_the_subject(folder):
    write_sidecars(folder)
    assert not noted(folder)
    assert note_result(folder, SPECS, result_of(folder))
    assert noted(folder) and not noted(folder, 'made otherwise') and not noted(folder, specs=[])
    with open(folder.path + '/' + naming.sidecar_name(SPECS[1])) as sidecar:
        assert json.load(sidecar)['layer'] == 'two'


def test_nothing_is_told_before_all_maps_are_there(folder):
    write_sidecars(folder, SPECS[:1])
    assert not note_result(folder, SPECS, result_of(folder))
    assert not noted(folder, specs=SPECS[:1])


@pytest.mark.parametrize('content', [b'', b'labels, but others'])
def test_a_result_that_has_changed_is_not_the_noted_one(folder, tmp_path, content):
    write_sidecars(folder)
    note_result(folder, SPECS, result_of(folder))
    (tmp_path / 'seg.nii.gz').write_bytes(content)
    assert not noted(folder)
    (tmp_path / 'seg.nii.gz').unlink()
    assert not noted(folder)
