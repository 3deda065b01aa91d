# -*- coding: utf-8 -*-
"""
The plan of a whole pass: its stages, and where tensors are kept from one stage to the next.
"""

from typing import Dict, List, NamedTuple, Sequence, Tuple

from niftynet_activations.planning.outline import WHOLE, StageOutline, Way
from niftynet_activations.whole_pass.cuts import Stretch
from niftynet_activations.whole_pass.windows import AxisWindows

MEMORY, SCRATCH = 'memory', 'scratch'


class Stage(NamedTuple):
    """A stretch of the network that is run over the volume window by window."""

    stretch: Stretch
    windows: Tuple[AxisWindows, ...]
    bytes: float  # predicted memory of one window and the stage's weights
    seconds: float  # predicted time
    work: float  # size of all windows together, as a multiple of the volume


class Plan(NamedTuple):
    """The stages of a whole pass."""

    stages: List[Stage]
    kept: Dict[str, str]  # tensor that crosses a cut -> MEMORY or SCRATCH
    work: float  # as a multiple of one direct pass
    bytes: float  # predicted peak of memory, without OVERHEAD
    scratch: int  # predicted peak of scratch files, bytes
    turn: int = 0  # number of the first stage that is repeated in a sweep; 0: no sweep


def way_of(plan: Plan, size: Sequence[int]) -> Way:
    """
    :param plan: a plan
    :param size: of the volume, voxels
    :return: its description, for log and outline
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
