# -*- coding: utf-8 -*-
"""
``activation_segmentation = none``: the maps are those of any other run, and nothing else is made or
computed; and the other way round, the whole pass's segmentation without a map.
"""

import os

import pytest

pytestmark = pytest.mark.slow
pytest.importorskip('niftynet')

import numpy as np  # noqa: E402
import random_checkpoint  # noqa: E402
from inference_runs import maps, run_activations, segmentations  # noqa: E402
from niftynet.network.toynet import ToyNet  # noqa: E402
from toy_runs import LAYER, make_toy  # noqa: E402

from niftynet_activations.errors import GeometryError, OptionError  # noqa: E402

tf = random_checkpoint.tf
SHAPES = {'a': (17, 19, 23), 'b': (21, 18, 25)}
NONE = ('--activation_segmentation', 'none')
CHOSEN = ('--activation_layers', LAYER)


@pytest.fixture(scope='module')
def toy(tmp_path_factory):
    folder = tmp_path_factory.mktemp('none') / 'toy'
    return folder, make_toy(folder, SHAPES)


@pytest.fixture(scope='module')
def with_segmentation(toy, tmp_path_factory):
    """window_sampling -> the maps of a run that writes the segmentation too."""
    found = {}
    for sampling in ('uniform', 'resize'):
        folder = tmp_path_factory.mktemp(sampling)
        run_activations(toy[1], folder, *CHOSEN, '--window_sampling', sampling)
        assert len(segmentations(folder)) == 2
        found[sampling] = maps(folder)
    return found


@pytest.mark.parametrize('sampling', ['uniform', 'resize'])
@pytest.mark.parametrize('batch', [(), ('--batch_size', '2', '--smaller_final_batch_mode', 'drop')])
def test_maps_are_the_same(toy, with_segmentation, tmp_path, sampling, batch):
    out = tmp_path / 'out'
    folders = ('--save_seg_dir', str(out), '--activation_dir', str(tmp_path / 'maps'))
    words = CHOSEN + NONE + ('--window_sampling', sampling) + folders + batch
    run_activations(toy[1], out, *words)
    found, expected = maps(tmp_path / 'maps'), with_segmentation[sampling]
    assert not os.listdir(str(out))  # NiftyNet's aggregator makes it
    names = os.listdir(str(tmp_path / 'maps'))
    assert not [name for name in names if name.startswith(('window', 'inferred'))]
    assert sorted(found) == sorted(expected) and len(found) == 2
    for key, (image, info) in found.items():
        np.testing.assert_array_equal(image.dataobj, expected[key][0].dataobj)
        assert info['windows'] == expected[key][1]['windows'] and 'result' not in info


@pytest.fixture
def failing_end(monkeypatch):
    """What toynet returns cannot be computed."""
    layer_op = ToyNet.layer_op

    def fail(values):
        raise ValueError('the end of the network was computed')

    def broken(self, images, *args, **options):
        flow = layer_op(self, images, *args, **options)
        end = tf.py_func(fail, [flow], tf.float32)
        end.set_shape(flow.shape)
        return end

    monkeypatch.setattr(ToyNet, 'layer_op', broken)


@pytest.mark.parametrize('way', ['windows', 'whole'])
def test_nothing_behind_the_deepest_layer_is_computed(toy, tmp_path, failing_end, way):
    words = CHOSEN + ('--activation_pass', way)
    with pytest.raises((tf.errors.OpError, GeometryError), match='the end of the network'):
        run_activations(toy[1], tmp_path / 'with', *words)
    run_activations(toy[1], tmp_path / 'without', *words, *NONE)
    assert len(maps(tmp_path / 'without')) == 2


def test_what_is_complete_is_kept(toy, tmp_path, capfd):
    words = CHOSEN + NONE + ('--activation_existing', 'skip')
    run_activations(toy[1], tmp_path, *words)
    before = {name: os.stat(str(tmp_path / name)).st_mtime_ns for name in os.listdir(str(tmp_path))}
    capfd.readouterr()
    run_activations(toy[1], tmp_path, *words)
    assert capfd.readouterr().out.count('it is not read') == 2
    for name, time in before.items():
        if name.startswith('activation_'):
            assert os.stat(str(tmp_path / name)).st_mtime_ns == time
    assert 'inferred.csv' not in os.listdir(str(tmp_path))


def test_segmentation_of_the_whole_pass_without_a_map(toy, tmp_path):
    whole = ('--activation_pass', 'whole')
    run_activations(toy[1], tmp_path / 'with', *CHOSEN, *whole)
    run_activations(toy[1], tmp_path / 'without', '--activation_layers', 'none', *whole)
    assert segmentations(tmp_path / 'without') == segmentations(tmp_path / 'with')
    assert not maps(tmp_path / 'without')


@pytest.mark.parametrize(
    'options, message',
    [
        (CHOSEN + ('--activation_tables', 'segmentation'), 'activation_tables = segmentation'),
        (('--activation_layers', 'none'), 'leaves nothing to do'),
        (CHOSEN + ('--activation_segmentation', 'whole'), 'needs activation_pass = whole'),
    ],
)
def test_what_cannot_be_is_refused(toy, tmp_path, options, message):
    with pytest.raises(OptionError, match=message):
        run_activations(toy[1], tmp_path, *NONE, *options)
