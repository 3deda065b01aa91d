# -*- coding: utf-8 -*-
"""What is computed for a task, and where its maps go."""

import gc
import os
import threading

import nibabel as nib
import numpy as np
import pytest

pytestmark = pytest.mark.slow
pytest.importorskip('niftynet')

from toy_runs import LAYER, image_path, make_toy  # noqa: E402

import niftynet_activations  # noqa: E402

niftynet_activations.app  # noqa: B018  registers the options

from niftynet_activations.application.built_network import Task  # noqa: E402
from niftynet_activations.application.resident import ResidentNetwork  # noqa: E402
from niftynet_activations.errors import InputError, OptionError, SelectionError  # noqa: E402

SHAPE = (20, 23, 25)


@pytest.fixture(scope='module')
def toy(tmp_path_factory):
    return make_toy(tmp_path_factory.mktemp('built') / 'toy', {'a': SHAPE})


@pytest.fixture(scope='module')
def network(toy):
    words = ['--activation_layers', LAYER + ',logits', '--activation_segmentation', 'none']
    with ResidentNetwork(toy, words) as made:
        yield made


def task(toy, **more):
    return Task('a', {'T1': image_path(os.path.dirname(toy), 'a')}, **more)


def test_only_what_is_wanted_is_fetched(toy, network, monkeypatch):
    network.run(task(toy))
    session, fetched = network._network.session, []
    run = session.run
    monkeypatch.setattr(
        session, 'run', lambda fetches, feed: fetched.append(set(fetches)) or run(fetches, feed)
    )
    (made,) = network.run(task(toy, layers=LAYER))
    assert (made.spec.subject, made.spec.layer) == ('a', LAYER)
    # 2 x 3 x 3 windows of 12 x 14 x 16, and none for NiftyNet's sign to stop
    assert fetched == [{'activation_0'}] * len(fetched) and len(fetched) > 8
    assert [names[0] for names in network.layers] == [LAYER, 'conv_output_bn']
    assert 'conv_input_bn_relu/relu_acti_' in network.layers[0]  # it returns the same tensor


@pytest.mark.parametrize('large, memory', [(1, False), (1e9, True)])
def test_large_maps_go_to_disk(toy, network, tmp_path, large, memory):
    made = network.run(task(toy, large_dir=str(tmp_path), large=large))
    for one in made:
        assert isinstance(one.values.beneath, np.memmap) != memory
    assert list(tmp_path.iterdir()) == []


def ours():
    return [each for each in threading.enumerate() if each.name.startswith('activations-')]


@pytest.mark.parametrize('closed', [True, False])
def test_threads_stay_while_the_network_does(toy, tmp_path, closed):
    before = ours()
    with open(str(tmp_path / 'no.nii'), 'wb') as stream:
        stream.write(b'no image')
    words = ['--activation_layers', LAYER, '--activation_segmentation', 'none']
    other, seen = ResidentNetwork(toy, words), []
    for given in ('a', 'a', 'no', 'a'):
        if given == 'no':
            with pytest.raises(InputError, match='no.nii'):
                other.run(Task('no', {'T1': str(tmp_path / 'no.nii')}))
        else:
            assert other.run(task(toy))
        seen.append([each for each in ours() if each not in before])
    # a second one starts where the first is still at work
    assert seen[0] and set(seen[0]) <= set(seen[1]) and len(seen[1]) <= 2
    if closed:
        other.close()
    else:
        del other
        gc.collect()
    assert ours() == before


def test_layers_that_are_not_built_in(toy, network):
    with pytest.raises(SelectionError, match="^layers = 'no': .* are conv_input_bn_relu, conv_out"):
        network.run(task(toy, layers='no'))


@pytest.mark.parametrize('layers', [('none', None), (LAYER, 'none')])
def test_no_layer_is_nothing_to_do(toy, layers):
    built, chosen = layers
    words = ['--activation_layers', built, '--activation_segmentation', 'none']
    with ResidentNetwork(toy, words) as other:
        with pytest.raises(OptionError, match='choose a layer'):
            other.run(task(toy, layers=chosen))


def test_maps_without_a_number_are_told_of(toy, network, tmp_path, caplog):
    path = image_path(os.path.dirname(toy), 'a')
    image = nib.load(path)
    values = np.full(image.shape, np.nan, np.float32)
    spoilt = str(tmp_path / 'spoilt.nii')
    nib.save(nib.Nifti1Image(values, image.affine), spoilt)
    network.run(task(toy))
    assert 'NaN throughout' not in caplog.text
    (one, other) = network.run(Task('x', {'T1': spoilt}))
    assert np.isnan(one.values).all() and np.isnan(other.values).all()
    expected = 'these maps are NaN throughout: {}, conv_output_bn: look for'.format(LAYER)
    assert expected in caplog.text
