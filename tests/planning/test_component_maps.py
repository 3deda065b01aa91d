# -*- coding: utf-8 -*-
"""Runs that write component maps of a saved basis beside the components of maps that were saved."""

import os

import numpy as np
import pytest

pytestmark = pytest.mark.slow
pytest.importorskip('niftynet')

import toy_runs  # noqa: E402
from inference_runs import run_activations  # noqa: E402

import niftynet_activations as na  # noqa: E402
from niftynet_activations import open_activations  # noqa: E402
from niftynet_activations.errors import OptionError, ReadError  # noqa: E402
from niftynet_activations.looking.answers.components import components  # noqa: E402
from niftynet_activations.store.basis import load_basis, save_basis  # noqa: E402

PCA, CLUSTERS = 'conv_input_bn_relu', 'conv_output_bn'
LAYERS = 'conv_input_bn_relu,conv_output_bn'
SHAPES = {'a': (16, 18, 21), 'b': (17, 22, 19)}


@pytest.fixture(scope='module')
def saved(tmp_path_factory):
    """A config, the folder of a run over it, and the bases of two of its layers."""
    folder = tmp_path_factory.mktemp('bases')
    config = toy_runs.make_toy(folder / 'toy', SHAPES)
    run_activations(config, folder / 'all', '--activation_layers', LAYERS)
    maps = open_activations(folder / 'all')
    paths = []
    for layer, method in ((PCA, 'pca'), (CLUSTERS, 'kmeans')):
        paths.append(str(folder / (method + '.npz')))
        components(maps, [layer], 2, method, output=paths[-1])
    return config, open_activations(folder / 'all'), paths


def run(saved, folder, *options):
    config, _, paths = saved
    words = ['--activation_layers', LAYERS, '--activation_basis', ','.join(paths)]
    run_activations(config, folder, *(words + list(options)))
    return open_activations(folder)


def test_components_are_written_in_the_place_of_the_channels(saved, tmp_path):
    _, expected, paths = saved
    found = run(saved, tmp_path / 'maps', '--activation_tables', 'segmentation')
    assert found.layers == [PCA + '/pca', CLUSTERS + '/kmeans']
    for key, one in found.items():
        theirs = expected[key]
        np.testing.assert_allclose(np.asarray(one.data), np.asarray(theirs.data), atol=1e-4)
        info, other = one.info, theirs.info
        assert info['components'] == dict(other['components'], basis=info['components']['basis'])
        assert info['components']['basis'] in paths
        for name in ('exact', 'missing', 'nan', 'affine', 'reduce', 'channels', 'type', 'also'):
            assert info[name] == other[name], name
    names = os.listdir(str(tmp_path / 'maps'))
    assert not [name for name in names if name.startswith('activation_conv_input_bn_relu_')]
    assert 'activation_table_x.csv' in names


def test_components_are_made_behind_stitching(saved, tmp_path):
    """Means of windows are taken of the channels, and clusters have no numbers in between."""
    options = ('--activation_stitch', 'average', '--activation_resolution', 'input')
    run_activations(saved[0], tmp_path / 'all', '--activation_layers', LAYERS, *options)
    every = open_activations(tmp_path / 'all')
    found = run(saved, tmp_path / 'maps', *options)
    for path in saved[2]:
        again = components(every, basis=path)[1]
        for key, one in again.items():
            np.testing.assert_allclose(np.asarray(found[key].data), np.asarray(one.data), atol=1e-4)
    clusters = np.asarray(found['a', CLUSTERS + '/kmeans'].data)
    assert set(np.unique(clusters[np.isfinite(clusters)])) <= {1, 2}


def test_from_python_a_basis_starts_from_the_working_folder(saved, tmp_path, monkeypatch):
    config, expected, paths = saved
    monkeypatch.chdir(os.path.dirname(paths[0]))
    maps = na.extract(config, layers=[PCA], dir=str(tmp_path / 'maps'), basis='pca.npz')
    assert list(maps) == [('a', PCA + '/pca'), ('b', PCA + '/pca')]
    assert maps['b', PCA + '/pca'].info['components']['basis'] == paths[0]


def test_a_basis_that_does_not_fit_is_told_before_the_first_window(saved, tmp_path):
    config, _, paths = saved

    def refused(kind, told, *options):
        with pytest.raises(kind, match=told):
            run_activations(config, tmp_path / 'maps', *options)
        assert not (tmp_path / 'maps' / 'activations.csv').exists()

    basis = ['--activation_basis', paths[0]]
    refused(OptionError, 'does not choose', '--activation_layers', CLUSTERS, *basis)
    one = ['--activation_layers', PCA]
    refused(OptionError, 'activation_reduce = none, and here', '--activation_reduce', 'l2', *basis)
    refused(
        OptionError, 'the basis was made of 0 to', '--activation_channels', '0:3', *(one + basis)
    )
    refused(ReadError, 'not there', '--activation_basis', 'nowhere.npz', *one)
    twin = str(tmp_path / 'twin.npz')
    save_basis(load_basis(paths[0]), twin)
    refused(OptionError, 'both of layer', '--activation_basis', paths[0] + ',' + twin, *one)
