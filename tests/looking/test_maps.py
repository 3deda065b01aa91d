# -*- coding: utf-8 -*-
"""Maps opened from a folder equal what was written to it, in every layout."""

import json
import os

import nibabel as nib
import numpy as np
import pytest
from sample_folder import make_sample

from niftynet_activations.errors import OptionError, ReadError, UnknownMapError
from niftynet_activations.looking.maps import ActivationMaps
from niftynet_activations.space.place import place_of_affine
from niftynet_activations.store.description import MapDescription
from niftynet_activations.store.folder import OutputFolder
from niftynet_activations.store.writer import MapWriter
from tests.store.maps import AFFINE, make_spec, make_values

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
    maps = ActivationMaps(sample.folder)
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


WAYS = [
    ('zarr', '4d', 'float16'),
    ('zarr', '4d', 'float32'),
    ('nii', '5d', 'float32'),
    ('nii', '5d', 'int16'),
    ('nii.gz', 'split', 'uint8'),
]


@pytest.mark.parametrize('file_format, layout, dtype', WAYS)
def test_nibabel_image_of_a_map_as_the_program_writes_it(tmp_path, file_format, layout, dtype):
    other = AFFINE.copy()
    other[:3, 3] += [7, 8, 9]
    place = place_of_affine(AFFINE, 4, 'micron')._replace(qform=place_of_affine(other, 1).qform)
    values = make_values()
    with OutputFolder(str(tmp_path)) as folder:
        spec = make_spec(format=file_format, layout=layout, dtype=dtype, place=place)
        writer = MapWriter(folder, spec)
        writer.write((0, 0, 0), values[:4])
        writer.fill_missing((4, 0, 0), (1, 7, 11))
        writer.finish(MapDescription())
    image = ActivationMaps(str(tmp_path))['s_1', 'res/conv:1'].to_nibabel()
    path = str(tmp_path / 'copy.nii.gz')
    nib.save(image, path)
    again = nib.load(path)
    assert again.get_data_dtype() == np.float32
    found = np.asarray(again.dataobj)
    np.testing.assert_allclose(found[:4], values[:4], atol=2e-2)
    assert np.isnan(found[4]).all() and again.shape == (5, 7, 11, 3)
    assert (again.header['sform_code'], again.header['qform_code']) == (4, 1)
    np.testing.assert_allclose(again.header.get_qform(), other, atol=1e-4)
    assert again.header.get_xyzt_units()[0] == 'micron'
    assert again.header['intent_code'] == 0


@pytest.mark.parametrize('form', FORMS)
def test_nibabel_image_keeps_place_and_numbers(tmp_path, form):
    sample = sample_of(tmp_path, form)
    one = ActivationMaps(sample.folder)['1', LAYER]
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
    one = ActivationMaps(sample.folder)['1_b', LAYER]
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
    one = ActivationMaps(sample_of(tmp_path).folder)['1', LAYER]
    one.info['stride'].append(7)
    assert one.info['stride'] == [2, 2, 2]


def test_counts_of_split_files_are_summed(tmp_path):
    folder = sample_of(tmp_path, 'split').folder
    shared = os.path.join(folder, 'activation_logits_1__niftynet_out.json')
    with open(shared) as stream:
        info = json.load(stream)
    os.remove(shared)
    # a sidecar of its own for each file, as other programs may write them
    for channel, missing in enumerate([5, 7, 0]):
        path = os.path.join(folder, 'activation_logits_1__niftynet_out_c{}.json'.format(channel))
        info['channels'] = [channel]
        with open(path, 'w') as stream:
            json.dump(dict(info, missing=missing, nan=None), stream)
    one = ActivationMaps(folder)['1', 'logits']
    assert one.info['missing'] == 12
    assert one.info['nan'] is None


def test_the_network_s_order_whatever_was_written_first(tmp_path):
    folder = sample_of(tmp_path).folder
    path = os.path.join(folder, 'activations.csv')
    with open(path) as stream:
        header, *rows = stream.read().splitlines()
    shuffled = [rows[k] for k in (5, 1, 4, 2, 3, 0)]
    with open(path, 'w') as stream:
        stream.write('\n'.join([header] + shuffled) + '\n')
    maps = ActivationMaps(folder)
    layers = ['conv_0', LAYER, 'logits']
    assert list(maps) == [(subject, layer) for subject in ('1_b', '1') for layer in layers]
    os.remove(os.path.join(folder, 'layers.csv'))
    assert list(ActivationMaps(folder))[0] == ('1_b', 'logits')


