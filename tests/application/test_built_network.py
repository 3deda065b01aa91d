# -*- coding: utf-8 -*-
"""What is computed for a task, and where its maps go."""

import os

import pytest

pytestmark = pytest.mark.slow
pytest.importorskip('niftynet')

from toy_runs import LAYER, image_path, make_toy  # noqa: E402

import niftynet_activations  # noqa: E402

niftynet_activations.app  # noqa: B018  registers the options

from niftynet_activations.application.built_network import Task  # noqa: E402
from niftynet_activations.application.resident import ResidentNetwork  # noqa: E402
from niftynet_activations.errors import SelectionError  # noqa: E402

SHAPE = (20, 23, 25)


@pytest.fixture(scope='module')
def toy(tmp_path_factory):
    return make_toy(tmp_path_factory.mktemp('built') / 'toy', {'a': SHAPE})


@pytest.fixture(scope='module')
def network(toy):
    with ResidentNetwork(toy, ['--activation_layers', LAYER + ',logits']) as made:
        yield made


def task(toy, folder, **more):
    files = {'T1': image_path(os.path.dirname(toy), 'a')}
    return Task('a', files, str(folder), str(folder), **more)


def test_only_what_is_wanted_is_fetched(toy, network, tmp_path, monkeypatch):
    network.run(task(toy, tmp_path / 'both'))
    session, fetched = network._network.session, []
    run = session.run
    monkeypatch.setattr(
        session, 'run', lambda fetches, feed: fetched.append(set(fetches)) or run(fetches, feed)
    )
    made = network.run(task(toy, tmp_path / 'one', result=False, layers=LAYER))
    assert made.maps == [('a', LAYER)]
    # 2 x 3 x 3 windows of 12 x 14 x 16, and none for NiftyNet's sign to stop
    assert fetched == [{'activation_0'}] * len(fetched) and len(fetched) > 8
    assert not [name for name in os.listdir(str(tmp_path / 'one')) if 'window_seg' in name]
    assert [names[0] for names in network.layers] == [LAYER, 'conv_output_bn']
    assert 'conv_input_bn_relu/relu_acti_' in network.layers[0]  # it returns the same tensor


@pytest.mark.parametrize('large, where', [(1, 'large'), (1e9, 'small')])
def test_large_maps_go_elsewhere(toy, network, tmp_path, large, where):
    folders = {name: tmp_path / name for name in ('small', 'large')}
    more = dict(result=False, large_dir=str(folders['large']), large=large)
    made = network.run(task(toy, folders['small'], **more))
    assert made.folder == str(folders[where])
    assert 'activations.csv' in os.listdir(made.folder)


def test_layers_that_are_not_built_in(toy, network, tmp_path):
    with pytest.raises(SelectionError, match="^layers = 'no': .* are conv_input_bn_relu, conv_out"):
        network.run(task(toy, tmp_path, layers='no'))
