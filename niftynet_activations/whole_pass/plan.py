# -*- coding: utf-8 -*-
"""
The cheapest plan of a whole pass: where to cut the network, and the windows of each stage.

All cuts and all stages between them are compared (dynamic programming): a table holds, for each
cut, the least time in which it can be reached, with the tensors that cross it in memory or in
scratch files. A plan of one stage in one window is the direct pass.
"""

from typing import Callable, Collection, Dict, List, NamedTuple, Optional, Sequence, Tuple

from niftynet_activations.errors import GeometryError
from niftynet_activations.whole_pass.cuts import (
    Cut,
    Reference,
    Stretch,
    Stretches,
    cut_before,
    find_cuts,
)
from niftynet_activations.whole_pass.memory import (
    Needs,
    StepWeights,
    bytes_of,
    needs,
    total_seconds,
)
from niftynet_activations.whole_pass.reductions import REDUCTION
from niftynet_activations.whole_pass.stages import MEMORY, SCRATCH, Plan, Stage, no_plan
from niftynet_activations.whole_pass.windows import (
    AxisWindows,
    Costs,
    cheapest,
    choices_on_axis,
)

BYTES_A_SECOND = {MEMORY: 2.5e9, SCRATCH: 1.0e9}  # copying kept tensors, to or from
WINDOW_SECONDS = 0.03  # costs of a window beside computing
OVERHEAD = 256 << 20  # bytes of graphs and threads, whatever the plan
MARGIN = 1.2  # factor on the predicted memory


class Limits(NamedTuple):
    """The limits of a plan."""

    memory: float  # bytes of windows and kept tensors, without OVERHEAD
    scratch: float  # bytes
    # voxels for each axis: least window on which the network can be built
    shortest: Tuple[int, ...]


class _Edge(NamedTuple):
    stretch: Stretch
    needs: Needs


class _Reached(NamedTuple):
    seconds: float
    stages: Tuple[Stage, ...]
    modes: Tuple[str, ...]  # for each cut so far, MEMORY or SCRATCH: where its tensors are kept
    way: Tuple[int, ...]  # numbers of the cuts so far


