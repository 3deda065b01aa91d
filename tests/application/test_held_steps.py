# -*- coding: utf-8 -*-
"""Of which layers maps are held, and what takes the windows of the next image."""

import os

import numpy as np
import pytest

pytestmark = pytest.mark.slow
pytest.importorskip('niftynet')

from toy_runs import LAYER, image_path, make_toy  # noqa: E402

import niftynet_activations  # noqa: E402

niftynet_activations.app  # noqa: B018  registers the options

from niftynet_activations.application.resident import ResidentNetwork, Task  # noqa: E402
from niftynet_activations.store.nameless import NamelessArrays  # noqa: E402

WINDOW = (12, 14, 16)


@pytest.fixture(scope='module')
def built(tmp_path_factory):
    """
    :return: a network that has run one image of the size of its window
    """
    config = make_toy(tmp_path_factory.mktemp('held') / 'toy', {'a': (8, 10, 12)})
    words = ['--activation_layers', LAYER + ',logits', '--activation_segmentation', 'none']
    with ResidentNetwork(config, words) as network:
        network.run(Task('a', {'T1': image_path(os.path.dirname(config), 'a')}))
        yield network._network


@pytest.mark.parametrize('number', [None, 0, 1])
def test_the_layers_with_these_keys_are_fetched(built, number):
    application, facts = built.application, built._facts
    all_keys = [layer.key for layer in facts.layers]
    assert len(all_keys) == 2
    keys = all_keys if number is None else [all_keys[number]]
    application.activation_begin(built._settings)
    planned = application.activation_hold(facts, None if number is None else keys)
    assert planned.run.keys == set(keys) == set(application.activation_fetches())


def test_another_run_takes_the_windows_from_then_on(built):
    application, facts = built.application, built._facts
    application.activation_begin(built._settings)
    planned = application.activation_hold(facts, [facts.layers[0].key])
    first, second = (planned.run.again(name, NamelessArrays()) for name in 'ab')
    (key,) = application.activation_fetches()
    channels = facts.layers[0].fetched.shape.as_list()[-1]
    values = np.ones((1,) + WINDOW + (channels,), np.float32)
    window = {key: values, application.activation_location: np.array([[0] * 4 + list(WINDOW)])}
    with first, second:
        application.activation_use(first)
        application.activation_use(second)
        application.activation_take(window)
        (made,) = second.finish()
    assert made.spec.subject == 'b' and np.all(np.asarray(made.values) == 1)
    assert made.values.shape == (8, 10, 12, channels)  # without the volume padding