def test_a_map_by_any_of_its_layer_s_names(tmp_path):
    folder = sample_of(tmp_path).folder
    path = os.path.join(folder, 'activation_conv_0_1__niftynet_out.json')
    with open(path) as stream:
        info = json.load(stream)
    with open(path, 'w') as stream:
        json.dump(dict(info, also=['conv_0/relu', 'block/conv_0']), stream)
    maps = ActivationMaps(folder)
    assert maps['1', 'conv_0/relu'] is maps['1', 'conv_0']
    assert ('1', 'block/conv_0') in maps
    assert maps.layers_named(['block/conv_0', 'logits']) == ['conv_0', 'logits']
    assert maps['1', 'conv_0'].names == ['conv_0', 'conv_0/relu', 'block/conv_0']
    assert len(maps) == 6
    with pytest.raises(UnknownMapError, match='no map of subject 1_b, layer conv_0/relu'):
        maps['1_b', 'conv_0/relu']


def test_some_maps_alone(tmp_path):
    folder = sample_of(tmp_path).folder
    maps = ActivationMaps(folder, only=[('1', 'logits')])
    assert list(maps) == [('1', 'logits')]
    assert not ActivationMaps(str(tmp_path / 'nothing'), only=[])


def test_what_they_say_of_themselves(tmp_path):
    folder = sample_of(tmp_path).folder
    maps = ActivationMaps(folder)
    said = repr(maps)
    assert '2 subjects (1, 1_b) and 3 layers (conv_0, res_1/pool:1, logits)' in said
    assert folder in said
    one = maps['1', LAYER]
    assert 'res_1/pool:1 of 1: 9 x 11 x 13 samples 8 x 7 x 6 mm apart, 6 channels' in repr(one)
    assert one.files[0] in repr(one)
    os.remove(one.files[0])
    assert 'is not there' in repr(one)


def test_unknown_maps_are_named_with_the_nearest(tmp_path):
    maps = ActivationMaps(sample_of(tmp_path).folder)
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
    maps = ActivationMaps(folder)
    assert maps.unfinished == [('1', 'logits')]
    with pytest.raises(KeyError, match='no sidecar: it is unfinished'):
        maps['1', 'logits']


def test_a_layer_without_spatial_axes_is_a_table(tmp_path):
    folder = sample_of(tmp_path).folder
    name = 'activation_fc_1__niftynet_out.csv'
    with open(os.path.join(folder, 'activations.csv'), 'a') as stream:
        stream.write('1,fc,{},4,,,,float32,\n'.format(name))
    maps = ActivationMaps(folder)
    assert maps.window_tables == {('1', 'fc'): os.path.join(folder, name)}
    with pytest.raises(KeyError, match='no spatial axes'):
        maps['1', 'fc']


def test_a_missing_file_is_named_when_it_is_needed(tmp_path):
    folder = sample_of(tmp_path).folder
    one = ActivationMaps(folder)['1', 'logits']
    os.remove(one.files[0])
    with pytest.raises(ReadError, match='activation_logits_1__niftynet_out.nii.gz is not there'):
        one.data[...]


def test_a_broken_sidecar_is_named(tmp_path):
    folder = sample_of(tmp_path).folder
    with open(os.path.join(folder, 'activation_logits_1__niftynet_out.json'), 'w') as stream:
        stream.write('{')
    with pytest.raises(ReadError, match='logits_1__niftynet_out.json cannot be read'):
        str(ActivationMaps(folder)['1', 'logits'].info)


def test_a_folder_without_activations(tmp_path):
    with pytest.raises(ReadError, match='holds no activations'):
        ActivationMaps(str(tmp_path))
    with pytest.raises(OSError, match='is no folder'):
        ActivationMaps(str(tmp_path / 'none'))


def test_layers_by_their_names(tmp_path):
    sample = sample_of(tmp_path, shape=(5, 7, 6))
    maps = ActivationMaps(sample.folder)
    assert maps.layers_named(None) == maps.layers
    assert maps.layers_named(['logits', LAYER, 'logits']) == ['logits', LAYER]
    with pytest.raises(OptionError, match="layer 'conv': .* has no maps of it; it has conv_0, "):
        maps.layers_named(['logits', 'conv'])
    with pytest.raises(OptionError, match='expected the name of a layer or several'):
        maps.layers_named([])
