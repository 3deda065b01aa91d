# -*- coding: utf-8 -*-
"""
One network run many times on one volume, each time with other numbers given to a layer (for
``net_activations ablate``).

The steps in front of the layer are run once, and the tensors that cross the cut there are kept; the
stages behind it are run for each set of numbers, and their graphs stay open.

- *given* numbers: values of placeholders other than the image, such as a factor for each channel;
- *turn*: the cut in front of the first step that depends on a given number. Where there is none,
  all stages are run each time.
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

    :ivar plan: stages, windows and memory; the stages in front of ``plan.turn`` are run once for a
        volume
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
        :param memory: bytes for windows and for tensors kept from stage to stage
        :param scratch_bytes: limit of scratch files
        :param scratch: folder for scratch files; None for the system's temporary folder
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
        Run the stages in front of the turn, and keep their outputs in the body of a ``with`` block.

        :param image: (1, spatial axes ..., modalities) float32
        :param sink: takes the wanted tensors that do not depend on the given numbers, by parts
        :param told: called when a window is done, with the stage's number and the number of stages
        :return: an object that runs the repeated stages
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
        :param times: how often the stages behind the turn are run on a volume
        :return: number of windows of all runs together
        """
        once = [
            int(np.prod([len(axis.starts) for axis in stage.windows])) for stage in self.plan.stages
        ]
        return sum(once[: self.plan.turn]) + times * sum(once[self.plan.turn :])

    def close(self) -> None:
        """Close the graphs that stayed open; a second call does nothing."""
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
        :param given: operation -> value of given numbers; the others keep their last value
        :param sink: takes the wanted tensors in space that depend on them, by parts
        """
        self._values.update(given)
        self._execution.run_stages(self._first, self._last, sink, again=True)


def first_depending(reference: Reference, given: Sequence[str]) -> Optional[int]:
    """
    :param reference: the graph
    :param given: operations of given numbers
    :return: number of the first step that depends on them; None where no step does
    """
    found: Set[str] = set(given)
    for operation in in_order(reference.graph.get_operations()):
        if any(each.op.name in found for each in operation.inputs):
            found.add(operation.name)
    for number, step in enumerate(reference.flow.steps):
        if step.name in found:
            return number
    return None
