# -*- coding: utf-8 -*-
"""What is decided before the windows of an image whose maps are held."""

import os

import pytest

pytestmark = pytest.mark.slow
pytest.importorskip('niftynet')

from toy_runs import LAYER, image_path, make_toy  # noqa: E402

import niftynet_activations  # noqa: E402

niftynet_activations.app  # noqa: B018  registers the options

from niftynet_activations.application.resident import ResidentNetwork, Task  # noqa: E402
from niftynet_activations.errors import OptionError  # noqa: E402

SHAPE = (20, 23, 25)


@pytest.fixture(scope='module')
def toy(tmp_path_factory):
    return make_toy(tmp_path_factory.mktemp('planning') / 'toy', {'a': SHAPE})


def planned(toy, *words):
    """What is planned for the subject of the toy."""
    begin = ['--activation_layers', LAYER, '--activation_segmentation', 'none']
    with ResidentNetwork(toy, begin + list(words)) as network:
        network.run(Task('a', {'T1': image_path(os.path.dirname(toy), 'a')}))
        built = network._network
        built.application.activation_begin(built._settings)
        return built.application.activation_hold(built._facts, None)


@pytest.mark.parametrize('grid, lattice', [('niftynet', 0), ('aligned', 1)])
def test_windows(toy, grid, lattice):
    found = planned(toy, '--activation_grid', grid)
    assert found.whole is None and len(found.alignments) == lattice
    # toynet's first layers keep the size: a number for each voxel and channel
    assert found.run.bytes == 4 * 20 * 23 * 25 * 10


def test_a_whole_pass(toy):
    found = planned(toy, '--activation_pass', 'whole')
    assert found.whole is not None and found.whole.steps >= 1
    assert found.run.bytes == 4 * 20 * 23 * 25 * 10


def test_memory_that_does_not_suffice(toy):
    with pytest.raises(OptionError, match='activation_memory'):
        planned(toy, '--activation_memory', '1e-5')
