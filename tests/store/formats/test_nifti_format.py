# -*- coding: utf-8 -*-
"""Which NIfTI files wait in a spool, what they are called, and when they are whole."""

import numpy as np
import pytest

from niftynet_activations.store.description import MapDescription
from niftynet_activations.store.folder import OutputFolder
from niftynet_activations.store.formats.contract import WritingMemory
from niftynet_activations.store.formats.nifti_format import CompressedNifti, PlainNifti
from niftynet_activations.store.formats.nifti_in_place import InPlaceNifti
from niftynet_activations.store.formats.nifti_spooled import SpooledNifti
from niftynet_activations.store.writer import MapWriter
from tests.store.maps import AFFINE, make_spec, make_values


@pytest.mark.parametrize(
    'kind, dtype, sink',
    [
        (PlainNifti(), 'float32', InPlaceNifti),
        (PlainNifti(), 'int16', SpooledNifti),
        (CompressedNifti(), 'float32', SpooledNifti),
        (CompressedNifti(), 'uint8', SpooledNifti),
    ],
)
def test_what_can_be_written_in_place_is(tmp_path, kind, dtype, sink):
    spec = make_spec(format=kind.name, dtype=dtype)
    waiting = 0 if sink is InPlaceNifti else spec.samples
    assert kind.scratch_samples(spec) == waiting
    with OutputFolder(str(tmp_path)) as folder:
        made = kind.sink(spec, folder, WritingMemory())
        assert type(made) is sink
        made.abandon()


@pytest.mark.parametrize('kind', [PlainNifti(), CompressedNifti()])
@pytest.mark.parametrize('layout', ['4d', 'split'])
def test_a_map_is_opened_where_it_lies(tmp_path, kind, layout):
    spec = make_spec(format=kind.name, layout=layout)
    with OutputFolder(str(tmp_path)) as folder:
        writer = MapWriter(folder, spec)
        writer.write((0, 0, 0), make_values())
        names = writer.finish(MapDescription())
    assert names == kind.file_names(spec)
    paths = [str(tmp_path / name) for name in names]
    np.testing.assert_array_equal(kind.open(paths)[...], make_values())
    np.testing.assert_allclose(kind.place(paths[-1]).affine, AFFINE, atol=1e-5)
    assert all(kind.is_whole(path, spec) for path in paths)
    assert not kind.is_whole(paths[0], spec._replace(shape_xyz=(5, 7, 12)))
    assert not kind.is_whole(paths[0] + 'x', spec)
