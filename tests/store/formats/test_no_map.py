# -*- coding: utf-8 -*-
"""Maps that are not kept: what stands in their sidecar, and that nothing else is left or goes."""

import json
import os

import numpy as np
import pytest

from niftynet_activations.errors import ReadError, WriteError
from niftynet_activations.space.place import place_of_affine
from niftynet_activations.store import existing, naming
from niftynet_activations.store.description import MapDescription
from niftynet_activations.store.folder import OutputFolder
from niftynet_activations.store.formats.table import all_formats, format_named
from niftynet_activations.store.spec import MapSpec
from niftynet_activations.store.writer import MapWriter

VALUES = np.random.RandomState(2).normal(size=(5, 7, 4, 3)).astype(np.float32)
SPEC = MapSpec(
    'a', 'res/conv', 'x', (5, 7, 4), (2, 5, 6), place_of_affine(np.eye(4)), 'none', settings='abc'
)


def write(folder, spec=SPEC, summarise=None):
    with OutputFolder(str(folder)) as output:
        writer = MapWriter(output, spec, summarise=summarise)
        writer.write((0, 0, 0), VALUES[:, :5])
        writer.fill_missing((0, 5, 0), (5, 2, 4))
        writer.finish(MapDescription(exact=True))


def sums(spec, samples):
    values = np.asarray(samples)
    assert spec == SPEC and samples.shape == VALUES.shape
    return [dict(region='whole', values={'2|sum': float(np.nansum(values[..., 0]))})]


def test_the_sidecar_is_all_that_is_left(tmp_path):
    write(tmp_path, summarise=sums)
    assert os.listdir(str(tmp_path)) == ['activation_res.conv_a_x.features.json']
    with open(str(tmp_path / naming.sidecar_name(SPEC))) as stream:
        info = json.load(stream)
    (found,) = info['features']
    assert found['values']['2|sum'] == pytest.approx(VALUES[:, :5, :, 0].sum(), rel=1e-5)
    assert info['missing'] == 5 * 2 * 4 * 3 and info['channels'] == [2, 5, 6]
    assert existing.is_complete(str(tmp_path), SPEC)
    assert not existing.is_complete(str(tmp_path), SPEC._replace(settings='other'))


def test_a_map_that_is_there_stays(tmp_path):
    write(tmp_path, SPEC._replace(format='nii'))
    before = sorted(os.listdir(str(tmp_path)))
    write(tmp_path, summarise=sums)
    after = sorted(os.listdir(str(tmp_path)))
    assert after == sorted(before + ['activation_res.conv_a_x.features.json'])
    assert existing.is_complete(str(tmp_path), SPEC._replace(format='nii'))


def test_features_that_fail_leave_nothing(tmp_path):
    def fails(spec, samples):
        raise ReadError('no labels')

    with OutputFolder(str(tmp_path)) as output:
        writer = MapWriter(output, SPEC, summarise=fails)
        writer.write((0, 0, 0), VALUES)
        with pytest.raises(WriteError, match="layer 'res/conv' of subject 'a': no labels"):
            writer.finish(MapDescription())
        writer.abandon()
    assert os.listdir(str(tmp_path)) == []


def test_it_waits_as_scratch_and_takes_no_room():
    kind = format_named('none')
    assert SPEC.raw_bytes == 0 and kind.scratch_samples(SPEC) == VALUES.size
    assert kind not in all_formats()
    with pytest.raises(ReadError, match='no map was kept'):
        kind.open(['a'])
