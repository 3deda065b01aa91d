# -*- coding: utf-8 -*-
"""
What a plan of a whole pass holds: its stages, and what is kept from one to the next.
"""

from typing import Dict, List, NamedTuple, Sequence, Tuple

from niftynet_activations.planning.outline import WHOLE, StageOutline, Way
from niftynet_activations.whole_pass.cuts import Stretch
from niftynet_activations.whole_pass.windows import AxisWindows

MEMORY, SCRATCH = 'memory', 'scratch'


class Stage(NamedTuple):
    """One way over the volume."""

    stretch: Stretch
    windows: Tuple[AxisWindows, ...]
    bytes: float  # foreseen, of one window and the stage's weights
    seconds: float
    work: float  # windows together, as a multiple of the volume


class Plan(NamedTuple):
    """What a whole pass will do."""

    stages: List[Stage]
    kept: Dict[str, str]  # tensor that crosses a cut -> MEMORY or SCRATCH
    work: float  # as a multiple of one direct pass
    bytes: float  # foreseen at the peak, OVERHEAD aside
    scratch: int  # bytes in scratch files at the peak
    turn: int = 0  # stages that are done once, where the others are repeated


def way_of(plan: Plan, size: Sequence[int]) -> Way:
    """
    :param plan: a plan
    :param size: of the volume, voxels
    :return: what is told of it
    """
    stages = [
        StageOutline(
            [len(axis.starts) for axis in stage.windows],
            [axis.size for axis in stage.windows],
            stage.work,
        )
        for stage in plan.stages
    ]
    return Way(WHOLE, [], list(size), stages, plan.work, int(plan.bytes), plan.scratch)
