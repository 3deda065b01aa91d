# -*- coding: utf-8 -*-
"""What is taken of the windows of a stage is each sample once, and from inside of the window."""

import numpy as np
import pytest

pytestmark = pytest.mark.slow
pytest.importorskip('niftynet')

from niftynet_activations.whole_pass.plan import Limits, Planner  # noqa: E402
from niftynet_activations.whole_pass.reading import read_reference  # noqa: E402
from niftynet_activations.whole_pass.stage_windows import shape_of, windows_of  # noqa: E402
from whole_pass import little  # noqa: E402

SIZE = (40, 12)


@pytest.mark.parametrize('part', [1, 0.5, 0.3])
def test_each_sample_is_taken_once(part):
    reference, period = read_reference(little.builder(), SIZE)
    planner = Planner(reference, period)
    roomy = planner.plan(Limits(1e9, 1e9, (1, 1)))
    plan = planner.plan(Limits(part * roomy.bytes, 1e9, (1, 1)))
    image = little.image_of(SIZE)
    tensors = dict(zip(('pool:0', 'conv_2:0'), little.run(little.builder(), image)))
    for stage in plan.stages:
        windows = list(windows_of(reference, stage))
        assert len(windows) == np.prod([len(axis.starts) for axis in stage.windows])
        for name in set(stage.stretch.outputs) & set(tensors):
            times = np.zeros(tensors[name].shape, int)
            shape = shape_of(reference, stage, name)
            assert len(windows) > 1 or shape == tensors[name].shape
            for window in windows:
                inside, place = window.outputs[name]
                times[place] += 1
                taken = np.zeros(shape)[inside]
                assert taken.shape == times[place].shape
            assert np.all(times == 1)
