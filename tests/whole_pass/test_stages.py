# -*- coding: utf-8 -*-
"""What is told of a plan."""

import pytest

pytestmark = pytest.mark.slow
pytest.importorskip('niftynet')

from niftynet_activations.whole_pass.plan import Limits, Planner  # noqa: E402
from niftynet_activations.whole_pass.reading import read_reference  # noqa: E402
from niftynet_activations.whole_pass.stages import way_of  # noqa: E402
from whole_pass import little  # noqa: E402

ROOM = 1e9
SIZE = (64, 12)


def test_what_is_told():
    plan = Planner(*read_reference(little.builder(), SIZE)).plan(Limits(ROOM, ROOM, (1, 1)))
    way = way_of(plan, SIZE)
    assert way.work == plan.work and [each.windows for each in way.stages] == [[1, 1]] * 2
