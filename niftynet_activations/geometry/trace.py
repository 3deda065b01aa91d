# -*- coding: utf-8 -*-
"""
What is known of a tensor while the network is walked through.

- *trace*: the three axes of space with the dimensions they lie in, and what was met on the way;
- *parts*: inside a dilated block an axis is a tuple of parts, one for each place in the block, and
  in a block within a block each part is such a tuple; see ``meetings``;
- *stack*: what has gone into the batch, outermost first: blocks of space (a factor for each of the
  three axes), or copies made by ``tile`` (a number);
- *kind*: of a reason; one sentence is kept for each, that of the operation nearest the input.
"""

from typing import Any, Callable, NamedTuple, Optional, Sequence, Tuple, Union

from niftynet_activations.geometry.axis import AxisGeometry, voxels
from niftynet_activations.geometry.dimensions import (
    BATCH,
    PLAIN,
    Dimension,
    Dimensions,
    Factor,
    Shape,
    UnknownOperation,
    axes_in,
    plain,
    size_of,
)
from niftynet_activations.geometry.meetings import meet, weave
from niftynet_activations.geometry.transitions import repeat

Reasons = Tuple[Tuple[str, str], ...]  # (kind, sentence)


class Trace(
    NamedTuple(
        'Trace',
        [
            ('axes', Any),  # three axes, each an AxisGeometry or parts; None if not known
            ('dimensions', Dimensions),
            ('stack', Tuple[Union[int, Tuple[int, int, int]], ...]),
            ('reasons', Reasons),
            ('unknowns', Tuple[str, ...]),
        ],
    )
):
    """
    A tensor's trace. Without axes and unknowns it is *noise*: no image, but random numbers.
    """

    @property
    def is_noise(self) -> bool:
        """
        :return: whether nothing of the image is in it
        """
        return self.axes is None and not self.unknowns


Sources = Sequence[Optional[Trace]]  # None for a constant or a variable


def only_at(sources: Sources, place: int) -> Trace:
    """
    :return: the trace of that input, which is the only one that the image is in
    :raises UnknownOperation: if the image is in another one as well, or not in this one
    """
    trace = sources[place]
    if trace is None or sum(source is not None for source in sources) > 1:
        raise UnknownOperation('takes from the image what is fixed elsewhere')
    return trace


def trace_of_image(shape: Shape) -> Trace:
    """
    :param shape: (batch, x, y[, z], modality); all but the batch known
    :return: the trace of the network's input
    """
    spatial = [int(size or 0) for size in shape[1:-1]]
    axes = tuple(voxels(size) for size in (spatial + [1, 1])[:3])
    inner = tuple((Factor(number, size),) for number, size in enumerate(spatial))
    dimensions = ((Factor(BATCH, shape[0]),),) + inner + (plain(shape[-1]),)
    return Trace(axes, dimensions, (), (), ())


def unknown_trace(sentence: str) -> Trace:
    """
    :return: the trace of a tensor behind an operation that is not known
    """
    return Trace(None, (), (), (), (sentence,))


def noise_trace(reason: Tuple[str, str]) -> Trace:
    """
    :return: the trace of random numbers
    """
    return Trace(None, (), (), (reason,), ())


def on_parts(value: Any, change: Callable[..., Any], *options: Any) -> Any:
    """
    :param value: an axis or parts
    :param change: what to do with each axis
    :param options: its further arguments
    :return: the results in the same nesting
    """
    if isinstance(value, AxisGeometry):
        return change(value, *options)
    return tuple(on_parts(part, change, *options) for part in value)


def change_axis(trace: Trace, number: int, change: Callable[..., Any], *options: Any) -> Trace:
    """
    :param number: of the axis of space
    :param change: what happens to it
    :param options: its further arguments
    :return: the trace with that axis, and its dimension's size, changed
    """
    axes = list(trace.axes)
    axes[number] = on_parts(axes[number], change, *options)
    size = _any_part(axes[number]).size
    dimensions = tuple(
        tuple(Factor(number, size) if factor.role == number else factor for factor in dimension)
        for dimension in trace.dimensions
    )
    return trace._replace(axes=tuple(axes), dimensions=dimensions)


def join(traces: Sequence[Trace]) -> Tuple[Any, ...]:
    """
    :param traces: of tensors that meet
    :return: the three axes behind the meeting
    :raises UnknownOperation: if they are dilated differently
    """
    if any(trace.stack != traces[0].stack for trace in traces):
        raise UnknownOperation('joins tensors that are dilated differently')
    return tuple(_meet_parts([trace.axes[number] for trace in traces]) for number in range(3))


def resolved(trace: Trace) -> Trace:
    """
    :return: the trace with dimensions that hold an axis and something plain behind it, as
        subpixel upsampling makes them, taken as one longer axis
    """
    for position, dimension in enumerate(trace.dimensions):
        placed = [factor for factor in dimension if factor.size != 1]
        roles = [factor.role for factor in placed]
        if len(roles) > 1 and roles[0] in (0, 1, 2) and set(roles[1:]) == {PLAIN}:
            factor = size_of(tuple(placed[1:]))
            trace = trace._replace(dimensions=replaced(trace.dimensions, position, (placed[0],)))
            trace = change_axis(trace, roles[0], repeat, factor)
    return trace


def axis_at(trace: Trace, position: int) -> Optional[int]:
    """
    :param position: of a dimension that an operation treats as space
    :return: number of the axis there; None for a plain dimension
    :raises UnknownOperation: if anything else is in it
    """
    dimension = trace.dimensions[position]
    numbers = axes_in(dimension)
    if not numbers and all(factor.role == PLAIN for factor in dimension):
        return None
    if len(numbers) != 1 or size_of(dimension) != _any_part(trace.axes[numbers[0]]).size:
        raise UnknownOperation('treats a mixed dimension as space')
    return numbers[0]


def woven(trace: Trace, below: Sequence[int] = (0, 0, 0), above: Sequence[int] = (0, 0, 0)) -> Any:
    """
    :param below: samples cropped at the lower end of each axis
    :param above: at the upper end
    :return: the three axes after ``batch_to_space`` has undone the innermost block
    """
    return tuple(
        _weave_innermost(axis, below[number], above[number])
        for number, axis in enumerate(trace.axes)
    )


def replaced(dimensions: Dimensions, position: int, new: Dimension) -> Dimensions:
    """
    :return: the dimensions with the one at ``position`` replaced
    """
    listed = list(dimensions)
    listed[position] = new
    return tuple(listed)


def merged(first: Tuple, second: Tuple) -> Tuple:
    """
    :return: what either holds, each once, in order; of (kind, sentence) pairs one a kind
    """
    kept = list(first)
    keys = {_key(item) for item in first}
    for item in second:
        if _key(item) not in keys:
            keys.add(_key(item))
            kept.append(item)
    return tuple(kept)


def _key(item: Any) -> str:
    return item if isinstance(item, str) else item[0]


def _any_part(value: Any) -> AxisGeometry:
    while not isinstance(value, AxisGeometry):
        value = value[0]
    return value


def _meet_parts(values: Sequence[Any]) -> Any:
    if isinstance(values[0], AxisGeometry):
        return meet(values)
    return tuple(_meet_parts(parts) for parts in zip(*values))


def _weave_innermost(value: Any, below: int, above: int) -> Any:
    if isinstance(value[0], AxisGeometry):
        return weave(value, below, above)
    return tuple(_weave_innermost(part, below, above) for part in value)
