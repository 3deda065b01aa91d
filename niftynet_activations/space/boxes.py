# -*- coding: utf-8 -*-
"""
Boxes (axis-aligned blocks) of a volume, and how a volume that is covered axis by axis falls into
boxes.

- *flags*: (n,) bool for one axis, True where something covers it; a sample of the volume is
  covered where the flags of all axes are True;
- *box*: a corner (the lowest index on each axis) and a shape.
"""

from typing import List, NamedTuple, Sequence, Tuple

import numpy as np


class Box(NamedTuple):
    """A part of an array."""

    corner: Tuple[int, ...]  # the lowest index on each axis
    shape: Tuple[int, ...]


def true_runs(flags: np.ndarray) -> List[Tuple[int, int]]:
    """
    :param flags: (n,) bool
    :return: (first, count) of each run of True
    """
    edges = np.flatnonzero(np.diff(np.concatenate([[False], flags, [False]]).astype(np.int8)))
    return [(int(first), int(end - first)) for first, end in zip(edges[::2], edges[1::2])]


def covered_boxes(flags: Sequence[np.ndarray]) -> List[Box]:
    """
    :param flags: for each axis
    :return: boxes without overlap that hold all covered samples
    """
    boxes = [Box((), ())]
    for along_axis in flags:
        boxes = [
            Box(box.corner + (first,), box.shape + (count,))
            for box in boxes
            for first, count in true_runs(along_axis)
        ]
    return boxes


def missing_boxes(flags: Sequence[np.ndarray]) -> List[Box]:
    """
    :param flags: for each axis
    :return: boxes without overlap that hold all samples that are not covered
    """
    boxes = []
    for axis, along_axis in enumerate(flags):
        rest = tuple(len(each) for each in flags[axis + 1 :])
        for before in covered_boxes(flags[:axis]):
            boxes += [
                Box(before.corner + (first,) + (0,) * len(rest), before.shape + (count,) + rest)
                for first, count in true_runs(~along_axis)
            ]
    return boxes


def slabs(box: Box, limit: int) -> List[Box]:
    """
    Cut a box into smaller ones, across its last axis first.

    :param box: any
    :param limit: samples that a slab (one of the smaller boxes) may hold; a row along the first
        axis is never cut
    :return: slabs without overlap, in the order of their last axis
    """
    if int(np.prod(box.shape)) <= limit or len(box.shape) == 1:
        return [box]
    across = int(np.prod(box.shape[:-1]))
    step = max(limit // across, 1)
    found = []
    for first in range(0, box.shape[-1], step):
        count = min(step, box.shape[-1] - first)
        for part in slabs(Box(box.corner[:-1], box.shape[:-1]), max(limit // count, 1)):
            corner = part.corner + (box.corner[-1] + first,)
            found.append(Box(corner, part.shape + (count,)))
    return found


def place_of(box: Box) -> Tuple[slice, ...]:
    """
    :param box: any
    :return: slices, one for each axis, that take the box out of an array
    """
    return tuple(slice(first, first + count) for first, count in zip(box.corner, box.shape))
