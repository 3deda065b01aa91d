# -*- coding: utf-8 -*-
"""
The maps of one subject while its windows come in.

A window's samples are cut out and written in the background; the map is completed behind its
last window. Whether it is exact is worked out in the background too, since nothing but its sidecar
waits for that. A window that NiftyNet repeats to fill a batch is taken once.
"""

from functools import partial
from typing import Any, Callable, Dict, Sequence, Set

import numpy as np

from niftynet_activations.errors import ActivationError, WriteError
from niftynet_activations.planning.plan import MapPlan
from niftynet_activations.running.pipeline import Pipeline
from niftynet_activations.running.targets import Plan, Start, make_target
from niftynet_activations.store.folder import OutputFolder


class SubjectMaps(object):
    """
    :ivar name: the subject's
    :ivar reached: whether one of its windows has come
    :ivar complete: whether all its windows have come
    """

    def __init__(
        self,
        name: str,
        plans: Sequence[Plan],
        starts: Sequence[Sequence[int]],
        folder: OutputFolder,
        pipeline: Pipeline,
    ) -> None:
        """
        :param name: the subject's
        :param plans: one a layer that is to be written; may be empty
        :param starts: of the windows to come, on each axis
        :param folder: open
        :param pipeline: does the writing
        """
        self.name = name
        self._pipeline = pipeline
        self._expected: Set[Start] = set(
            (x, y, z) for x in starts[0] for y in starts[1] for z in starts[2]
        )
        self._all = len(self._expected)
        self._given_up = False
        self._verdicts = [plan.verdict for plan in plans if isinstance(plan, MapPlan)]
        self._targets = [make_target(folder, plan) for plan in plans]
        pipeline.put(partial(self._do, self._judge))

    @property
    def reached(self) -> bool:
        return len(self._expected) < self._all

    @property
    def complete(self) -> bool:
        return not self._expected

    def add(self, start: Start, windows: Dict[str, np.ndarray]) -> bool:
        """
        :param start: where the window starts, network-space voxels
        :param windows: output name -> (spatial axes ..., channels) float32; kept until written
        :return: whether the window was one that had not come yet
        :raises WriteError: if an earlier write failed
        """
        if start not in self._expected:
            return False
        for target in self._targets:
            values = windows[target.key]
            self._pipeline.put(
                partial(self._do, partial(target.write, start, values)),
                values.nbytes,
                (self.name, target.key),
                target.in_turn,
            )
        self._expected.remove(start)
        if self.complete:
            for target in self._targets:
                self._pipeline.put(
                    partial(self._do, target.finish), 0, (self.name, target.key), in_turn=True
                )
        return True

    def abandon(self) -> None:
        """Remove what was written of maps that are not complete; what waits comes to nothing."""
        self._given_up = True
        for target in self._targets:
            target.abandon()

    def _do(self, job: Callable[[], Any]) -> None:
        """Given up, a map fails to be written: no reason to drop what waits of other subjects."""
        if self._given_up:
            return
        try:
            job()
        except ActivationError:
            if not self._given_up:
                raise

    def _judge(self) -> None:
        for verdict in self._verdicts:
            verdict(lambda: not self._given_up)

    def check_complete(self) -> None:
        """
        :raises WriteError: if windows are still to come
        """
        if self._expected:
            raise WriteError(
                "the run ended before all windows of subject '{}' had come ({} missing): its maps "
                'were not written; run it again'.format(self.name, len(self._expected))
            )
