# -*- coding: utf-8 -*-
"""
Where several axes become one: branches that meet, and the parts of a dilated axis.

- *branches* meet in a sum or a concatenation: sample i of the result depends on sample i of each;
- *parts* of an axis that ``space_to_batch`` has taken apart with block b: part r holds samples
  r, b + r, 2 b + r ...; weaving puts them in order again. Taking apart adds no stride to the
  period, whatever is done to the parts does.
"""

import math
from typing import List, Sequence, Tuple

import numpy as np

from niftynet_activations.errors import GeometryError
from niftynet_activations.geometry.axis import AxisGeometry, common_multiple, make_axis
from niftynet_activations.geometry.transitions import gather


def meet(branches: Sequence[AxisGeometry]) -> AxisGeometry:
    """
    The result sees what any branch sees. It lies where the branch with the smallest counting
    field lies, the first one of several; a branch of one sample that goes into all samples of the
    others makes it spanning and has no say.

    :param branches: at least one, of one size, or of one sample
    :return: the axis after the meeting
    :raises GeometryError: if the sizes differ otherwise
    """
    size = max(branch.size for branch in branches)
    if any(branch.size not in (1, size) for branch in branches):
        raise GeometryError(
            'branches with {} samples meet; expected equal sizes'.format(
                ' and '.join(str(branch.size) for branch in branches)
            )
        )
    period = common_multiple([branch.period for branch in branches])
    full = [branch for branch in branches if branch.size == size]
    spans = len(full) < len(branches) or any(branch.spans for branch in branches)
    local = [branch for branch in full if not branch.spans] or full
    leader = min(local, key=lambda branch: branch.counting_field)
    cycle = _common_cycle(leader, local)
    samples = np.arange(cycle)
    ends = [_moved_with(branch, leader, cycle) for branch in local]
    intervals = [
        np.min([first for first, _ in ends], axis=0),
        np.max([last for _, last in ends], axis=0),
    ] + list(leader.counting_interval(samples))
    return make_axis(leader.window, size, leader.spacing, intervals, period, spans)


def take_apart(axis: AxisGeometry, block: int, below: int, above: int) -> Tuple[AxisGeometry, ...]:
    """
    :param axis: before ``space_to_batch``
    :param block: the dilation factor
    :param below: padding before it, in samples
    :param above: padding behind it
    :return: the parts, one for each r below the block
    :raises GeometryError: if the block does not divide the padded axis
    """
    padded = axis.size + below + above
    if padded % block:
        raise GeometryError(
            'an axis of {} samples is dilated by {}; expected a multiple: '
            'take another spatial_window_size'.format(padded, block)
        )
    return tuple(gather(axis, padded // block, [[part - below]], block) for part in range(block))


def weave(parts: Sequence[AxisGeometry], below: int, above: int) -> AxisGeometry:
    """
    :param parts: of an axis, as many as the block
    :param below: samples cropped at the lower end of the result
    :param above: at the upper end
    :return: the axis in ordinary space
    """
    block = len(parts)
    turns = 1
    for part in parts:
        turns = turns * part.cycle // math.gcd(turns, part.cycle)
    samples = np.arange(turns * block) + below
    turn, number = np.divmod(samples, block)
    intervals = [[int(_ends(parts[n])[row](t)) for t, n in zip(turn, number)] for row in range(4)]
    return make_axis(
        parts[0].window,
        parts[0].size * block - below - above,
        parts[0].spacing / block,
        intervals,
        common_multiple([part.period for part in parts]),
        any(part.spans for part in parts),
    )


def _ends(axis: AxisGeometry) -> List:
    plain = axis._replace(spans=False)
    return [
        lambda t: plain.interval(t)[0],
        lambda t: plain.interval(t)[1],
        lambda t: plain.counting_interval(t)[0],
        lambda t: plain.counting_interval(t)[1],
    ]


def _common_cycle(leader: AxisGeometry, branches: Sequence[AxisGeometry]) -> int:
    cycle = leader.cycle
    for branch in branches:
        if branch.spacing == leader.spacing:
            cycle = cycle * branch.cycle // math.gcd(cycle, branch.cycle)
    return cycle


def _moved_with(branch: AxisGeometry, leader: AxisGeometry, cycle: int):
    """
    A branch of another stride (resized by no whole ratio) drifts against the leader: its interval
    is then the hull of those it has over the window, which is not exact in any case.
    """
    plain = branch._replace(spans=False)
    if branch.spacing == leader.spacing:
        return plain.interval(np.arange(cycle))
    samples = np.arange(-(-branch.size // cycle) * cycle)
    moved = (samples // cycle) * int(leader.spacing * cycle)
    first, last = plain.interval(samples)
    return (
        (first - moved).reshape(-1, cycle).min(axis=0),
        (last - moved).reshape(-1, cycle).max(axis=0),
    )
