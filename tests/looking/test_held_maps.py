# -*- coding: utf-8 -*-
"""Maps that outlive their folder."""

import os
import shutil

import nibabel as nib
import numpy as np
import pytest
from sample_folder import make_sample

from niftynet_activations.errors import UnknownMapError
from niftynet_activations.looking.held_maps import NOWHERE, HeldMaps
from niftynet_activations.looking.maps import ActivationMaps
from niftynet_activations.space.place import place_of_affine
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


@pytest.mark.parametrize('kind', ['image', 'array', 'path', 'nothing'])
def test_a_figure_over_what_the_caller_gave(sample, kind, tmp_path):
    volume = np.random.RandomState(3).uniform(size=(9, 11, 13)).astype(np.float32)
    image = nib.Nifti1Image(volume, sample.affine)
    nib.save(image, str(tmp_path / 'given.nii'))
    given = {
        'image': {'T1': image, 'T2': 'no.nii'},
        'array': {'T1': (volume, place_of_affine(sample.affine).affine)},
        'path': {'T1': str(tmp_path / 'given.nii')},
        'nothing': {},
    }[kind]
    maps = HeldMaps(sample.folder, [('1', 'logits')], given)
    axes = [each for each in maps['1', 'logits'].plot(1).get_axes() if each.get_title()]
    assert [len(each.images) for each in axes] == [2 if given else 1] * 3
    assert [len(each.images) for each in maps['1', 'logits'].plot(image=False).get_axes()][0] == 1
