# -*- coding: utf-8 -*-
"""A plan that is run gives what one direct pass gives, each sample once."""

import numpy as np
import pytest

pytestmark = pytest.mark.slow
pytest.importorskip('niftynet')

from niftynet_activations.errors import GeometryError  # noqa: E402
from niftynet_activations.whole_pass.execution import Execution  # noqa: E402
from niftynet_activations.whole_pass.networks import StageNetworks  # noqa: E402
from niftynet_activations.whole_pass.plan import Limits, Planner  # noqa: E402
from niftynet_activations.whole_pass.reading import read_reference  # noqa: E402
from whole_pass import little  # noqa: E402

SIZE = (40, 12)
NAMES = ('pool:0', 'conv_2:0')


def make(part, told=None, build=None, sink=None):
    """
    :return: an execution on windows that take a part of the memory, the parts that it gives, and
        the number of windows
    """
    reference, period = read_reference(little.builder(), SIZE)
    planner = Planner(reference, period)
    roomy = planner.plan(Limits(1e9, 1e9, (1, 1)))
    plan = planner.plan(Limits(part * roomy.bytes, 1e9, (1, 1)))
    build = build or little.builder()
    networks = StageNetworks(reference, build, little.WEIGHTS.__getitem__)
    parts = []
    sink = sink or (lambda *each: parts.append(each))
    count = sum(int(np.prod([len(a.starts) for a in s.windows])) for s in plan.stages)
    return Execution(reference, plan, networks, sink, None, told), parts, count


@pytest.mark.parametrize('part', [1, 0.5, 0.3])
def test_it_equals_a_direct_pass(part):
    done = []
    execution, parts, count = make(part, lambda *each: done.append(each))
    image = little.image_of(SIZE)
    assert execution.run(image) == {}
    for name, expected in zip(NAMES, little.run(little.builder(), image)):
        found, times = np.zeros_like(expected), np.zeros(expected.shape, int)
        for _, corner, values in (each for each in parts if each[0] == name):
            box = tuple(slice(a, a + n) for a, n in zip(corner, values.shape))
            found[box] = values
            times[box] += 1
        assert np.all(times == 1)
        assert np.allclose(found, expected, atol=1e-5)
    # each window is told with its stage's number and how many stages there are
    stages = done[0][1]
    assert [stage for stage, _ in done] == sorted(stage for stage, _ in done)
    assert {stage for stage, _ in done} == set(range(1, stages + 1))
    assert len(done) == count and (count > 2) == (part < 1)


def test_a_sink_that_fails_ends_the_pass_and_lets_everything_go():
    def fails(*_):
        raise OSError('no space')

    execution, _, _ = make(0.5, sink=fails)
    with pytest.raises(OSError, match='no space'):
        execution.run(little.image_of(SIZE))
    assert execution._stores == {}


def test_another_network_than_the_planned_one_is_an_error():
    execution, _, _ = make(0.5)
    execution._plan.stages[0] = execution._plan.stages[0]._replace(
        windows=tuple(
            axis._replace(size=axis.size - 2) for axis in execution._plan.stages[0].windows
        )
    )
    execution._shape = lambda stage, name: (0,)
    with pytest.raises((GeometryError, IndexError)):
        execution.run(little.image_of(SIZE))
