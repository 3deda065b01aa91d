# -*- coding: utf-8 -*-
"""
Run the plan of a whole pass: stage after stage, window after window.

While TensorFlow computes a window, one thread reads the inputs of the next one, and another stores
the outputs of the last one.
"""

from concurrent.futures import Future, ThreadPoolExecutor
from typing import Callable, Dict, List, Optional, Sequence, Set, Tuple

import numpy as np

from niftynet_activations.errors import GeometryError
from niftynet_activations.host.tensorflow import tf
from niftynet_activations.whole_pass.cuts import Reference
from niftynet_activations.whole_pass.emitted import Emitter, Sink
from niftynet_activations.whole_pass.needed import StageWindow, Used, needed_windows
from niftynet_activations.whole_pass.networks import StageNetwork, StageNetworks
from niftynet_activations.whole_pass.pool import give_back, reserve
from niftynet_activations.whole_pass.reductions import Accumulator
from niftynet_activations.whole_pass.stage_windows import shape_of, windows_of
from niftynet_activations.whole_pass.stages import MEMORY, Plan, Stage
from niftynet_activations.whole_pass.stores import MemoryStore, ScratchStore, Store

Told = Callable[[int, int], None]  # called with the stage's number, from 1, and number of stages
Smaller = Callable[[Stage], Stage]  # the same stage in smaller windows
EXHAUSTED = (tf.errors.ResourceExhaustedError, MemoryError)


