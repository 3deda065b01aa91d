# -*- coding: utf-8 -*-
"""
A whole pass over volumes of one size: the network is read, the pass is planned, and run.
"""

from typing import Dict, List, Optional, Sequence, Set, Tuple

import numpy as np

from niftynet_activations.errors import GeometryError, OptionError
from niftynet_activations.hints import Tensor
from niftynet_activations.host.log import LOGGER
from niftynet_activations.planning.outline import Way
from niftynet_activations.whole_pass.cuts import Stretch
from niftynet_activations.whole_pass.emitted import Sink
from niftynet_activations.whole_pass.execution import Execution, Told
from niftynet_activations.whole_pass.needed import Used
from niftynet_activations.whole_pass.networks import StageNetworks, Weights
from niftynet_activations.whole_pass.plan import Limits, Planner
from niftynet_activations.whole_pass.reading import Build, differing_on, read_reference
from niftynet_activations.whole_pass.stages import GIB, Plan, Stage, way_of
from niftynet_activations.whole_pass.varying import even_constants

SMALLER = 0.6  # share of a window's memory that a smaller window may use, after memory is exhausted
Built = Dict[Tuple[int, ...], Tensor]  # size -> the input of the network built on it
ABOUT = 1.05  # the memory that would do is told to this factor
MOST_SMALLER = 8  # times that a stage gets smaller windows at once
FEW_ROUNDS = 8  # of planning, in which only the steps of a stage are looked at on its windows


