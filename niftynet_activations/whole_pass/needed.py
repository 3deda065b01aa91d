# -*- coding: utf-8 -*-
"""
Which windows of a plan have to be computed, where only a part of the wanted tensors is used (as
with ``activation_mask``).

They are found from the last stage backwards. A window is needed if a part of its outputs is used,
or is read by a needed window of a later stage, or goes into a reduction over the whole volume.
"""

from typing import Callable, Dict, List, NamedTuple, Sequence, Tuple

Box = Tuple[slice, ...]
# says whether a box of a wanted tensor is used; called with its name and its place in the volume
Used = Callable[[str, Box], bool]


class StageWindow(NamedTuple):
    """A window of a stage."""

    inputs: Dict[str, Box]  # tensor -> its box in the whole volume
    # tensor -> the part that is taken, in the window and in the volume
    outputs: Dict[str, Tuple[Box, Box]]


def needed_windows(
    stages: Sequence[Sequence[StageWindow]],
    reducing: Sequence[bool],
    targets: Sequence[str],
    used: Used,
) -> List[List[bool]]:
    """
    :param stages: the windows of each stage
    :param reducing: for each stage, whether it computes a reduction over the whole volume
    :param targets: wanted tensors
    :param used: whether a box of a wanted tensor is used
    :return: for each stage and window, whether it is needed
    """
    read: Dict[str, List[Box]] = {}  # what needed windows of later stages read
    found: List[List[bool]] = []
    for windows, reduces in zip(reversed(stages), reversed(reducing)):
        needed = [reduces or _is_needed(each, targets, used, read) for each in windows]
        for window, wanted in zip(windows, needed):
            if wanted:
                for name, box in window.inputs.items():
                    read.setdefault(name, []).append(box)
        found.append(needed)
    return found[::-1]


def _is_needed(
    window: StageWindow, targets: Sequence[str], used: Used, read: Dict[str, List[Box]]
) -> bool:
    for name, (_, place) in window.outputs.items():
        if any(each.start >= each.stop for each in place):
            continue
        if name in targets and used(name, place):
            return True
        if any(_meet(place, box) for box in read.get(name, ())):
            return True
    return False


def _meet(one: Box, other: Box) -> bool:
    return all(a.start < b.stop and b.start < a.stop for a, b in zip(one, other))
