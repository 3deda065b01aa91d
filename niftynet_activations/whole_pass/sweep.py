# -*- coding: utf-8 -*-
"""
One network run many times on one volume, each time with other numbers given to a layer.

What lies in front of the layer is computed once and kept, as what crosses a cut is kept in any
whole pass; the stages behind it are run for each set of numbers, and their networks stay open.

- *given* numbers: values of placeholders that are no image, such as a factor for each channel;
- *turn*: the cut in front of the first step that a given number has a part in. Where there is
  none, all stages are run each time.
"""

import contextlib
from typing import Dict, Iterator, Mapping, Optional, Sequence, Set

import numpy as np

from niftynet_activations.geometry.order import in_order
from niftynet_activations.whole_pass.cuts import Reference
from niftynet_activations.whole_pass.emitted import Sink
from niftynet_activations.whole_pass.engine import WholePass
from niftynet_activations.whole_pass.execution import Execution, Told
from niftynet_activations.whole_pass.networks import Weights
from niftynet_activations.whole_pass.plan import Planner
from niftynet_activations.whole_pass.reading import Build


class Sweep(WholePass):
    """
    Computes the wanted tensors of a network again and again, with other given numbers.

    :ivar plan: what will be done: the stages in front of ``plan.turn`` once for a volume
    """

    def __init__(
        self,
        build: Build,
        weights: Weights,
        size: Sequence[int],
        memory: float,
        scratch_bytes: float,
        scratch: Optional[str] = None,
        given: Optional[Mapping[str, np.ndarray]] = None,
        times: int = 1,
    ) -> None:
        """
        :param build: builds the network and names the wanted tensors
        :param weights: gives the values of its variables
        :param size: of the volume, voxels on the network's spatial axes
        :param memory: bytes for windows and what is kept from stage to stage
        :param scratch_bytes: that scratch files may take
        :param scratch: folder for them; the system's own where None
        :param given: operation -> first value of each placeholder of given numbers
        :param times: how often the numbers will change
        :raises OptionError: if the network refuses the size
        :raises GeometryError: if there is no plan within the limits
        """
        self._values = dict(given or {})
        self._times = times
        super(Sweep, self).__init__(build, weights, size, memory, scratch_bytes, scratch)

    def _make_planner(self) -> Planner:
        turn = first_depending(self._reference, list(self._values))
        return Planner(self._reference, self._period, turn, self._times, self._varies)

    def _given(self) -> Dict[str, np.ndarray]:
        return self._values

    @contextlib.contextmanager
    def over(
        self, image: np.ndarray, sink: Sink, told: Optional[Told] = None
    ) -> Iterator['Repeated']:
        """
        Run what is done once for a volume, and keep what comes of it in the body.

        :param image: (1, spatial axes ..., modalities) float32
        :param sink: takes those wanted tensors that do not depend on the given numbers, by parts
        :param told: called when a window is done, with the stage's number and how many there are
        :return: runs the rest
        """
        execution = self._execution(sink, told)
        try:
            execution.begin(image)
            execution.run_stages(0, self.plan.turn)
            self._networks.lasts = True
            yield Repeated(execution, self.plan.turn, len(self.plan.stages), self._values)
        finally:
            self._networks.lasts = False
            execution.close()

    def steps_of(self, times: int) -> int:
        """
        :param times: how often what is behind the turn is run on a volume
        :return: windows of all of it together
        """
        once = [
            int(np.prod([len(axis.starts) for axis in stage.windows])) for stage in self.plan.stages
        ]
        return sum(once[: self.plan.turn]) + times * sum(once[self.plan.turn :])

    def close(self) -> None:
        """Let go of the networks that stayed open; harmless when they are gone."""
        self._networks.close()


class Repeated(object):
    """The stages behind the turn, for one volume."""

    def __init__(
        self, execution: Execution, first: int, last: int, values: Dict[str, np.ndarray]
    ) -> None:
        self._execution, self._first, self._last = execution, first, last
        self._values = values

    def run(self, given: Mapping[str, np.ndarray], sink: Sink) -> None:
        """
        :param given: operation -> value of given numbers; others keep their last value
        :param sink: takes the wanted tensors that lie in space and depend on them, by parts
        """
        self._values.update(given)
        self._execution.run_stages(self._first, self._last, sink, again=True)


def first_depending(reference: Reference, given: Sequence[str]) -> Optional[int]:
    """
    :param reference: the graph
    :param given: operations of given numbers
    :return: number of the first step that they have a part in; None where they have in none
    """
    found: Set[str] = set(given)
    for operation in in_order(reference.graph.get_operations()):
        if any(each.op.name in found for each in operation.inputs):
            found.add(operation.name)
    for number, step in enumerate(reference.flow.steps):
        if step.name in found:
            return number
    return None
