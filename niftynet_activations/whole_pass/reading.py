# -*- coding: utf-8 -*-
"""
Read the reference graph: the network built on the whole volume, which is never run.

The network is also built on a longer volume, to see which tensors grow with the volume as expected,
and where the network does something else on another size.
"""

from typing import Callable, Dict, List, Optional, Sequence, Set, Tuple

import numpy as np

from niftynet_activations.errors import OptionError
from niftynet_activations.geometry.axis import AxisGeometry
from niftynet_activations.geometry.graph import StateReader
from niftynet_activations.geometry.state import State, window_state
from niftynet_activations.hints import Graph, Node, Tensor
from niftynet_activations.whole_pass.cuts import Reference, Stretch
from niftynet_activations.whole_pass.flow import Flow, Step, read_flow
from niftynet_activations.whole_pass.places import Place, place_of
from niftynet_activations.whole_pass.reductions import REDUCTION
from niftynet_activations.whole_pass.sizes import numbers_of, with_fixed_shapes, with_numbers

# Builds the network in a graph of its own: sizes of the spatial axes -> its input, and the wanted
# tensors, always in the same order. Raises OptionError where the network refuses the size.
Build = Callable[[Sequence[int]], Tuple[Tensor, List[Tensor]]]
# by how many periods the longer volume is longer; what a network's code asks of a size, such as a
# multiple of 32, need not be seen in its period
PERIODS = tuple(range(1, 13)) + (16, 24, 32, 48, 64, 96)


def read_reference(
    build: Build, size: Sequence[int], streams: bool = True
) -> Tuple[Reference, Tuple[int, ...]]:
    """
    :param build: of the network
    :param size: of the reference volume, voxels on the network's spatial axes
    :param streams: see :func:`niftynet_activations.whole_pass.flow.read_flow`
    :return: the reference graph, and the period of windows on each axis, in voxels: windows start
        on multiples of it, and are shorter than the volume by multiples of it. It is the volume's
        size on an axis along which the network takes no longer volume
    :raises OptionError: if the network refuses that size
    """
    image, targets = build(size)
    flow = read_flow(image, targets, streams)
    periods = _periods(flow, len(size))
    longer, by = _longer(build, size, periods, image)
    places, uneven = _follow(flow, longer, by)
    nodes, other = nodes_of(image.graph), nodes_of(longer.graph)
    numbers = numbers_of(flow, image.graph, longer.graph, _varying(nodes, other))
    for number in numbers.unclear:
        uneven[number] = set(range(len(size)))
    nodes, other = (with_numbers(each, numbers.links) for each in (nodes, other))
    reference = Reference(
        image.graph,
        tuple(size),
        flow,
        places,
        uneven,
        numbers.links,
        nodes,
        other,
        _varying(nodes, other),
        tuple(each.name for each in targets),
        tuple(by),
    )
    return reference, tuple(more or total for more, total in zip(by, size))


def differing_on(
    reference: Reference, stretch: Stretch, window: Sequence[int], image: Tensor
) -> Dict[int, Set[int]]:
    """
    :param reference: the graph
    :param stretch: of its steps
    :param window: size of a window, voxels
    :param image: the input of the network built on the window
    :return: step of the stretch -> axes on which it does something else there than on the volume,
        such as a pooling whose kernel is a rounded part of the size: on a volume that is a little
        longer it may be the same
    """
    flow = reference.flow
    by = [total - part for total, part in zip(reference.size, window)]
    given: Dict[str, Optional[State]] = dict(flow.constants)
    given.update({name: None for name in flow.reductions})
    given.update({name: _shortened(reference, name, by) for name in stretch.inputs})
    reader = StateReader(given)
    differs: Dict[str, Set[int]] = {name: set() for name in stretch.inputs}
    found: Dict[int, Set[int]] = {}
    for number in range(stretch.first, stretch.last):
        step = flow.steps[number]
        if step.type != REDUCTION:
            for name in step.outputs:
                here = _untouched(_state_in(reader, image.graph, name))
                there = _untouched(flow.tensors[name].state)
                differs[name] = _differing(here, there, by)
            new = _begun_by(step, differs)
            if new:
                found[number] = new
    return found


def _shortened(reference: Reference, name: str, by: Sequence[int]) -> Optional[State]:
    """The state of a tensor's part for a window that is shorter than the volume."""
    state = reference.flow.tensors[name].state
    for along in reference.places[name] or ():
        if state is not None and along is not None:
            axis = state.axes[along.axis]
            less = along.indices(by[along.axis]) * axis.fold
            state = state.with_axis(along.axis, axis._replace(size=axis.size - less))
    return state


def _state_in(reader: StateReader, graph: Graph, name: str) -> Optional[State]:
    try:
        return reader.state(graph.get_tensor_by_name(name))
    except (KeyError, ValueError):
        return None  # the network has no such operation on this size


def _untouched(state: Optional[State]) -> Optional[State]:
    """The same without regard to padding, which touches more of a window than of the volume."""
    if state is None:
        return None
    axes = {axis: geometry._replace(touched=(0, 0)) for axis, geometry in state.axes.items()}
    return state._replace(axes=axes)


