# -*- coding: utf-8 -*-
"""
Passing parts of the wanted tensors on to the maps, each sample once: a stage that begins anew with
smaller windows, since memory was exhausted, passes on only the rest.
"""

from typing import Callable, Dict, List, Tuple

import numpy as np

Box = Tuple[slice, ...]
# takes a part of a target: its name, the first index on each dimension, the values
Sink = Callable[[str, Tuple[int, ...], np.ndarray], None]


class Emitter(object):
    """
    Passes parts on to a sink, each sample once.

    :param sink: takes the parts
    """

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self._now: Dict[str, List[Box]] = {}  # passed on since the stage began, or began anew
        self._before: Dict[str, List[Box]] = {}  # passed on by earlier attempts at this stage

    def begin(self) -> None:
        """A stage begins. Each target belongs to one stage, so that earlier boxes do not matter."""
        self._now, self._before = {}, {}

    def begin_anew(self) -> None:
        """The stage begins again, with other windows."""
        for name, boxes in self._now.items():
            self._before.setdefault(name, []).extend(boxes)
        self._now = {}

    def emit(self, name: str, place: Box, values: np.ndarray) -> None:
        """
        :param name: of a target
        :param place: a box of it, which overlaps no other box since the stage began, or began anew
        :param values: of the box
        """
        for box in without([place], self._before.get(name, [])):
            inside = tuple(
                slice(each.start - whole.start, each.stop - whole.start)
                for each, whole in zip(box, place)
            )
            self._sink(name, tuple(each.start for each in box), values[inside])
        self._now.setdefault(name, []).append(place)


def without(boxes: List[Box], others: List[Box]) -> List[Box]:
    """
    :param boxes: without overlap
    :param others: any
    :return: boxes without overlap that cover what lies in *boxes* and not in *others*
    """
    for other in others:
        boxes = [rest for box in boxes for rest in _without_one(box, other)]
    return boxes


def _without_one(box: Box, other: Box) -> List[Box]:
    shared = tuple(slice(max(a.start, b.start), min(a.stop, b.stop)) for a, b in zip(box, other))
    if any(each.start >= each.stop for each in shared):
        return [box]
    found, rest = [], list(box)
    for axis, both in enumerate(shared):
        # the parts below and above the shared range of this axis, within that of earlier axes
        for part in (slice(rest[axis].start, both.start), slice(both.stop, rest[axis].stop)):
            if part.start < part.stop:
                found.append(tuple(rest[:axis] + [part] + rest[axis + 1 :]))
        rest[axis] = both
    return found
