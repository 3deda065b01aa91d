# -*- coding: utf-8 -*-
"""
The windows of a stage as boxes of tensors: the boxes that a window reads, and the part of its
outputs that is used.
"""

import itertools
from typing import Iterator, List, Optional, Sequence, Tuple

from niftynet_activations.whole_pass.cuts import Reference
from niftynet_activations.whole_pass.needed import StageWindow
from niftynet_activations.whole_pass.places import shape_at
from niftynet_activations.whole_pass.stages import Stage
from niftynet_activations.whole_pass.windows import owned

# For a dimension of a tensor: for each window the first index that is taken from it and the one
# behind the last; and the axis of the volume that the dimension follows.
Taken = Tuple[List[Tuple[int, int]], int]


def shape_of(reference: Reference, stage: Stage, name: str) -> Tuple[int, ...]:
    """
    :param reference: the graph that was planned
    :param stage: of the plan
    :param name: of a tensor of the stage
    :return: the tensor's shape in a window of the stage, the batch axis included
    """
    shape, place = reference.flow.tensors[name].shape, reference.places[name]
    if place is None:
        return shape
    shorter = {
        axis: size - window.size
        for axis, (size, window) in enumerate(zip(reference.size, stage.windows))
    }
    return shape_at(place, shape, shorter)


def windows_of(reference: Reference, stage: Stage) -> Iterator[StageWindow]:
    """
    :param reference: the graph that was planned
    :param stage: of the plan
    :return: all windows of the stage, the last axis running fastest
    """
    numbers = [range(len(axis.starts)) for axis in stage.windows]
    runs = {name: _runs(reference, stage, name) for name in stage.stretch.outputs}
    for at in itertools.product(*numbers):
        starts = [axis.starts[number] for axis, number in zip(stage.windows, at)]
        inputs = {name: _box(reference, stage, name, starts) for name in stage.stretch.inputs}
        outputs = {}
        for name in stage.stretch.outputs:
            if _comes_again(reference, name, at):
                nothing = (slice(0, 0),) * len(reference.flow.tensors[name].shape)
                outputs[name] = (nothing, nothing)
                continue
            whole = _box(reference, stage, name, starts)
            inside, place = [], []
            for dimension, box in enumerate(whole):
                run = runs[name][dimension]
                first, last = (box.start, box.stop) if run is None else run[0][at[run[1]]]
                place.append(slice(first, last))
                inside.append(slice(first - box.start, last - box.start))
            outputs[name] = (tuple(inside), tuple(place))
        yield StageWindow(inputs, outputs)


def _comes_again(reference: Reference, name: str, at: Sequence[int]) -> bool:
    """
    Whether an earlier window has given the same part of a tensor: along an axis that it does not
    follow, as where an image is resized to a fixed size, each window gives the same.
    """
    followed = {along.axis for along in reference.places[name] or () if along is not None}
    return any(number > 0 and axis not in followed for axis, number in enumerate(at))


def _runs(reference: Reference, stage: Stage, name: str) -> List[Optional[Taken]]:
    """For each dimension the indices taken from each window, and its axis; None for whole ones."""
    shape, place = reference.flow.tensors[name].shape, reference.places[name]
    sizes = shape_of(reference, stage, name)
    found: List[Optional[Taken]] = []
    for dimension, along in enumerate(place or [None] * len(shape)):
        if along is None:
            found.append(None)
            continue
        starts = [along.indices(each) for each in stage.windows[along.axis].starts]
        valid = stage.stretch.valid[name][along.axis]
        runs = owned(starts, sizes[dimension], valid, shape[dimension])
        found.append((runs, along.axis))
    return found


def _box(reference: Reference, stage: Stage, name: str, starts: Sequence[int]) -> Tuple[slice, ...]:
    """A window's part of a tensor of the whole volume."""
    place = reference.places[name]
    sizes = shape_of(reference, stage, name)
    box = []
    for along, size in zip(place or [None] * len(sizes), sizes):
        first = 0 if along is None else along.indices(starts[along.axis])
        box.append(slice(first, first + size))
    return tuple(box)