def nodes_of(graph: Graph) -> Dict[str, Node]:
    """
    :param graph: TensorFlow's
    :return: operation name -> NodeDef, the operation as TensorFlow stores it; the form of a tensor
        is a constant in it
    """
    return with_fixed_shapes(graph, {node.name: node for node in graph.as_graph_def().node})


def _varying(nodes: Dict[str, Node], other: Dict[str, Node]) -> Set[str]:
    return {name for name, node in nodes.items() if other.get(name) != node}


def _periods(flow: Flow, rank: int) -> List[int]:
    """The common period of all tensors, voxels for each axis, dilated blocks included."""
    found = [1] * rank
    for tensor in flow.tensors.values():
        if tensor.state is not None and tensor.state.known:
            for axis, geometry in tensor.state.axes.items():
                if geometry.size > 1 or not geometry.spans:
                    found[axis] = int(np.lcm(found[axis], geometry.period * geometry.fold))
    return found


def _longer(
    build: Build, size: Sequence[int], periods: Sequence[int], image: Tensor
) -> Tuple[Tensor, List[int]]:
    """
    The network's input on a longer volume, and by how many voxels it is longer on each axis: by as
    few as it takes, and by none where it takes nothing longer.
    """
    together = [[n * period for period in periods] for n in PERIODS]
    found, by = _first_taken(build, size, together) or (image, [0] * len(size))
    for axis, period in enumerate(periods):
        fewer = [n * period for n in PERIODS if not by[axis] or n * period < by[axis]]
        tried = [by[:axis] + [each] + by[axis + 1 :] for each in fewer]
        found, by = _first_taken(build, size, tried) or (found, by)
    return found, by


def _first_taken(
    build: Build, size: Sequence[int], tried: Sequence[List[int]]
) -> Optional[Tuple[Tensor, List[int]]]:
    for by in tried:
        try:
            return build([n + more for n, more in zip(size, by)])[0], by
        except OptionError:
            continue
    return None


def _follow(
    flow: Flow, longer: Tensor, by: Sequence[int]
) -> Tuple[Dict[str, Optional[Place]], Dict[int, Set[int]]]:
    given: Dict[str, Optional[State]] = {longer.name: window_state(longer)}
    given.update({name: None for name in flow.reductions})
    reader = StateReader(given)
    places: Dict[str, Optional[Place]] = {}
    differs: Dict[str, Set[int]] = {}
    for name, tensor in flow.tensors.items():
        try:
            other = longer.graph.get_tensor_by_name(name)
        except (KeyError, ValueError):
            places[name], differs[name] = None, set(range(len(by)))
            continue
        sizes = other.shape.as_list() if other.shape.is_fully_defined() else []
        places[name] = place_of(tensor.state, tensor.shape, sizes, by)
        differs[name] = _differing(tensor.state, reader.state(other), by)
    uneven: Dict[int, Set[int]] = {}
    for number, step in enumerate(flow.steps):
        if step.type != REDUCTION:
            new = _begun_by(step, differs) | _spread(flow, places, step)
            if new:
                uneven[number] = new
    return places, uneven


def _begun_by(step: Step, differs: Dict[str, Set[int]]) -> Set[int]:
    """Axes on which the outputs of a step differ, and its inputs do not."""
    before = set().union(*[differs[name] for name in step.inputs])
    return set().union(*[differs[name] for name in step.outputs]) - before


def _spread(flow: Flow, places: Dict[str, Optional[Place]], step: Step) -> Set[int]:
    """
    Axes on which a step makes a tensor that follows the volume of samples that do not: a window's
    part of the samples is then not known, as where a fixed number of them is resized.
    """
    fixed: Set[int] = set()
    for name in step.inputs:
        state, place = flow.tensors[name].state, places[name]
        if state is not None and place is not None:
            for roles, along in zip(state.dimensions, place):
                axes = {role for role in roles if isinstance(role, int)}
                fixed |= {axis for axis in axes if along is None and state.axes[axis].size > 1}
    found = [each for name in step.outputs for each in places[name] or () if each is not None]
    return fixed & {each.axis for each in found}


def _differing(state: Optional[State], other: Optional[State], by: Sequence[int]) -> Set[int]:
    """Axes on which a tensor has another geometry in the network built on the longer volume."""
    if state is None and other is None:
        return set()
    if state is None or other is None or state.known != other.known:
        return set(range(len(by)))
    if not state.known:
        return set()
    return {
        axis
        for axis, geometry in state.axes.items()
        if not _goes_on(geometry, other.axes[axis], by[axis])
    }


def _goes_on(geometry: AxisGeometry, other: AxisGeometry, longer: int) -> bool:
    """Whether a tensor's samples along an axis are those that it has on the longer volume, too."""
    if not geometry.spans:
        return geometry.continues_as(other, longer)
    # what each sample depends on is the whole axis; how many there are may follow its length
    return geometry.size == other.size == 1 or geometry.grows_as(other, longer)
