# -*- coding: utf-8 -*-
"""
Where a network can be cut for a whole pass, and what a stretch between two cuts needs.

- *step*: an operation of the network that works on samples in space, such as a convolution;
- *cut*: a position between two steps, ``n`` for the one behind the first n steps. Every tensor made
  before it and used behind it *crosses* it, and is kept for the whole volume;
- *stretch*: the steps between two cuts; a plan chooses some stretches as its stages;
- *overlap*: voxels by which neighbouring windows of a stretch have to overlap, so that every sample
  comes from a window in which it has the value of one pass over the whole volume;
- *base*: voxels by which all tensors of a stretch are shorter than the volume, by cropping;
- *mirrored*: voxels of which a window must have more, because they are mirrored beyond its end;
- *reference graph*: the network built on the whole volume. It is read, and never run.
"""

from math import ceil
from typing import Dict, List, NamedTuple, Optional, Sequence, Set, Tuple

import numpy as np

from niftynet_activations.geometry.graph import StateReader
from niftynet_activations.geometry.state import State
from niftynet_activations.hints import Graph, Node
from niftynet_activations.whole_pass.flow import Flow, Step
from niftynet_activations.whole_pass.places import Place, mirrored_samples, reset, touched, unit_of
from niftynet_activations.whole_pass.reductions import REDUCTION
from niftynet_activations.whole_pass.sizes import Link

MIRRORING = 'MirrorPad'
# Operations that see neighbours, or change how many samples there are
REACHING = (
    'Conv2D Conv3D Conv2DBackpropInput Conv3DBackpropInputV2 DepthwiseConv2dNative MaxPool '
    'MaxPool3D AvgPool AvgPool3D ResizeBilinear ResizeNearestNeighbor DepthToSpace SpaceToDepth '
    'PeriodicResample'
).split()
MOST_CUTS = 48


class Reference(NamedTuple):
    """What was read from the reference graph."""

    graph: Graph
    size: Tuple[int, ...]  # voxels, on the network's spatial axes
    flow: Flow
    places: Dict[str, Optional[Place]]  # tensor -> which part belongs to a window; see places.py
    uneven: Dict[int, Set[int]]  # step -> axes on which it does something else on another size
    links: Dict[Link, np.ndarray]  # numbers of the volume's that the network computes with
    nodes: Dict[str, Node]  # operation name -> NodeDef, the operation as TensorFlow stores it
    longer: Dict[str, Node]  # the same for a volume that is longer, by a multiple of the period
    varying: Set[str]  # names of operations whose NodeDef differs on another size
    wanted: Tuple[str, ...]  # the wanted tensors, in the order in which they are built
    by: Tuple[int, ...]  # voxels by which that volume is longer; 0: the network takes none there


class Cut(NamedTuple):
    """A position at which the network can be cut."""

    position: int
    crossing: Tuple[str, ...]
    bytes: int  # of the tensors that cross, for the whole volume


class Stretch(NamedTuple):
    """The steps from one cut to another."""

    first: int
    last: int  # the position behind the last step
    inputs: Tuple[str, ...]  # tensors that are fed
    outputs: Tuple[str, ...]  # tensors that are fetched, targets among them
    reductions: Tuple[str, ...]  # outputs of reductions over the volume that it computes
    numbers: Tuple[str, ...]  # outputs of earlier reductions, which are fed
    overlap: Tuple[int, ...]  # voxels, for each axis
    base: Tuple[int, ...]
    mirrored: Tuple[int, ...]
    whole: Tuple[bool, ...]  # axes along which a window has to hold the whole volume
    # output -> for each axis, indices at a window's lower and upper end that are not to be used
    valid: Dict[str, Tuple[Tuple[int, int], ...]]


def crossing(flow: Flow, position: int) -> List[str]:
    """
    :param flow: of the network
    :param position: of a cut
    :return: tensors made before it, the image among them, and used behind it
    """
    made = {flow.image}
    for step in flow.steps[:position]:
        made.update(step.outputs)
    used = [name for step in flow.steps[position:] for name in step.inputs]
    return [name for name in dict.fromkeys(used) if name in made]