class Planner(object):
    """
    Finds the cheapest plan for one network and one size of volume.

    :param reference: the reference graph
    :param period: voxels for each axis; windows start on multiples of it
    :param turn: the position behind which steps are repeated, each time with other numbers; None
        where none are
    :param times: how often these steps are run
    :param varies: says whether the network has to be built on the windows of a stretch, so that
        they cannot be shorter than the network accepts; where not given, always
    """

    def __init__(
        self,
        reference: Reference,
        period: Sequence[int],
        turn: Optional[int] = None,
        times: int = 1,
        varies: Optional[Callable[[Stretch], bool]] = None,
    ) -> None:
        self._reference, self._period, self._times = reference, tuple(period), times
        self._varies = varies or (lambda stretch: True)
        self._varying: Dict[Tuple[int, int], bool] = {}  # by the stretch's ends
        self._cuts = find_cuts(reference, turn)
        # number of the cut behind which stages are repeated, so that its tensors are kept to the
        # end; then these tensors, and where they are kept
        self._turn: int = 0
        if turn is not None:
            position = cut_before(reference, turn).position
            self._turn = [cut.position for cut in self._cuts].index(position)
        self._staying: Tuple[str, ...] = ()
        self._stay_in = MEMORY
        self._edges: Dict[Tuple[int, int], _Edge] = {}
        self._limits = Limits(0.0, 0.0, tuple(1 for _ in period))  # of the last plan
        weights = StepWeights(reference)
        steps = [step for step in reference.flow.steps if step.type != REDUCTION]
        for here, cut in enumerate(self._cuts[:-1]):
            stretches = Stretches(reference, cut)
            for there in range(here + 1, len(self._cuts)):
                stretch = stretches.until(self._cuts[there])
                if stretch is None:
                    break
                need = needs(reference, stretch, weights)
                if turn is not None:
                    # the graphs of repeated stages stay open, each with its weights
                    need = need._replace(weights=weights.bytes_of(steps))
                self._edges[here, there] = _Edge(stretch, need)

    @property
    def passable(self) -> bool:
        """
        Whether there is a cut wherever a reduction needs one, so that a plan is possible at all.
        """
        reached = {0}
        for here, there in sorted(self._edges):
            if here in reached:
                reached.add(there)
        return len(self._cuts) - 1 in reached

    def plan(self, limits: Limits) -> Plan:
        """
        :param limits: of memory, scratch space and windows
        :return: the cheapest plan
        :raises GeometryError: if there is none
        """
        self._limits = limits
        last = len(self._cuts) - 1
        begin = _Reached(0.0, (), (MEMORY,), (0,))
        if not self._turn:
            found = self._ways(begin, last, limits)
        else:
            found = []
            for before in self._ways(begin, self._turn, limits):
                found += self._ways(before, last, limits)
        if not found:
            raise GeometryError(no_plan(self._reference, limits.memory, limits.scratch))
        return self._plan_of(min(found, key=lambda each: each.seconds))

    def _ways(self, begin: _Reached, last: int, limits: Limits) -> List[_Reached]:
        """The cheapest ways to a cut, one for each of MEMORY and SCRATCH as its tensors' place."""
        first, mode = begin.way[-1], begin.modes[-1]
        repeated = bool(self._turn) and first == self._turn
        self._staying = self._cuts[first].crossing if repeated else ()
        self._stay_in = mode
        reached: Dict[Tuple[int, str], _Reached] = {(first, mode): begin}
        for here in range(first, last):
            for each in (MEMORY, SCRATCH):
                before = reached.get((here, each))
                if before is not None:
                    self._go_on(reached, before, here, last, each, limits)
        return [reached[last, each] for each in (MEMORY, SCRATCH) if (last, each) in reached]

    def _go_on(
        self,
        reached: Dict[Tuple[int, str], _Reached],
        before: _Reached,
        here: int,
        last: int,
        mode: str,
        limits: Limits,
    ) -> None:
        times = self._times if self._turn and here >= self._turn else 1
        for there in range(here + 1, last + 1):
            edge = self._edges.get((here, there))
            if edge is None:
                break
            for then in (MEMORY, SCRATCH):
                stage = self._stage(edge, self._cuts[here], mode, self._cuts[there], then, limits)
                if stage is None:
                    continue
                seconds = before.seconds + times * stage.seconds
                known = reached.get((there, then))
                if known is None or seconds < known.seconds:
                    reached[there, then] = _Reached(
                        seconds,
                        before.stages + (stage,),
                        before.modes + (then,),
                        before.way + (there,),
                    )

    def _stage(
        self, edge: _Edge, here: Cut, mode: str, there: Cut, then: str, limits: Limits
    ) -> Optional[Stage]:
        stretch, need = edge
        kept = {MEMORY: 0, SCRATCH: 0}
        kept[self._stay_in] += self._bytes(self._staying)
        kept[mode] += self._bytes(set(here.crossing) - set(self._staying))
        kept[then] += self._bytes(set(there.crossing) - set(here.crossing) - set(self._staying))
        if kept[SCRATCH] > limits.scratch:
            return None
        copied = need.fed / BYTES_A_SECOND[mode] + need.fetched / BYTES_A_SECOND[then]
        return self._in_windows(edge, need.seconds + copied, limits.memory - kept[MEMORY])

    def smaller(self, stage: Stage, part: float) -> Optional[Stage]:
        """
        :param stage: of the last plan
        :param part: share of its windows' memory that the new windows may use
        :return: the same stage in the cheapest such windows; None where there are none
        """
        (edge,) = [each for each in self._edges.values() if each.stretch is stage.stretch]
        weights = edge.needs.weights
        return self._in_windows(edge, edge.needs.seconds, weights + part * (stage.bytes - weights))

    def _in_windows(self, edge: _Edge, seconds: float, limit: float) -> Optional[Stage]:
        stretch, need = edge
        choice = cheapest(
            self._axes(stretch, self._limits),
            self._reference.size,
            stretch.base,
            Costs(window_bytes(need), seconds, WINDOW_SECONDS),
            limit - need.weights,
        )
        if choice is None:
            return None
        held = choice.bytes + need.weights
        return Stage(stretch, choice.axes, held, choice.seconds, choice.work)

    def _bytes(self, names: Collection[str]) -> int:
        """Bytes of kept tensors, without the image, which is in memory in any case."""
        return bytes_of(self._reference.flow, sorted(set(names) - {self._reference.flow.image}))

    def _axes(self, stretch: Stretch, limits: Limits) -> List[List[AxisWindows]]:
        found = []
        taken = limits.shortest
        if max(taken) > 1 and not self._is_varying(stretch):
            taken = tuple(1 for _ in taken)
        for axis, volume in enumerate(self._reference.size):
            # in a window no longer than the base some tensor would be empty
            least = max(stretch.base[axis], stretch.mirrored[axis]) + self._period[axis]
            shortest = max(taken[axis], least)
            shortest = volume if stretch.whole[axis] else min(shortest, volume)
            found.append(
                choices_on_axis(volume, stretch.overlap[axis], self._period[axis], shortest)
            )
        return found

    def forget_varying(self) -> None:
        """
        Forget for which stretches the network has to be built on windows; ``varies`` is asked
        again.
        """
        self._varying.clear()

    def _is_varying(self, stretch: Stretch) -> bool:
        key = stretch.first, stretch.last
        if key not in self._varying:
            self._varying[key] = self._varies(stretch)
        return self._varying[key]

    def _plan_of(self, found: _Reached) -> Plan:
        flow = self._reference.flow
        kept: Dict[str, str] = {}
        for number, mode in zip(found.way, found.modes):
            for name in self._cuts[number].crossing:
                # a tensor that crosses several cuts is kept in one place
                if name != flow.image and kept.get(name) != SCRATCH:
                    kept[name] = mode
        held, scratch = 0.0, 0
        for stage, here, there in zip(found.stages, found.way, found.way[1:]):
            names = set(self._cuts[here].crossing) | set(self._cuts[there].crossing)
            if self._turn and here >= self._turn:
                names.update(self._cuts[self._turn].crossing)
            memory = bytes_of(flow, [name for name in names if kept.get(name) == MEMORY])
            held = max(held, stage.bytes + memory)
            files = bytes_of(flow, [name for name in names if kept.get(name) == SCRATCH])
            scratch = max(scratch, files)
        computed = 0.0
        for stage, here, there in zip(found.stages, found.way, found.way[1:]):
            computed += self._edges[here, there].needs.seconds * stage.work
        direct = total_seconds(self._reference)
        work = computed / direct if direct else 1.0
        once = found.way.index(self._turn)
        return Plan(list(found.stages), kept, work, held, scratch, once)


def window_bytes(need: Needs) -> float:
    """
    :param need: of a stretch, for the whole volume
    :return: bytes in memory while windows are read, computed and written at the same time
    """
    # while a window is computed, the next one is read and the last one is written
    return MARGIN * need.peak + need.fed + need.fetched
