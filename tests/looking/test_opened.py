# -*- coding: utf-8 -*-
"""What a user gets: maps with all that can be asked of them in Python."""

import inspect

import nibabel as nib
import numpy as np
import pytest
from sample_folder import make_sample

from looking.test_held_maps import held
from niftynet_activations import open_activations
from niftynet_activations.looking.activation_map import ActivationMap
from niftynet_activations.looking.held_maps import HeldMaps
from niftynet_activations.looking.maps import ActivationMaps
from niftynet_activations.looking.opened import OpenedMap, OpenedMaps


@pytest.fixture(scope='module')
def sample(tmp_path_factory):
    return make_sample(
        str(tmp_path_factory.mktemp('opened') / 'maps'), subjects=('1',), file_format='nii'
    )


def test_they_are_maps_with_more(sample):
    maps = open_activations(sample.folder)
    assert isinstance(maps, ActivationMaps) and isinstance(maps, OpenedMaps)
    assert list(maps) == list(sample.data)
    assert all(isinstance(one, OpenedMap) for one in maps.values())
    (_, alone), *_ = maps.by_subject()
    assert isinstance(alone['1', 'logits'], OpenedMap)
    more = {'table', 'features', 'components'}
    assert more <= set(dir(OpenedMaps)) and not more & set(dir(ActivationMaps))
    assert 'plot' in dir(OpenedMap) and 'plot' not in dir(ActivationMap)
    assert inspect.getdoc(OpenedMap.on) == inspect.getdoc(ActivationMap.on)


def test_tables(sample):
    maps = open_activations(sample.folder)
    labels = nib.Nifti1Image(np.ones((4, 5, 6), np.uint8), maps['1', 'logits'].affine)
    long = maps.table({'1': labels})
    wide = maps.features({'1': labels}, statistic_names=['mean'])
    assert set(long['label']) == {1} and len(wide) == 1
    mean = long[(long['layer'] == 'logits') & (long['channel'] == 2)]['mean'].item()
    assert wide['logits|2|mean'].item() == pytest.approx(mean, rel=1e-6)


@pytest.mark.slow
def test_a_map_draws_itself(sample):
    pytest.importorskip('matplotlib')
    one = open_activations(sample.folder)['1', 'res_1/pool:1']
    figure = one.plot(4)
    assert len(figure.subfigs) == 1
    assert figure._repr_png_().startswith(b'\x89PNG')  # what a notebook asks for
    assert len(one.plot([0, 1, 4], at=(0, 0, 0), image=False).subfigs) == 1
    there = one.on(nib.Nifti1Image(np.zeros((9, 8, 7)), one.affine))
    assert there.shape == (9, 8, 7, one.shape[3])
    assert len(there.plot(4, image=False).subfigs) == 1


def test_on_a_grid_a_map_without_a_file_keeps_its_image(sample):
    affine = ActivationMaps(sample.folder)['1', 'logits'].affine
    image = nib.Nifti1Image(np.full((6, 5, 4), 7, np.float32), affine)
    one = HeldMaps([held(sample, ('1', 'logits'))], {'T1': image})['1', 'logits'].on(image)
    beneath = one._beneath()
    assert beneath.volume.shape == (6, 5, 4) and (beneath.volume == 7).all()
    np.testing.assert_allclose(one[..., 0], sample.data['1', 'logits'][:6, :5, :4, 0], rtol=1e-6)
