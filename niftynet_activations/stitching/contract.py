# -*- coding: utf-8 -*-
"""
The contract of a stitch mode: how windows, one after the other, become the map of one layer.

A *stitcher* makes one map. Windows are added to it in any order, each one once; it hands boxes of
the map on to the writer, which takes every sample that a window gives exactly once. A stitch mode
is a kind of stitcher, and stands in the table of :mod:`niftynet_activations.stitching.stitcher`.
"""

from typing import Callable, NamedTuple, Optional, Sequence, Tuple, Type

import numpy as np

from niftynet_activations.space.input_grid import InputGrid
from niftynet_activations.stitching.axis_plan import AxisPlan, StitchPlan
from niftynet_activations.store.nameless import NamelessArrays

Write = Callable[[Tuple[int, ...], np.ndarray], None]


class Task(NamedTuple):
    """One map to be stitched."""

    plan: StitchPlan  # for x, y and z, made of the mode's own axis plans
    channels: int  # of the map
    write: Write  # takes a box: its corner in the written map, and (x, y, z, channel)
    scratch: str  # path for the first scratch file; more of them add an ending to it
    grid: Optional[InputGrid] = None  # what the map is written on; None: its own lattice
    nameless: Optional[NamelessArrays] = None  # makes what takes the place of scratch files


class Stitcher(object):
    """
    Makes one map of the windows of one layer. :meth:`add` may be called from several threads.

    :cvar axis_plan: says which windows the map takes a sample from
    :cvar gathers: whether nothing can be written before the last window has come, so that the
        samples wait in a scratch file
    :ivar in_order: whether windows must be added one after the other, in the same order in every
        run, for the map to be the same to the last digit
    """

    axis_plan: Type[AxisPlan]
    gathers = False
    in_order = False

    def __init__(self, task: Task) -> None:
        """
        :param task: the map to be made
        :raises OSError: the disk has no room for the scratch files
        """
        self._task = task

    @classmethod
    def scratch_samples(cls, shape: Sequence[int], channels: int) -> int:
        """
        :param shape: (x, y, z) of the map in samples
        :param channels: of the map
        :return: how many float32 numbers wait in scratch files
        """
        return 0

    def add(self, start: Sequence[int], values: np.ndarray) -> None:
        """
        Take a window, and write what of the map is ready.

        :param start: where the window starts, (x, y, z) in voxels; planned for, and not added yet
        :param values: what the window gave, (x, y, z, channel); not changed
        """
        raise NotImplementedError

    def add_part(self, start: Sequence[int], corner: Sequence[int], values: np.ndarray) -> None:
        """
        Take a part of a window that comes in parts.

        :param start: where the window starts, (x, y, z) in voxels
        :param corner: the part's first sample of the window, (x, y, z)
        :param values: the part, (x, y, z, channel); not changed
        """
        raise NotImplementedError

    def finish(self) -> None:
        """Write all samples that had to wait for the last window; a second call does nothing."""

    def remove(self) -> None:
        """Remove the scratch files; a second call does nothing."""
