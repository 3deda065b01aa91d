# -*- coding: utf-8 -*-
"""The standard configs: each is read, its network takes its window, and it gives a volume."""

import glob
import os

import pytest
from small_configs import NETWORKS, path_of, read, sizes


def test_there_is_a_config_for_every_segmentation_network():
    found = [os.path.basename(path)[:-4] for path in glob.glob(path_of('*'))]
    assert sorted(found) == sorted(NETWORKS)


@pytest.mark.parametrize('network', NETWORKS)
def test_sizes_fit_each_other(network):
    config = read(path_of(network))
    window = sizes(config['INFERENCE']['spatial_window_size'])
    border = sizes(config['INFERENCE']['border'])
    assert config['NETWORK']['name'] == network
    assert sizes(config['NETWORK'].get('volume_padding_size', '0')) == border
    assert all(n > 2 * b for n, b in zip(window, border))
    for section in config['SEGMENTATION']['image'].split(','):
        assert sizes(config[section.strip()]['spatial_window_size']) == window


@pytest.mark.parametrize('network', NETWORKS)
def test_only_our_own_options_are_unknown_to_niftynet(network):
    ours = [key for key in read(path_of(network))['INFERENCE'] if key.startswith('activation_')]
    assert ours == ['activation_layers']


@pytest.mark.slow
@pytest.mark.parametrize('network', NETWORKS)
def test_the_network_takes_the_window_and_has_the_layers(network):
    pytest.importorskip('niftynet')
    from niftynet_activations import app
    from niftynet_activations.capturing.building import build_network
    from niftynet_activations.capturing.catalogue import NetworkCatalogue
    from niftynet_activations.capturing.selectors import select
    from niftynet_activations.host.config import read_config

    config = read(path_of(network))
    window = [n for n in sizes(config['INFERENCE']['spatial_window_size']) if n > 1]
    border = sizes(config['INFERENCE']['border'])
    record = build_network(read_config(path_of(network)), app)
    inner = [n - 2 * b for n, b in zip(window, border)]
    assert record.logits.shape.as_list()[1:-1] in (window, inner)
    layers = config['INFERENCE']['activation_layers']
    assert select(layers, NetworkCatalogue(record).for_selectors())