def find_cuts(reference: Reference, turn: Optional[int] = None) -> List[Cut]:
    """
    :param reference: the graph
    :param turn: a position (see :mod:`niftynet_activations.whole_pass.sweep`); the nearest cut
        before it, by :func:`cut_before`, is among the result
    :return: the cuts to choose from, in order: those that a reduction makes necessary; between any
        two operations that see neighbours, the cut that the fewest bytes cross; and the first and
        last position
    """
    flow = reference.flow
    cuts = [_cut(reference, position) for position in range(len(flow.steps) + 1)]
    reaching = [n for n, step in enumerate(flow.steps) if step.type in REACHING]
    chosen: Dict[int, Cut] = {}
    for here, following in zip([-1] + reaching, reaching):
        cut = _least(cuts[here + 1 : following + 1])
        if cut is not None:
            chosen[cut.position] = cut
    chosen = _thinned(chosen)
    for first, last in _asked_by_reductions(flow):
        cut = _least(cuts[first : last + 1])
        if cut is not None:
            chosen[cut.position] = cut
    if turn is not None:
        cut = cut_before(reference, turn)
        chosen[cut.position] = cut
    chosen[0] = Cut(0, (flow.image,), 0)
    chosen[len(flow.steps)] = Cut(len(flow.steps), (), 0)
    return [chosen[position] for position in sorted(chosen)]


def cut_before(reference: Reference, turn: int) -> Cut:
    """
    :param reference: the graph
    :param turn: a position
    :return: a cut at the position or before it: of the cuts behind the last operation that sees
        neighbours, the one that the fewest bytes cross; the cut at the image where there is none
    """
    flow, found = reference.flow, None
    for position in range(turn, 0, -1):
        cut = _cut(reference, position)
        if cut is not None and (found is None or cut.bytes < found.bytes):
            found = cut
        if found is not None and flow.steps[position - 1].type in REACHING:
            break
    return found or Cut(0, (flow.image,), 0)


def _cut(reference: Reference, position: int) -> Optional[Cut]:
    """
    The cut at a position; None where a tensor crosses whose parts cannot be told from windows.
    """
    names = crossing(reference.flow, position)
    if any(reference.places[name] is None for name in names):
        return None
    kept = [name for name in names if name != reference.flow.image]
    size = sum(reference.flow.tensors[name].bytes for name in kept)
    return Cut(position, tuple(names), size)


def _least(cuts: Sequence[Optional[Cut]]) -> Optional[Cut]:
    """The cut that the fewest bytes cross, the last of equals."""
    known = [cut for cut in cuts if cut is not None]
    return min(reversed(known), key=lambda cut: cut.bytes) if known else None


def _thinned(cuts: Dict[int, Cut]) -> Dict[int, Cut]:
    """At most MOST_CUTS, from all over the network: few bytes cross where it is deep."""
    runs = np.array_split(sorted(cuts), MOST_CUTS)
    kept = [_least([cuts[int(position)] for position in run]) for run in runs]
    return {cut.position: cut for cut in kept if cut is not None}


def _asked_by_reductions(flow: Flow) -> List[Tuple[int, int]]:
    """For each reduction, the first and the last position of which a cut must lie at one."""
    made = {step.outputs[0]: n for n, step in enumerate(flow.steps) if step.type == REDUCTION}
    first_use: Dict[str, int] = {}
    for n, step in enumerate(flow.steps):
        for name in step.numbers:
            first_use.setdefault(name, n)
    return [(made[name] + 1, use) for name, use in first_use.items()]


