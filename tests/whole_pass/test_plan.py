# -*- coding: utf-8 -*-
"""The cheapest way through the little network under limits."""

import pytest

pytestmark = pytest.mark.slow
pytest.importorskip('niftynet')

from niftynet_activations.errors import GeometryError  # noqa: E402
from niftynet_activations.whole_pass.memory import StepWeights, needs  # noqa: E402
from niftynet_activations.whole_pass.plan import (  # noqa: E402
    Limits,
    Planner,
    window_bytes,
)
from niftynet_activations.whole_pass.reading import read_reference  # noqa: E402
from niftynet_activations.whole_pass.stages import MEMORY, SCRATCH  # noqa: E402
from whole_pass import little  # noqa: E402

ROOM = 1e9
SIZE = (64, 12)


def planner(**settings):
    return Planner(*read_reference(little.builder(**settings), SIZE))


def limits(memory, scratch=ROOM):
    return Limits(memory, scratch, (1, 1))


def test_one_window_and_no_cut_where_there_is_room():
    plan = planner(centred=False).plan(limits(ROOM))
    assert len(plan.stages) == 1 and plan.kept == {} and plan.work == pytest.approx(1)
    assert [axis.size for axis in plan.stages[0].windows] == list(SIZE)


def test_less_memory_costs_more_work_and_is_kept():
    one = planner(centred=False)
    roomy = one.plan(limits(ROOM))
    tight = one.plan(limits(roomy.bytes / 2))
    assert tight.bytes <= roomy.bytes / 2 and tight.work > 1
    assert sum(len(stage.windows[0].starts) for stage in tight.stages) > 1


def test_a_mean_over_space_takes_two_stages():
    plan = planner().plan(limits(ROOM))
    assert len(plan.stages) == 2 and set(plan.kept.values()) == {MEMORY}
    assert plan.stages[0].stretch.reductions == plan.stages[1].stretch.numbers == ('mean:0',)


def test_what_crosses_goes_to_scratch_files_where_memory_is_short():
    """The memory that is left of the limit holds the windows, and not what crosses beside them."""
    one = planner()
    memory = one.plan(limits(ROOM)).bytes
    plans = []
    while True:
        memory *= 0.9
        try:
            plans.append(one.plan(limits(memory)))
        except GeometryError:
            break
    assert any(SCRATCH in plan.kept.values() and plan.scratch > 0 for plan in plans)
    with pytest.raises(GeometryError, match='does not fit into activation_memory'):
        one.plan(limits(memory))
    with pytest.raises(GeometryError, match='does not fit into activation_memory'):
        one.plan(limits(plans[-1].bytes, scratch=0))
    with pytest.raises(GeometryError, match='activation_memory, which leaves nothing for the net'):
        one.plan(limits(-1e7))


def test_two_more_parts_are_held_beside_a_window():
    reference, _ = read_reference(little.builder(centred=False), SIZE)
    stage = Planner(reference, (2, 2)).plan(limits(ROOM)).stages[0]
    need = needs(reference, stage.stretch, StepWeights(reference))
    held = stage.bytes - need.weights
    assert held == window_bytes(need) >= need.peak + need.fed + need.fetched
