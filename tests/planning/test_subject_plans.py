# -*- coding: utf-8 -*-
"""The plans of a real run's subjects, looked at before the first window."""

import numpy as np
import pytest

pytestmark = pytest.mark.slow
pytest.importorskip('niftynet')

from inference_runs import run_activations  # noqa: E402
from toy_runs import AFFINE, LAYER, SHAPES, make_toy  # noqa: E402

from niftynet_activations.application import preparation  # noqa: E402
from niftynet_activations.planning.plan import MapPlan  # noqa: E402


@pytest.fixture
def plans(tmp_path, monkeypatch):
    """Subject -> its plan."""
    found = {}

    def note(*arguments):
        plan = planned(*arguments)
        # judging the maps fills in what belongs to the plan, so that it is looked at as it was
        found[plan.name] = plan._replace(maps=list(plan.maps))
        return plan

    planned = preparation.plan_subject
    monkeypatch.setattr(preparation, 'plan_subject', note)
    words = ['--activation_layers', LAYER + ',logits', '--activation_channels', LAYER + '=1,4']
    run_activations(make_toy(tmp_path / 'toy'), tmp_path / 'out', *words)
    return found


def test_each_subject_has_a_plan_for_each_layer(plans):
    assert sorted(plans) == sorted(SHAPES)
    for name, plan in plans.items():
        assert [type(each) for each in plan.maps] == [MapPlan, MapPlan]
        (features, logits), shape = plan.maps, SHAPES[name]
        assert (features.spec.layer, features.spec.channels) == (LAYER, (1, 4))
        assert (logits.spec.layer, logits.spec.channels) == ('conv_output_bn', (0, 1, 2))
        assert features.key != logits.key
        assert {each.spec.subject for each in plan.maps} == {name}
        assert features.spec.shape_xyz == shape
        np.testing.assert_allclose(features.spec.affine, AFFINE, atol=1e-6)
        # windows of 12, 14 and 16 run over the volume with its padding of 2 on each side
        ends = [starts[-1] + size for starts, size in zip(plan.starts, (12, 14, 16))]
        assert ends == [size + 4 for size in shape]
        assert [starts[0] for starts in plan.starts] == [0, 0, 0]


def test_what_a_map_s_values_depend_on_is_its_own(plans):
    settings = [each.spec.settings for plan in plans.values() for each in plan.maps]
    assert len(set(settings)) == len(settings)
    infos = [each.info for plan in plans.values() for each in plan.maps]
    assert {info['network'] for info in infos} == {'toynet'}
    assert {len(info['source_images']) for info in infos} == {1}
