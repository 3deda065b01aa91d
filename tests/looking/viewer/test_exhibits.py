# -*- coding: utf-8 -*-
"""The volumes that the page gets are those of the folder."""

import json
import os

import nibabel as nib
import numpy as np
import pytest
from sample_folder import POSTFIX, add_modality, make_flat_sample, make_picture_sample, make_sample

from niftynet_activations import open_activations
from niftynet_activations.errors import ReadError
from niftynet_activations.looking.viewer import exhibits


def opened(sample):
    """The exhibits of a sample folder."""
    return exhibits.Exhibits([open_activations(sample.folder)])


@pytest.mark.parametrize('form', ['4d', '5d', 'split'])
def test_one_channel_at_a_time(tmp_path, form):
    sample = make_sample(str(tmp_path / 'out'), form=form)
    content = opened(sample).channel(1, 1, 4)
    image = nib.Nifti1Image.from_bytes(content)
    expected = sample.data['1_b', 'res_1/pool:1'][..., 4]
    np.testing.assert_array_equal(np.asarray(image.dataobj), expected)
    np.testing.assert_allclose(image.affine, sample.affines['1_b', 'res_1/pool:1'], atol=1e-4)
    assert len(content) < 4 * expected.size + 400


def test_input_and_segmentation(tmp_path):
    sample = make_sample(str(tmp_path / 'out'))
    shown = opened(sample)
    image = nib.Nifti1Image.from_bytes(shown.source(0))
    np.testing.assert_array_equal(np.asarray(image.dataobj), sample.inputs['1'])
    image = nib.Nifti1Image.from_bytes(shown.segmentation(1))
    np.testing.assert_array_equal(np.asarray(image.dataobj), sample.labels['1_b'])


def test_probabilities_show_as_the_most_probable_class(tmp_path):
    sample = make_sample(str(tmp_path / 'out'))
    name = os.path.join(sample.folder, 'window_seg_1_{}.nii.gz'.format(POSTFIX))
    probabilities = np.random.RandomState(0).uniform(size=(18, 22, 26, 1, 3)).astype(np.float32)
    nib.save(nib.Nifti1Image(probabilities, sample.affine), name)
    image = nib.Nifti1Image.from_bytes(opened(sample).segmentation(0))
    expected = probabilities[:, :, :, 0].argmax(axis=-1)
    np.testing.assert_array_equal(np.asarray(image.dataobj), expected)


def test_the_catalogue_lists_all_and_is_json(tmp_path):
    sample = make_sample(str(tmp_path / 'out'))
    found = json.loads(json.dumps(opened(sample).catalogue()))
    assert [one['name'] for one in found['subjects']] == ['1', '1_b']
    first = found['subjects'][0]
    assert first['inputs'] == [{'name': '1_T1.nii.gz', 'note': None}]
    assert first['segmentation']['note'] is None
    assert [one['layer'] for one in first['maps']] == ['conv_0', 'res_1/pool:1', 'logits']
    assert first['maps'][1]['channels'] == list(range(6))
    assert first['maps'][1]['exact'] == 'no'
    assert first['maps'][1]['sentence'].startswith('Not exact: windows start between')


def test_the_catalogue_says_what_is_wrong(tmp_path):
    sample = make_sample(str(tmp_path / 'out'))
    os.remove(os.path.join(sample.folder, 'window_seg_1_{}.nii.gz'.format(POSTFIX)))
    os.remove(os.path.join(sample.folder, 'activation_logits_1_{}.nii.gz'.format(POSTFIX)))
    os.remove(os.path.join(sample.folder, 'activation_conv_0_1_{}.json'.format(POSTFIX)))
    os.remove(str(tmp_path / 'inputs' / '1_T1.nii.gz'))
    found = opened(sample).catalogue()
    first = found['subjects'][0]
    assert 'is not there' in first['inputs'][0]['note']
    assert 'no window_seg image' in first['segmentation']['note']
    assert 'is not there' in first['maps'][-1]['note']
    assert found['unfinished'] == ['1, conv_0']
    with pytest.raises(ReadError, match='is not there'):
        opened(sample).source(0)
    with pytest.raises(ReadError, match='no window_seg image'):
        opened(sample).segmentation(0)


def test_a_picture_is_turned_upright_with_its_maps(tmp_path):
    _, pixels, values = make_picture_sample(str(tmp_path / 'out'))
    shown = exhibits.Exhibits([open_activations(str(tmp_path / 'out'))])
    entry = shown.catalogue()['subjects'][0]
    assert entry['picture'] is True and entry['inputs'] == [{'name': 'retina.png', 'note': None}]
    assert [one['plane'] for one in entry['maps']] == ['axial', 'axial']
    image = nib.Nifti1Image.from_bytes(shown.source(0, 0))
    assert image.header['datatype'] == 128  # RGB24
    found = np.asarray(image.dataobj)
    for k, name in enumerate('RGB'):
        np.testing.assert_array_equal(found[name][:, :, 0], pixels[..., k])
    # radiological: the larger x lies to the left, the larger y above
    assert nib.aff2axcodes(image.affine)[:2] == ('P', 'L')
    one = nib.Nifti1Image.from_bytes(shown.channel(0, 1, 0))
    np.testing.assert_allclose(one.affine @ [0, 0, 0, 1], image.affine @ [0.5, 0.5, 0, 1])


def test_each_modality(tmp_path):
    sample = make_sample(str(tmp_path / 'out'))
    other = str(tmp_path / 'inputs' / '1_T2.nii.gz')
    nib.save(nib.Nifti1Image(-sample.inputs['1'], sample.affine), other)
    add_modality(sample.folder, other)
    shown = opened(sample)
    first = shown.catalogue()['subjects'][0]
    assert [each['name'] for each in first['inputs']] == ['1_T1.nii.gz', '1_T2.nii.gz']
    image = nib.Nifti1Image.from_bytes(shown.source(0, 1))
    np.testing.assert_array_equal(np.asarray(image.dataobj), -sample.inputs['1'])
    with pytest.raises(IndexError):
        shown.source(0, 2)


@pytest.mark.parametrize('oriented', [True, False])
def test_the_catalogue_tells_whether_sides_are_known(tmp_path, oriented):
    make_flat_sample(str(tmp_path / 'out'), oriented)
    shown = exhibits.Exhibits([open_activations(str(tmp_path / 'out'))])
    (subject,) = shown.catalogue()['subjects']
    assert subject['sided'] is oriented and not subject['picture']


def test_components_are_a_picture_in_colours_as_in_the_report(tmp_path):
    sample = make_sample(str(tmp_path / 'out'), ['1'])
    open_activations(sample.folder).components('res_1/pool:1', number=4)
    shown = opened(sample)
    maps = shown.catalogue()['subjects'][0]['maps']
    (place,) = [n for n, one in enumerate(maps) if one['colours']]
    assert maps[place]['layer'] == 'res_1/pool:1/pca'
    image = nib.Nifti1Image.from_bytes(shown.colours(0, place))
    one = open_activations(sample.folder)['1', 'res_1/pool:1/pca']
    np.testing.assert_allclose(image.affine, one.affine, atol=1e-4)
    found = np.asarray(image.dataobj)
    for colour, values in zip('RGB', np.moveaxis(np.asarray(one.data), 3, 0)):
        low = max(values.min(), values.mean() - 2 * values.std())
        high = min(values.max(), values.mean() + 2 * values.std())
        expected = 255 * np.clip((values - low) / (high - low), 0, 1)
        np.testing.assert_allclose(found[colour].astype(float), expected, atol=0.6)
    with pytest.raises(IndexError):
        shown.colours(0, 0)
