# -*- coding: utf-8 -*-
"""Maps opened from a folder equal what was written to it, in every layout."""

import json
import os

import nibabel as nib
import numpy as np
import pytest
from sample_folder import make_sample

import niftynet_activations.looking.maps as maps_module
from niftynet_activations.errors import UnknownMapError, WriteError

LAYER = 'res_1/pool:1'
FORMS = ['4d', '5d', 'split', 'zarr']


def sample_of(tmp_path, form='4d', **others):
    """A sample folder, or a skipped test where zarr is not installed."""
    if form == 'zarr':
        pytest.importorskip('zarr')
    return make_sample(str(tmp_path / 'out'), form=form, **others)


@pytest.mark.parametrize('form', FORMS)
def test_data_affine_and_facts(tmp_path, form):
    sample = sample_of(tmp_path, form)
    maps = maps_module.open_activations(sample.folder)
    assert maps.subjects == ['1', '1_b']
    assert maps.layers == ['conv_0', LAYER, 'logits']
    assert list(maps) == list(sample.data)
    assert len(maps) == 6
    for key, one in maps.items():
        np.testing.assert_array_equal(one.data[...], sample.data[key])
        np.testing.assert_allclose(one.affine, sample.affines[key], atol=1e-12)
        assert one.info['layer'] == key[1]
        assert one.channels == list(range(sample.data[key].shape[3]))
        for channel, volume in enumerate(one.channel_volumes()):
            np.testing.assert_array_equal(volume, sample.data[key][..., channel])


@pytest.mark.parametrize('form', FORMS)
def test_nibabel_image_keeps_place_and_numbers(tmp_path, form):
    sample = sample_of(tmp_path, form)
    one = maps_module.open_activations(sample.folder)['1', LAYER]
    image = one.to_nibabel()
    np.testing.assert_allclose(image.affine, sample.affines['1', LAYER], atol=1e-12)
    np.testing.assert_array_equal(image.get_fdata(dtype=np.float32), sample.data['1', LAYER])
    path = str(tmp_path / 'copy.nii.gz')
    nib.save(image, path)
    again = nib.load(path)
    np.testing.assert_array_equal(np.asarray(again.dataobj), sample.data['1', LAYER])
    np.testing.assert_allclose(again.affine, sample.affines['1', LAYER], atol=1e-4)
    assert again.header.get_xyzt_units()[0] == 'mm'


@pytest.mark.parametrize('form', FORMS)
def test_sample_at_world_points(tmp_path, form):
    sample = sample_of(tmp_path, form)
    one = maps_module.open_activations(sample.folder)['1_b', LAYER]
    data, affine = sample.data['1_b', LAYER], sample.affines['1_b', LAYER]
    index = np.array([[1, 2, 3], [8, 10, 12], [2.5, 4, 4], [100, 0, 0]])
    world = index @ affine[:3, :3].T + affine[:3, 3]
    values = one.sample(world)
    assert values.shape == (4, 6)
    np.testing.assert_allclose(values[0], data[1, 2, 3], rtol=1e-6)
    np.testing.assert_allclose(values[1], data[8, 10, 12], rtol=1e-6)
    np.testing.assert_allclose(values[2], (data[2, 4, 4] + data[3, 4, 4]) / 2, rtol=1e-5)
    assert np.isnan(values[3]).all()


def test_facts_are_a_copy(tmp_path):
    one = maps_module.open_activations(sample_of(tmp_path).folder)['1', LAYER]
    one.info['stride'].append(7)
    assert one.info['stride'] == [2, 2, 2]


def test_counts_of_split_files_are_summed(tmp_path):
    folder = sample_of(tmp_path, 'split').folder
    for channel, missing in enumerate([5, 7, 0]):
        path = os.path.join(folder, 'activation_logits_1__niftynet_out_c{}.json'.format(channel))
        with open(path) as stream:
            info = json.load(stream)
        with open(path, 'w') as stream:
            json.dump(dict(info, missing=missing, nan=None), stream)
    one = maps_module.open_activations(folder)['1', 'logits']
    assert one.info['missing'] == 12
    assert one.info['nan'] is None


def test_unknown_maps_are_named_with_the_nearest(tmp_path):
    maps = maps_module.open_activations(sample_of(tmp_path).folder)
    with pytest.raises(UnknownMapError, match='no map of subject 1, layer conv_1.*conv_0'):
        maps['1', 'conv_1']
    with pytest.raises(KeyError, match='no map of subject 7'):
        maps['7', 'conv_0']
    with pytest.raises(KeyError, match='taken by'):
        maps['conv_0']
    assert ('1', 'conv_1') not in maps
    assert maps.get(('1', 'conv_1')) is None


def test_a_map_without_sidecar_is_unfinished(tmp_path):
    folder = sample_of(tmp_path).folder
    os.remove(os.path.join(folder, 'activation_logits_1__niftynet_out.json'))
    maps = maps_module.open_activations(folder)
    assert maps.unfinished == [('1', 'logits')]
    with pytest.raises(KeyError, match='no sidecar: it is unfinished'):
        maps['1', 'logits']


def test_a_layer_without_spatial_axes_is_a_table(tmp_path):
    folder = sample_of(tmp_path).folder
    name = 'activation_fc_1__niftynet_out.csv'
    with open(os.path.join(folder, 'activations.csv'), 'a') as stream:
        stream.write('1,fc,{},4,,,,float32,\n'.format(name))
    maps = maps_module.open_activations(folder)
    assert maps.window_tables == {('1', 'fc'): os.path.join(folder, name)}
    with pytest.raises(KeyError, match='no spatial axes'):
        maps['1', 'fc']


def test_a_missing_file_is_named_when_it_is_needed(tmp_path):
    folder = sample_of(tmp_path).folder
    one = maps_module.open_activations(folder)['1', 'logits']
    os.remove(one.files[0])
    with pytest.raises(WriteError, match='activation_logits_1__niftynet_out.nii.gz is not there'):
        one.data[...]


def test_a_broken_sidecar_is_named(tmp_path):
    folder = sample_of(tmp_path).folder
    with open(os.path.join(folder, 'activation_logits_1__niftynet_out.json'), 'w') as stream:
        stream.write('{')
    with pytest.raises(WriteError, match='logits_1__niftynet_out.json cannot be read'):
        str(maps_module.open_activations(folder)['1', 'logits'].info)


def test_a_folder_without_activations(tmp_path):
    with pytest.raises(WriteError, match='holds no activations'):
        maps_module.open_activations(str(tmp_path))
    with pytest.raises(OSError, match='is no folder'):
        maps_module.open_activations(str(tmp_path / 'none'))
