# -*- coding: utf-8 -*-
"""
The plan of a whole pass: its stages, and where tensors are kept from one stage to the next.
"""

from typing import Dict, List, NamedTuple, Sequence, Tuple

from niftynet_activations.planning.outline import WHOLE, StageOutline, Way
from niftynet_activations.space.sizes import as_product
from niftynet_activations.whole_pass.cuts import Reference, Stretch
from niftynet_activations.whole_pass.windows import AxisWindows

MEMORY, SCRATCH = 'memory', 'scratch'
GIB = float(1 << 30)


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


def no_plan(reference: Reference, memory: float, scratch: float) -> str:
    """
    :param reference: the graph
    :param memory: bytes that are left for the network
    :param scratch: bytes that are left for scratch files
    :return: a sentence: the pass does not fit, why that may be, and what helps
    """
    left = 'which leaves nothing for the network'
    if memory > 0:
        left = '{:.2g} GiB of it are left for the network, {:.2g} of disk'.format(
            memory / GIB, scratch / GIB
        )
    fixed = [str(size) for size, by in zip(reference.size, reference.by) if not by]
    return (
        'activation_pass = whole: a pass over {} voxels does not fit into activation_memory, '
        '{}{}: raise it, choose layers that lie less deep, or activation_pass = windows'.format(
            as_product(reference.size),
            left,
            ' (the network takes nothing longer than {}: no window is shorter there)'.format(
                ' and '.join(fixed)
            )
            if fixed
            else '',
        )
    )