class Stretches(object):
    """
    All stretches that begin at one cut.

    :param reference: the reference graph
    :param cut: where they begin
    """

    def __init__(self, reference: Reference, cut: Cut) -> None:
        self._reference, self._cut = reference, cut
        flow, graph = reference.flow, reference.graph
        given: Dict[str, Optional[State]] = dict(flow.constants)
        for name in cut.crossing:
            state = flow.tensors[name].state
            given[name] = None if state is None else reset(state)
        reader = StateReader(given)
        self._states: Dict[str, State] = {
            name: state for name, state in given.items() if state is not None
        }
        for step in flow.steps[cut.position :]:
            if step.type != REDUCTION:
                for name in step.outputs:
                    state = reader.state(graph.get_tensor_by_name(name))
                    if state is not None:
                        self._states[name] = state

    def until(self, cut: Cut) -> Optional[Stretch]:
        """
        :param cut: where the stretch ends
        :return: the stretch; None where one of its steps needs the value of one of its own
            reductions, which is known only after all windows
        """
        flow, first, last = self._reference.flow, self._cut.position, cut.position
        steps = flow.steps[first:last]
        reduced = [step.outputs[0] for step in steps if step.type == REDUCTION]
        numbers = set().union(*[step.numbers for step in steps])
        if numbers.intersection(reduced):
            return None
        made = {name for step in steps if step.type != REDUCTION for name in step.outputs}
        used = dict.fromkeys(name for step in steps for name in step.inputs)
        wanted = [name for name in cut.crossing if name in made]
        wanted += [name for name in flow.targets if name in made]
        if first == 0 and flow.image in flow.targets:
            wanted.append(flow.image)
        sources = [flow.reductions[name].source for name in reduced]
        fetched = tuple(dict.fromkeys(wanted + sources))
        names = [name for name in used if name not in made] + sorted(made)
        return Stretch(
            first,
            last,
            tuple(name for name in used if name not in made),
            fetched,
            tuple(reduced),
            tuple(sorted(numbers)),
            overlap=tuple(self._overlap(axis, fetched) for axis in self._axes()),
            base=tuple(self._base(axis, names) for axis in self._axes()),
            mirrored=tuple(self._mirrored(axis, steps) for axis in self._axes()),
            whole=self._whole(steps, fetched),
            valid={name: self._valid(name) for name in fetched},
        )

    def _axes(self) -> range:
        return range(len(self._reference.size))

    def _short(self, name: str, axis: int) -> int:
        """Voxels by which a tensor is shorter than the volume."""
        geometry = self._states[name].axes[axis]
        unit = unit_of(geometry)
        return self._reference.size[axis] - int(geometry.size // geometry.fold * unit)

    def _follows(self, name: str, axis: int) -> bool:
        place = self._reference.places.get(name)
        return place is not None and any(each and each.axis == axis for each in place)

    def _overlap(self, axis: int, fetched: Sequence[str]) -> int:
        found = [0]
        for name in fetched:
            if self._follows(name, axis):
                unit = unit_of(self._states[name].axes[axis])
                beyond = sum(touched(self._states[name], axis))
                found.append(ceil(self._short(name, axis) + beyond * unit))
        return max(found)

    def _base(self, axis: int, names: Sequence[str]) -> int:
        return min([self._short(name, axis) for name in names if self._follows(name, axis)] or [0])

    def _mirrored(self, axis: int, steps: Sequence[Step]) -> int:
        found = [0]
        for step in steps:
            if step.type == MIRRORING and self._follows(step.inputs[0], axis):
                state = self._states[step.inputs[0]]
                operation = self._reference.graph.get_operation_by_name(step.name)
                samples = mirrored_samples(operation, state, axis)
                unit = unit_of(state.axes[axis])
                if samples:
                    found.append(self._short(step.inputs[0], axis) + ceil(samples * unit))
        return max(found)

    def _valid(self, name: str) -> Tuple[Tuple[int, int], ...]:
        return tuple(
            touched(self._states[name], axis) if self._follows(name, axis) else (0, 0)
            for axis in self._axes()
        )

    def _whole(self, steps: Sequence[Step], fetched: Sequence[str]) -> Tuple[bool, ...]:
        found: Set[int] = set()
        for number, step in enumerate(steps, self._cut.position):
            found |= self._reference.uneven.get(number, set())
            if step.type != REDUCTION:
                found |= self._spans(step)
        if any(self._reference.places[name] is None for name in fetched):
            found.update(self._axes())
        return tuple(axis in found for axis in self._axes())

    def _spans(self, step: Step) -> Set[int]:
        """Axes along which a step depends on the whole volume and not only on neighbours."""
        before = [self._states[name] for name in step.inputs]
        spanning = {a for state in before for a, axis in state.axes.items() if axis.spans}
        reasons = {reason for state in before for reason in state.reasons}
        found: Set[int] = set()
        for state in (self._states[name] for name in step.outputs if name in self._states):
            new = {a for a, axis in state.axes.items() if axis.spans} - spanning
            if not state.known or (set(state.reasons) - reasons and not new):
                return set(self._axes())
            found |= new
        return found
