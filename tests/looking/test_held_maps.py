# -*- coding: utf-8 -*-
"""Maps without a folder are like those of one."""

import nibabel as nib
import numpy as np
import pandas as pd
import pytest
from sample_folder import make_sample

from niftynet_activations.errors import OptionError, UnknownMapError
from niftynet_activations.looking.held_maps import NOWHERE, HeldMaps
from niftynet_activations.looking.maps import ActivationMaps
from niftynet_activations.store.description import MapDescription
from niftynet_activations.store.held import Held, HeldRows
from niftynet_activations.store.held_array import HeldArray
from niftynet_activations.store.spec import MapSpec
from niftynet_activations.store.vectors import vector_spec


@pytest.fixture(scope='module')
def sample(tmp_path_factory):
    folder = str(tmp_path_factory.mktemp('held') / 'maps')
    return make_sample(folder, subjects=('1',), file_format='nii')


def held(sample, key):
    """A map of the sample folder, as a run without a folder makes it."""
    one = ActivationMaps(sample.folder)[key]
    info = one.info
    spec = MapSpec(key[0], key[1], 'out', one.shape[:3], info['channels'], one.place, 'nii')
    told = {('pass_' if name == 'pass' else name): value for name, value in info.items()}
    known = {name: told.get(name) for name in MapDescription._fields}
    values = HeldArray(one.data.shape, np.asarray(one.data))
    return Held(spec, MapDescription(**dict(known, nan=None)), values)


def maps_of(sample, given, keys=None):
    keys = list(ActivationMaps(sample.folder)) if keys is None else keys
    return HeldMaps([held(sample, key) for key in keys], given)


def test_the_maps_of_a_folder(sample):
    folder = ActivationMaps(sample.folder)
    keys = list(folder)[1:]
    maps = maps_of(sample, {'T1': '/a/b.nii'}, keys)
    assert list(maps) == keys
    for key, one in maps.items():
        np.testing.assert_array_equal(one.data, sample.data[key])
        np.testing.assert_array_equal(
            one.data[3:7, ..., [2, 0]], sample.data[key][3:7, ..., [2, 0]]
        )
        np.testing.assert_allclose(one.affine, sample.affines[key])
        np.testing.assert_allclose(one.place.affine, sample.affines[key], atol=1e-5)
        nan = int(np.isnan(sample.data[key]).sum()) - folder[key].info['missing']
        expected = dict(folder[key].info, source_images=['/a/b.nii'], nan=nan)
        assert {name: one.info[name] for name in expected} == expected
        assert one.files == [NOWHERE] and NOWHERE in repr(one)
        assert one.on(one).info['layer'] == key[1]
    assert NOWHERE in repr(maps)
    with pytest.raises(UnknownMapError, match='no map of subject 1, layer conv_0'):
        maps['1', 'conv_0']


def test_slices_are_copies(sample):
    maps = maps_of(sample, {})
    key = next(iter(maps))
    maps[key].data[...][:] = 0
    np.testing.assert_array_equal(maps[key].data, sample.data[key])


def test_components_have_no_place(sample):
    maps = maps_of(sample, {})
    with pytest.raises(OptionError, match='held in memory: write the maps to a folder'):
        maps.components('logits')


def test_rows_of_a_layer_without_a_place(sample):
    table = pd.DataFrame({'c0': [1.5], 'c1': [2.5]})
    rows = HeldRows(vector_spec('1', 'pooled', '_x', [0, 1], None), MapDescription(), table)
    maps = HeldMaps([rows, held(sample, ('1', 'logits'))], {})
    assert list(maps) == [('1', 'logits')]
    assert maps.window_tables == {('1', 'pooled'): table}


@pytest.mark.parametrize('maps', [True, False])
def test_a_notebook_shows_them(sample, maps):
    """A picture, and what is known, without a file."""
    all_of_them = maps_of(sample, {})
    html = (all_of_them if maps else all_of_them['1', 'logits'])._repr_html_()
    assert 'logits' in html and 'data:image/' in html


@pytest.mark.parametrize('kind', ['image', 'array'])
def test_a_figure_is_drawn_over_what_the_caller_gave(sample, kind):
    volume = np.random.RandomState(3).uniform(size=(9, 11, 13, 2)).astype(np.float32)
    image = nib.Nifti1Image(volume, sample.affine)
    given = {'image': image, 'array': (volume, sample.affine)}[kind]
    maps = maps_of(sample, {'T1': given, 'T2': 'no.nii'}, [('1', 'logits')])
    beneath = maps['1', 'logits']._beneath()
    np.testing.assert_array_equal(beneath.volume, volume[..., 0])
    np.testing.assert_allclose(beneath.affine, sample.affine, atol=1e-5)


def test_a_figure_over_a_file_of_the_caller_s(sample):
    for given, expected in (({'T1': 'a.nii'}, True), ({}, False)):
        assert maps_of(sample, given)['1', 'logits']._beneath() is expected
