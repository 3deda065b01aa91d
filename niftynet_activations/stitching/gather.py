# -*- coding: utf-8 -*-
"""
Maps that can be written only when the last window has come: until then their samples wait in a
scratch file.

That is so where windows are blended, and where the map is written on another grid than its own,
since the samples around a place may come from several windows.
"""

import os
from typing import Iterator, List, Sequence, Tuple, Type

import numpy as np

from niftynet_activations.space.boxes import Box, covered_boxes, place_of, slabs
from niftynet_activations.stitching.contract import Stitcher, Task
from niftynet_activations.store.files import reserve

SLAB_BYTES = 1 << 24
SAMPLE_BYTES = 4


class InFile(Stitcher):
    """
    The base of stitchers whose map is written when the last window has come.

    :ivar _values: the map as far as it is known, (x, y, z, channel) float32, in the scratch file
    """

    gathers = True

    def __init__(self, task: Task) -> None:
        super(InFile, self).__init__(task)
        self._paths: List[str] = []
        self._values = self._zeros('', task.plan.shape + (task.channels,))
        self._finished = False

    @classmethod
    def scratch_samples(cls, shape: Sequence[int], channels: int) -> int:
        return int(np.prod(shape, dtype=np.int64)) * channels

    def finish(self) -> None:
        if self._finished:
            return
        self._finished = True
        self._complete()
        covered = [axis.covered for axis in self._task.plan.axes]
        grid = self._task.grid
        blocks = grid.read(self._values, covered) if grid else read_slabs(self._values, covered)
        for corner, block in blocks:
            self._task.write(corner, block)

    def _zeros(self, ending: str, shape: Sequence[int]) -> np.ndarray:
        """
        An array of zeros in which samples wait, in a scratch file whose name ends with ``ending``,
        or in a file without a name.
        """
        if self._task.nameless is not None:
            return self._task.nameless.zeros(shape, 'F')
        path = self._task.scratch + ending
        self._paths.append(path)
        return zeros_in_file(path, shape)

    def _complete(self) -> None:
        """Hook: called once, when all windows are in the file."""

    def remove(self) -> None:
        for path in self._paths:
            if os.path.exists(path):
                os.remove(path)


class Gathered(InFile):
    """
    Collects what another stitcher writes at once in the scratch file, from which it is interpolated
    to another grid in the end.
    """

    def __init__(self, task: Task, kind: Type[Stitcher]) -> None:
        """
        :param task: the map to be made
        :param kind: a stitcher that does not gather
        """
        super(Gathered, self).__init__(task)
        self._inner = kind(task._replace(write=self._place, grid=None))
        self.in_order = self._inner.in_order
        self.add = self._inner.add  # type: ignore
        self.add_part = self._inner.add_part  # type: ignore

    def _place(self, corner: Tuple[int, ...], block: np.ndarray) -> None:
        self._values[place_of(Box(corner, block.shape[:3]))] = block

    def _complete(self) -> None:
        self._inner.finish()


def zeros_in_file(path: str, shape: Sequence[int]) -> np.ndarray:
    """
    :param path: of a new file; one that is there is replaced
    :param shape: (x, y, z) or (x, y, z, channel)
    :return: float32 array of zeros that lies in the file, x fastest and the channel slowest, as in
        the files the map goes to
    :raises OSError: the disk has no room for it
    """
    with open(path, 'wb') as stream:
        # Space is reserved first: writing to a mapped file with holes ends the process (SIGBUS)
        # when the disk is full.
        try:
            reserve(stream.fileno(), int(np.prod(shape, dtype=np.int64)) * SAMPLE_BYTES)
        except OSError:
            os.remove(path)
            raise
    return np.memmap(path, np.float32, 'r+', shape=tuple(shape), order='F')


def read_slabs(
    values: np.ndarray, covered: Sequence[np.ndarray]
) -> Iterator[Tuple[Tuple[int, ...], np.ndarray]]:
    """
    :param values: a map, (x, y, z, channel), which may lie on disk
    :param covered: for each axis, bool, whether a window gave the samples
    :return: corner and block (x, y, z, channel) of boxes without overlap that hold all samples that
        are covered on all axes
    """
    samples = max(SLAB_BYTES // (SAMPLE_BYTES * values.shape[3]), 1)
    for box in covered_boxes(covered):
        for slab in slabs(box, samples):
            yield slab.corner, np.asarray(values[place_of(slab)])
