# -*- coding: utf-8 -*-
"""
The maps of one subject while its windows come in.

A window's samples are cut out and written in the background; the map is completed behind its
last window. A window that NiftyNet repeats to fill a batch is taken once.
"""

from typing import Callable, Dict, List, Sequence, Set, Tuple

import numpy as np

from niftynet_activations.errors import WriteError
from niftynet_activations.output.folder import OutputFolder
from niftynet_activations.output.pipeline import Pipeline
from niftynet_activations.output.writer import MapWriter
from niftynet_activations.plan import MapPlan
from niftynet_activations.stitching.crop import take

Start = Tuple[int, int, int]


class SubjectMaps(object):
    """
    :ivar name: the subject's
    :ivar complete: whether all its windows have come
    """

    def __init__(
        self,
        name: str,
        plans: Sequence[MapPlan],
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
        self._expected = set((x, y, z) for x in starts[0] for y in starts[1] for z in starts[2])  # type: Set[Start]
        self._layers = [(plan, MapWriter(folder, plan.spec)) for plan in plans]
        for plan, writer in self._layers:
            for box in plan.crop.missing():
                writer.fill_missing(box.corner, box.shape)

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
        for plan, writer in self._layers:
            values = volume_axes(windows[plan.key], plan.spatial_axes)
            self._pipeline.put(
                _writing(plan, writer, start, values), values.nbytes, (self.name, plan.key)
            )
        self._expected.remove(start)
        if self.complete:
            for plan, writer in self._layers:
                self._pipeline.put(_finishing(plan, writer), 0, (self.name, plan.key), last=True)
        return True

    def abandon(self) -> None:
        """Remove what was written of maps that are not complete."""
        for _, writer in self._layers:
            writer.abandon()

    def check_complete(self) -> None:
        """
        :raises WriteError: if windows are still to come
        """
        if self._expected:
            raise WriteError(
                "the run ended before all windows of subject '{}' had come ({} missing): its maps "
                'were not written; run it again'.format(self.name, len(self._expected))
            )


def volume_axes(values: np.ndarray, spatial_axes: Sequence[int]) -> np.ndarray:
    """
    :param values: (spatial axes ..., channels); axes one voxel thick are left out by NiftyNet
    :param spatial_axes: which of x, y, z there are
    :return: (x, y, z, channels), a view
    """
    shape = [1, 1, 1, values.shape[-1]]
    for position, axis in enumerate(spatial_axes):
        shape[axis] = values.shape[position]
    return values.reshape(shape)


def _writing(
    plan: MapPlan, writer: MapWriter, start: Start, values: np.ndarray
) -> Callable[[], None]:
    def write() -> None:
        for box, runs in plan.crop.placements(start):
            writer.write(box.corner, take(values, runs))

    return write


def _finishing(plan: MapPlan, writer: MapWriter) -> Callable[[], List[str]]:
    def finish() -> List[str]:
        return writer.finish(plan.info)

    return finish