class WholePass(object):
    """
    Computes the wanted tensors of a network as one direct pass over the volume would.

    :ivar plan: stages, windows and memory of the pass
    :ivar targets: names of the wanted tensors, in the order in which ``build`` gives them
    """

    def __init__(
        self,
        build: Build,
        weights: Weights,
        size: Sequence[int],
        memory: float,
        scratch_bytes: float,
        scratch: Optional[str] = None,
    ) -> None:
        """
        :param build: builds the network and names the wanted tensors
        :param weights: gives the values of its variables
        :param size: of the volume, voxels on the network's spatial axes
        :param memory: bytes for windows and for tensors kept from stage to stage
        :param scratch_bytes: limit of scratch files
        :param scratch: folder for scratch files; None for the system's temporary folder
        :raises OptionError: if the network refuses the size
        :raises GeometryError: if there is no plan within the limits
        """
        self._build, self._scratch = build, scratch
        self._weights = weights
        self._read(size)
        if not self._planner.passable:
            # a reduction over the volume cannot be put together from windows, so that the volume
            # has to fit into one window
            self._read(size, streams=False)
        self.targets: List[str] = list(self._reference.wanted)
        try:
            self.plan = self.plan_within(memory, scratch_bytes)
        except GeometryError as error:
            least = self._least_memory(memory, scratch_bytes)
            if least is None:
                raise
            raise GeometryError(
                '{} ({:.2g} GiB left for the network would do)'.format(error, least / GIB)
            ) from error

    def _least_memory(self, memory: float, scratch: float) -> Optional[float]:
        """About the fewest bytes with which there is a plan; None where there is none."""
        most, least = np.inf, max(memory, 1.0)
        while most > ABOUT * least:
            middle = float(np.sqrt(least * most)) if most < np.inf else np.inf
            try:
                most = self._planner.plan(Limits(middle, scratch, self._shortest)).bytes
            except GeometryError:
                if middle == np.inf:
                    return None
                least = middle
        return most

    def _read(self, size: Sequence[int], streams: bool = True) -> None:
        self._reference, self._period = read_reference(self._build, size, streams)
        self._networks = StageNetworks(self._reference, self._build, self._weights, self._given())
        self._planner = self._make_planner()

    def _make_planner(self) -> Planner:
        return Planner(self._reference, self._period, varies=self._varies)

    def _varies(self, stretch: Stretch) -> bool:
        """Whether the network has to be built on the windows of a stretch."""
        return self._networks.varies(stretch.inputs + stretch.numbers, stretch.outputs)

    def _given(self) -> Dict[str, np.ndarray]:
        """Operation name -> value of placeholders other than the image."""
        return {}

    @property
    def steps(self) -> int:
        """Windows of all stages together."""
        return sum(
            int(np.prod([len(axis.starts) for axis in stage.windows])) for stage in self.plan.stages
        )

    @property
    def random(self) -> List[str]:
        """Operations on the way that draw random numbers."""
        return self._reference.flow.random

    @property
    def way(self) -> Way:
        """A description of the plan, for log and outline."""
        return way_of(self.plan, self._reference.size)

    def run(
        self,
        image: np.ndarray,
        sink: Sink,
        told: Optional[Told] = None,
        used: Optional[Used] = None,
    ) -> Dict[str, np.ndarray]:
        """
        :param image: (1, spatial axes ..., modalities) float32
        :param sink: takes the wanted tensors with spatial axes, by parts
        :param told: called when a window is done, with the stage's number and the number of stages
        :param used: says whether a box of a wanted tensor is used. Windows that no used box needs
            are not computed, and their boxes come as NaN. All are used where it is not given
        :return: name -> value of the wanted tensors without spatial axes
        """
        return self._execution(sink, told, used).run(image)

    def _execution(
        self, sink: Sink, told: Optional[Told] = None, used: Optional[Used] = None
    ) -> Execution:
        return Execution(
            self._reference,
            self.plan,
            self._networks,
            sink,
            self._scratch,
            told,
            used,
            self._smaller,
        )

    def _smaller(self, stage: Stage) -> Stage:
        """
        Give a stage smaller windows, for this volume and those that follow.

        :param stage: of the plan, in whose windows memory was exhausted
        :return: the same stage with smaller windows
        :raises GeometryError: if the network accepts no smaller windows
        """
        part = 1.0
        for _ in range(MOST_SMALLER):
            part *= SMALLER
            smaller = self._planner.smaller(stage, part)
            if smaller is None:
                break
            if self._uneven(smaller, {}) == {}:
                size = ' x '.join(str(axis.size) for axis in smaller.windows)
                LOGGER.warning('memory is exhausted: a stage goes on in windows of %s', size)
                stages = [smaller if each is stage else each for each in self.plan.stages]
                self.plan = self.plan._replace(stages=stages)
                return smaller
        raise GeometryError(
            'activation_pass = whole: memory is exhausted in windows of {}, and there are no '
            'smaller ones; free memory, choose layers that lie less deep, or activation_pass = '
            'windows'.format(' x '.join(str(axis.size) for axis in stage.windows))
        )

    def plan_within(self, memory: float, scratch_bytes: float) -> Plan:
        """
        :param memory: bytes for windows and for tensors kept from stage to stage
        :param scratch_bytes: limit of scratch files
        :return: the cheapest plan
        :raises GeometryError: if there is no plan within the limits
        """
        self._shortest = tuple(1 for _ in self._reference.size)
        # each round keeps further steps whole, or takes longer windows: at last all are the volume
        rounds = 0
        while True:
            plan = self._planner.plan(Limits(memory, scratch_bytes, self._shortest))
            refused, uneven = self._tried(plan, rounds >= FEW_ROUNDS)
            if uneven:
                self._keep_whole(uneven)
            elif refused is None:
                return plan
            elif not self._work_out_constants():
                self._shortest = self._longer_than(refused, self._shortest)
            rounds += 1

    def _work_out_constants(self) -> bool:
        """
        Work out constants that depend on the window's size, so that fewer stages need the network
        to be built on their windows.

        :return: False if that was done before, or is not possible
        """
        if self._networks.even is not None:
            return False
        self._networks.even = even_constants(self._reference, self._period, self._build)
        self._planner.forget_varying()
        return self._networks.even is not None

    def _tried(
        self, plan: Plan, all_steps: bool
    ) -> Tuple[Optional[Tuple[int, ...]], Dict[int, Set[int]]]:
        """
        Build the network on the windows of a plan, where that has to be done.

        :param plan: the plan
        :param all_steps: look at all steps of the network on each window, so that planning ends
            soon where very many of them depend on its size
        :return: a window size that the network refuses, or None; and steps that do something else
            on windows than on the volume, with the axes
        """
        uneven: Dict[int, Set[int]] = {}
        built: Built = {}
        for stage in plan.stages:
            found = self._uneven(stage, built, all_steps)
            if found is None:
                return tuple(axis.size for axis in stage.windows), uneven
            uneven.update(found)
        return None, uneven

    def _uneven(
        self, stage: Stage, built: Built, all_steps: bool = False
    ) -> Optional[Dict[int, Set[int]]]:
        """
        Steps of a stage, or of the network, that do something else on the stage's windows; None if
        the network refuses them. ``built`` keeps the networks of sizes, for stages with windows of
        the same size.
        """
        size = tuple(axis.size for axis in stage.windows)
        if size == self._reference.size or not self._varies(stage.stretch):
            return {}
        if size not in built:
            try:
                built[size] = self._build(size)[0]
            except OptionError:
                return None
        stretch, flow = stage.stretch, self._reference.flow
        if all_steps:
            stretch = stretch._replace(first=0, last=len(flow.steps), inputs=(flow.image,))
        return differing_on(self._reference, stretch, size, built[size])

    def _keep_whole(self, uneven: Dict[int, Set[int]]) -> None:
        """
        Plan anew, with the volume in one window along these axes; along all, where that is known
        already: what a step does along one axis may depend on the size of another one.
        """
        known = self._reference.uneven
        if all(axes <= known.get(number, set()) for number, axes in uneven.items()):
            uneven = {number: set(range(len(self._reference.size))) for number in uneven}
        for number, axes in uneven.items():
            known.setdefault(number, set()).update(axes)
        self._planner = self._make_planner()

    def _takes(self, size: Sequence[int]) -> bool:
        try:
            self._build(size)
        except OptionError:
            return False
        return True

    def _longer_than(self, refused: Tuple[int, ...], known: Tuple[int, ...]) -> Tuple[int, ...]:
        """
        The shortest windows that the network accepts, axis by axis, found by bisection. They are
        longer than those that are known.
        """
        found = list(known)
        for axis, total in enumerate(self._reference.size):
            period = self._period[axis]
            low, high = max(refused[axis], found[axis]), total
            while low < high:
                middle = low + (high - low) // (2 * period) * period
                size = list(self._reference.size)
                size[axis] = middle
                if self._takes(size):
                    high = middle
                else:
                    low = middle + period
            found[axis] = high
        if tuple(found) == known:
            # each axis alone can be short, but not all together
            found = [
                min(each + max((n - each) // (2 * p), 1) * p, n)
                for each, p, n in zip(found, self._period, self._reference.size)
            ]
        return tuple(found)
