# -*- coding: utf-8 -*-
"""An application stands behind its fed building, but for the steps that make the graph."""

import os

import pytest

pytestmark = pytest.mark.slow
pytest.importorskip('niftynet')

from toy_runs import LAYER, image_path, make_toy  # noqa: E402

import niftynet_activations  # noqa: E402

niftynet_activations.app  # noqa: B018  registers the options

from niftynet_activations.application.fed_building import FedBuilding  # noqa: E402
from niftynet_activations.application.resident import ResidentNetwork, Task  # noqa: E402


def test_what_is_asked_of_it_is_asked_of_the_application():
    class Application:
        action = 'inference'

        def stop(self):
            return 'stopped'

    building = FedBuilding(Application())
    assert (building.action, building.stop(), building.facts) == ('inference', 'stopped', None)
    with pytest.raises(AttributeError):
        _ = building.no_such_thing


def test_windows_are_placeholders_and_no_queue_is_made(tmp_path):
    config = make_toy(tmp_path / 'toy', {'a': (8, 10, 12)})
    words = ['--activation_layers', LAYER, '--activation_segmentation', 'none']
    with ResidentNetwork(config, words) as network:
        network.run(Task('a', {'T1': image_path(tmp_path / 'toy', 'a')}))
        built = network._network
        operations = built.session.graph.get_operations()
        types = {each.type for each in operations}
        (fed,) = built._fed
        assert sorted(fed) == ['image', 'image_location']
        assert tuple(fed['image'].shape.as_list()) == (1, 12, 14, 16, 1, 1)
    assert not [name for name in types if 'Iterator' in name or 'Queue' in name]
    assert os.listdir(str(tmp_path)) == ['toy']
