# -*- coding: utf-8 -*-
"""
A map that has to be there as a whole before it is written: its samples wait in a file.

- *gathering*: with ``crop``, samples are put in their place as windows come;
  :mod:`niftynet_activations.stitching.blend` does the same with means.
"""

import os
from typing import Iterator, Sequence, Tuple

import numpy as np

from niftynet_activations.space.boxes import covered_boxes, place_of, slabs
from niftynet_activations.stitching.crop import CropPlan, take
from niftynet_activations.store.files import reserve

SLAB_BYTES = 1 << 24
SAMPLE_BYTES = 4


class Gatherer(object):
    """Puts the samples of windows into a file. Safe to call from several threads."""

    def __init__(self, plan: CropPlan, channels: int, scratch: str) -> None:
        """
        :param plan: for x, y and z
        :param channels: of the map
        :param scratch: path for the samples; a file there is replaced
        :raises OSError: the disk has no room for them
        """
        self._plan, self._path = plan, scratch
        self._values = zeros_in_file(scratch, plan.shape + (channels,))

    def add(self, start: Sequence[int], values: np.ndarray) -> None:
        """
        :param start: where the window starts, (x, y, z) in voxels
        :param values: what the window gave, (x, y, z, channel)
        """
        for box, runs in self._plan.placements(start):
            self._values[place_of(box)] = take(values, runs)

    def finish(self) -> np.ndarray:
        """
        :return: the map, (x, y, z, channel) float32, on disk until :meth:`remove`; 0 where no
            window gave a sample
        """
        return self._values

    def remove(self) -> None:
        """Remove the file; harmless when it is gone."""
        if os.path.exists(self._path):
            os.remove(self._path)


def zeros_in_file(path: str, shape: Sequence[int]) -> np.ndarray:
    """
    :param path: of a new file; one that is there is replaced
    :param shape: (x, y, z) or (x, y, z, channel)
    :return: float32 array of zeros that lies in the file, x fastest and the channel slowest, as in
        the files the map goes to
    :raises OSError: the disk has no room for it
    """
    with open(path, 'wb') as stream:
        # a hole in a mapped file would end the process when the disk is full
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
