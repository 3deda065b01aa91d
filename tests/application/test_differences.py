# -*- coding: utf-8 -*-
"""What the hooks of an application give where it has none of its own."""

from types import SimpleNamespace

import numpy as np
import pytest

pytestmark = pytest.mark.slow
pytest.importorskip('niftynet')

from niftynet_activations.application.differences import ApplicationDifferences  # noqa: E402


class Plain(ApplicationDifferences):
    """Has a section of its own, as an application whose options NiftyNet has read."""

    _own_parameters = ('net_param', 'action_param', 'data_param', 'eval_param')

    def __init__(self):
        self.net_param = SimpleNamespace(window_sampling='resize')
        self.action_param = SimpleNamespace()
        self.survival_param = SimpleNamespace(num_classes=4)


def test_the_section_of_the_application_is_found():
    plain = Plain()
    assert plain.activation_tasks() == ['survival_param']
    assert plain.activation_task() is plain.survival_param
    assert plain.activation_classes() == 4
    plain.survival_param = SimpleNamespace(rate=0.5)
    assert plain.activation_classes() is None


def test_a_resized_window_is_the_whole_image():
    assert Plain.activation_resizes(SimpleNamespace(window_sampling='resize'))
    assert not Plain.activation_resizes(SimpleNamespace(window_sampling='uniform'))


def test_inputs_that_are_joined_lie_behind_the_image():
    plain = Plain()
    data = {
        'image': np.zeros((3, 4, 5, 1, 2)),
        'guide': np.ones((3, 4, 5, 1, 1)),
        'other': np.full((3, 4, 5, 1, 1), 7),
    }
    assert plain.activation_volume(data).shape == (3, 4, 5, 1, 2)
    plain.activation_joined = ('guide',)
    assert plain.activation_volume(data)[0, 0, 0, 0].tolist() == [0, 0, 1]
