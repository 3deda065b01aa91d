# -*- coding: utf-8 -*-
"""What plans need of a network is worked out once."""

import pytest

pytestmark = pytest.mark.slow
pytest.importorskip('niftynet')

from toy_runs import LAYER, image_path, make_toy  # noqa: E402

import niftynet_activations  # noqa: E402

niftynet_activations.app  # noqa: B018  registers the options

from niftynet_activations.application import network_facts  # noqa: E402
from niftynet_activations.application.resident import ResidentNetwork, Task  # noqa: E402

WORK = ('graph_digests', 'LayerGeometries', 'ReferenceShapes', 'WholePasses')


@pytest.mark.parametrize('mode', ['windows', 'whole'])
def test_once_for_many_subjects(tmp_path, monkeypatch, mode):
    config = make_toy(tmp_path / 'toy', {'a': (20, 23, 25), 'b': (17, 30, 21)})
    done = []

    def counted(name, original):
        return lambda *given, **named: done.append(name) or original(*given, **named)

    for name in WORK:
        monkeypatch.setattr(network_facts, name, counted(name, getattr(network_facts, name)))
    words = ['--activation_layers', LAYER, '--activation_pass', mode]
    words += ['--activation_segmentation', 'none']
    with ResidentNetwork(config, words) as network:
        for subject in 'aba':
            files = {'T1': image_path(tmp_path / 'toy', subject)}
            (made,) = network.run(Task(subject, files))
            assert made.spec.layer == LAYER
    assert sorted(done) == sorted(WORK[1:] if mode == 'whole' else WORK[:-1])