class Execution(object):
    """
    One pass over one volume.

    :param reference: the graph that was planned
    :param plan: the plan
    :param networks: gives the graph of each stage
    :param sink: takes the targets (wanted tensors) as they come, by parts without overlap
    :param scratch: folder for scratch files; None for the system's temporary folder
    :param told: called when a window is done
    :param used: says whether a box of a target is used; all are where it is not given. Instead of
        what is not computed the sink gets NaN
    :param smaller: gives a stage smaller windows when memory is exhausted, or raises; without it
        the error of the exhausted memory is raised
    """

    def __init__(
        self,
        reference: Reference,
        plan: Plan,
        networks: StageNetworks,
        sink: Sink,
        scratch: Optional[str] = None,
        told: Optional[Told] = None,
        used: Optional[Used] = None,
        smaller: Optional[Smaller] = None,
    ) -> None:
        self._used, self._smaller = used, smaller
        self._reference, self._plan, self._networks = reference, plan, networks
        self._emitter, self._scratch = Emitter(sink), scratch
        self._told = told or (lambda stage, stages: None)
        self._stores: Dict[str, Store] = {}
        self._numbers: Dict[str, np.ndarray] = {}
        self._stage = 0  # the number of the current stage, from 1

    def run(self, image: np.ndarray) -> Dict[str, np.ndarray]:
        """
        :param image: the network's input, (1, spatial axes ..., modalities)
        :return: name -> value of the targets without spatial axes
        :raises GeometryError: if a window's network is not what was planned
        """
        self.begin(image)
        try:
            self.run_stages(0, len(self._plan.stages))
            return self._loose()
        finally:
            self.close()

    def begin(self, image: np.ndarray) -> None:
        """
        Take the volume and reserve memory, before the first stage.

        :param image: the network's input, (1, spatial axes ..., modalities)
        """
        self._stores[self._reference.flow.image] = MemoryStore.of(image)
        reserve(max(int(stage.bytes) for stage in self._plan.stages))

    def run_stages(
        self, first: int, last: int, sink: Optional[Sink] = None, again: bool = False
    ) -> None:
        """
        Run some of the stages, after all stages before them.

        :param first: number of the first stage, from 0
        :param last: number of the stage behind the last one
        :param sink: takes the targets; the sink of the execution where not given
        :param again: whether the inputs of these stages are kept, so that they can be run again
        :raises GeometryError: if a window's network is not what was planned
        """
        if sink is not None:
            self._emitter = Emitter(sink)
        staying = set(self._stores) if again else set()
        for number in range(first, last):
            self._stage = number + 1
            self._emitter.begin()
            while not self._run_or_shrink(number):
                self._emitter.begin_anew()
            self._let_go(number, staying)

    def close(self) -> None:
        """Free the kept tensors and remove scratch files; a second call does nothing."""
        for store in self._stores.values():
            store.close()
        self._stores.clear()

    def _run_or_shrink(self, number: int) -> bool:
        """
        Run a stage; False if memory was exhausted and it has to begin anew with smaller windows.
        """
        stage = self._plan.stages[number]
        try:
            self._run_stage(stage, *self._windows_of(number))
            return True
        except EXHAUSTED:
            if self._smaller is None:
                raise
            stages = list(self._plan.stages)
            stages[number] = self._smaller(stage)
            self._plan = self._plan._replace(stages=stages)
            give_back()
            return False

    def _windows_of(self, number: int) -> Tuple[List[StageWindow], List[bool]]:
        """The windows of a stage, and which of them are needed."""
        windows = [list(windows_of(self._reference, stage)) for stage in self._plan.stages[number:]]
        if self._used is None:
            return windows[0], [True] * len(windows[0])
        reducing = [bool(stage.stretch.reductions) for stage in self._plan.stages[number:]]
        needed = needed_windows(windows, reducing, self._reference.flow.targets, self._used)
        return windows[0], needed[0]

    def _let_go(self, number: int, staying: Set[str]) -> None:
        later = {name for stage in self._plan.stages[number + 1 :] for name in stage.stretch.inputs}
        for name in [name for name in self._stores if name not in later | staying]:
            self._stores.pop(name).close()

    def _loose(self) -> Dict[str, np.ndarray]:
        flow = self._reference.flow
        if not flow.loose:
            return {}
        given = [name for name in flow.loose if name in self._numbers]
        found = {name: self._numbers[name] for name in given}
        rest = [name for name in flow.loose if name not in found]
        if rest:
            with self._networks.opened(list(self._numbers), rest, self._reference.size) as network:
                found.update(zip(rest, network.run(rest, self._numbers)))
        return found

    def _run_stage(self, stage: Stage, windows: List[StageWindow], needed: List[bool]) -> None:
        stretch, flow = stage.stretch, self._reference.flow
        for window, wanted in zip(windows, needed):
            if not wanted:
                self._leave_out(window)
        windows = [window for window, wanted in zip(windows, needed) if wanted]
        if not windows:
            return
        size = [axis.size for axis in stage.windows]
        sums = {name: Accumulator(flow.reductions[name]) for name in stretch.reductions}
        fed = stretch.inputs + stretch.numbers
        with self._networks.opened(fed, stretch.outputs, size) as network:
            self._make_stores(stage)
            self._run_windows(stage, windows, network, sums)
        for name, one in sums.items():
            self._numbers[name] = one.finish(np.float32)
        give_back()

    def _leave_out(self, window: StageWindow) -> None:
        """Give the sink NaN, which marks missing samples, for a window that is not computed."""
        for name, (_, place) in window.outputs.items():
            shape = [each.stop - each.start for each in place]
            if name in self._reference.flow.targets and all(shape):
                values = np.broadcast_to(np.float32(np.nan), shape)
                self._emitter.emit(name, place, values)
        self._count()

    def _count(self) -> None:
        self._told(self._stage, len(self._plan.stages))

    def _run_windows(
        self,
        stage: Stage,
        windows: List[StageWindow],
        network: StageNetwork,
        sums: Dict[str, Accumulator],
    ) -> None:
        stretch = stage.stretch
        numbers = {name: self._numbers[name] for name in stretch.numbers}
        with ThreadPoolExecutor(1) as reading, ThreadPoolExecutor(1) as writing:
            ahead: 'Future[Dict[str, np.ndarray]]' = reading.submit(self._read, windows[0])
            behind: 'Optional[Future[None]]' = None
            for number, window in enumerate(windows):
                feed = ahead.result()
                if number + 1 < len(windows):
                    ahead = reading.submit(self._read, windows[number + 1])
                given = network.run(stretch.outputs, dict(feed, **numbers))
                del feed
                self._check(stage, given)
                if behind is not None:
                    behind.result()
                named = dict(zip(stretch.outputs, given))
                behind = writing.submit(self._write, stage, window, named, sums)
                del given, named
                self._count()
            if behind is not None:
                behind.result()

    def _read(self, window: StageWindow) -> Dict[str, np.ndarray]:
        return {name: self._stores[name].read(box) for name, box in window.inputs.items()}

    def _write(
        self,
        stage: Stage,
        window: StageWindow,
        given: Dict[str, np.ndarray],
        sums: Dict[str, Accumulator],
    ) -> None:
        flow = self._reference.flow
        # an input that a reduction is taken of is fetched too: it has been kept and passed on
        passed = set(stage.stretch.inputs) if stage.stretch.first else set()
        for name, (inside, place) in window.outputs.items():
            values = given[name][inside]
            if values.size == 0:
                continue
            if name in self._stores and name not in stage.stretch.inputs:
                self._stores[name].write(place, values)
            for output, one in sums.items():
                if flow.reductions[output].source == name:
                    one.add(values)
            if name in flow.targets and name not in passed:
                self._emitter.emit(name, place, values)

    def _make_stores(self, stage: Stage) -> None:
        flow, graph = self._reference.flow, self._reference.graph
        for name in stage.stretch.outputs:
            if name in stage.stretch.inputs:
                continue
            if name in self._stores:
                self._stores.pop(name).close()  # left by an earlier attempt at the stage
            if name in self._plan.kept:
                dtype = graph.get_tensor_by_name(name).dtype.as_numpy_dtype
                shape = flow.tensors[name].shape
                if self._plan.kept[name] == MEMORY:
                    self._stores[name] = MemoryStore(shape, dtype)
                else:
                    self._stores[name] = ScratchStore(shape, dtype, self._scratch)

    def _check(self, stage: Stage, given: Sequence[np.ndarray]) -> None:
        """Check that a window's tensors have the sizes that follow from the reference graph."""
        for name, values in zip(stage.stretch.outputs, given):
            if values.shape != shape_of(self._reference, stage, name):
                raise GeometryError(
                    "activation_pass = whole: '{}' of a window of {} is {}, and {} was expected; "
                    'use activation_pass = windows'.format(
                        name,
                        ' x '.join(str(axis.size) for axis in stage.windows),
                        values.shape,
                        shape_of(self._reference, stage, name),
                    )
                )
