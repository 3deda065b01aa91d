# -*- coding: utf-8 -*-
"""Maps that outlive their folder."""

import os
import shutil

import nibabel as nib
import numpy as np
import pytest
from sample_folder import make_sample

from niftynet_activations.errors import OptionError, UnknownMapError
from niftynet_activations.looking.held_maps import NOWHERE, HeldMaps
from niftynet_activations.looking.maps import ActivationMaps
from niftynet_activations.store.description import MapDescription
from niftynet_activations.store.folder import OutputFolder
from niftynet_activations.store.vectors import VectorTable, vector_spec


@pytest.fixture
def sample(tmp_path):
    return make_sample(str(tmp_path / 'maps'), subjects=('1',), file_format='nii')


def test_the_maps_of_a_folder_that_is_gone(sample):
    keys = list(ActivationMaps(sample.folder))[1:]
    told = {key: one.info for key, one in ActivationMaps(sample.folder).items()}
    maps = HeldMaps(sample.folder, keys, {'T1': '/a/b.nii'})
    shutil.rmtree(sample.folder)
    assert list(maps) == keys and not os.path.exists(sample.folder)
    for key, one in maps.items():
        np.testing.assert_array_equal(one.data, sample.data[key])
        np.testing.assert_array_equal(
            one.data[3:7, ..., [2, 0]], sample.data[key][3:7, ..., [2, 0]]
        )
        np.testing.assert_allclose(one.affine, sample.affines[key])
        np.testing.assert_allclose(one.place.affine, sample.affines[key], atol=1e-5)
        assert one.info == dict(told[key], source_images=['/a/b.nii'])
        assert one.files == [NOWHERE] and NOWHERE in repr(one)
    assert NOWHERE in repr(maps)
    with pytest.raises(UnknownMapError, match='no map of subject 1, layer conv_0'):
        maps['1', 'conv_0']


def test_slices_are_copies(sample):
    maps = HeldMaps(sample.folder, list(ActivationMaps(sample.folder)), {})
    key = next(iter(maps))
    maps[key].data[...][:] = 0
    np.testing.assert_array_equal(maps[key].data, sample.data[key])


def test_components_have_no_place(sample):
    maps = HeldMaps(sample.folder, list(ActivationMaps(sample.folder)), {})
    with pytest.raises(OptionError, match='held in memory: write the maps to a folder'):
        maps.components('logits')


def test_rows_of_a_layer_without_a_place(sample):
    spec = vector_spec('1', 'pooled', '_x', [0, 1], None)
    with OutputFolder(sample.folder) as folder:
        table = VectorTable(folder, spec)
        table.append([0, 0, 0, 4, 4, 4], np.array([1.5, 2.5], np.float32))
        table.finish(MapDescription())
    maps = HeldMaps(sample.folder, [('1', 'pooled'), ('1', 'logits')], {})
    shutil.rmtree(sample.folder)
    assert list(maps) == [('1', 'logits')]
    (rows,) = maps.window_tables.values()
    assert rows.iloc[0].tolist()[-2:] == [1.5, 2.5]


@pytest.mark.parametrize('kind', ['image', 'array'])
def test_a_figure_is_drawn_over_what_the_caller_gave(sample, kind):
    volume = np.random.RandomState(3).uniform(size=(9, 11, 13, 2)).astype(np.float32)
    image = nib.Nifti1Image(volume, sample.affine)
    given = {'image': image, 'array': (volume, sample.affine)}[kind]
    maps = HeldMaps(sample.folder, [('1', 'logits')], {'T1': given, 'T2': 'no.nii'})
    beneath = maps['1', 'logits']._beneath()
    np.testing.assert_array_equal(beneath.volume, volume[..., 0])
    np.testing.assert_allclose(beneath.affine, sample.affine, atol=1e-5)


def test_a_figure_over_a_file_of_the_caller_s(sample):
    for given, expected in (({'T1': 'a.nii'}, True), ({}, False)):
        assert (
            HeldMaps(sample.folder, [('1', 'logits')], given)['1', 'logits']._beneath() is expected
        )
