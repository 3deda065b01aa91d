# -*- coding: utf-8 -*-
"""
Maps as arrays in memory (or in files without a name), for runs that write no files.

Samples keep the network's order in memory, channel fastest, so that a window is copied into its
map as it is. A map that consists of one window is the network's own array, without a copy.
"""

import io
import threading
from typing import List, NamedTuple, Optional, Sequence, Set, Tuple

import numpy as np
import pandas as pd

from niftynet_activations.store.description import MapDescription
from niftynet_activations.store.nameless import NamelessArrays
from niftynet_activations.store.spec import MapSpec
from niftynet_activations.store.vectors import cells, titles
from niftynet_activations.store.writer import check_all_there, described

# A block that is a view is kept without a copy if its base array is at most so many times as large.
MOST_ALIVE = 2


class Held(NamedTuple):
    """One map."""

    spec: MapSpec
    description: MapDescription  # what the sidecar would say; ``nan`` is not counted
    values: np.ndarray  # (x, y, z, channel) float32


class HeldRows(NamedTuple):
    """One table with a row for each window, of a layer without spatial axes."""

    spec: MapSpec
    description: MapDescription
    values: pd.DataFrame


class HeldWriter(object):
    """
    Takes the boxes of one map into an array, as
    :class:`niftynet_activations.store.writer.MapWriter` takes them into files.
    :meth:`write` may be called from several threads.

    :ivar made: the map, once it is finished
    """

    made: Optional[Held] = None

    def __init__(self, spec: MapSpec, arrays: NamelessArrays) -> None:
        """
        :param spec: of the map
        :param arrays: makes the one that holds it
        """
        self._spec, self._arrays = spec, arrays
        self._shape = tuple(spec.shape_xyz) + (len(spec.channels),)
        self._values: Optional[np.ndarray] = None
        self._written = self._missing = 0
        self._lock = threading.Lock()

    def write(self, corner: Sequence[int], block: np.ndarray) -> None:
        """
        :param corner: indices (x, y, z) of the box's first sample
        :param block: array (x, y, z, channel) float32; the caller must not change it afterwards
        """
        if self._arrays.in_memory and self._is_all(block):
            self._values = block
        else:
            self._target(corner, block.shape)[...] = block
        self._count(block.size, 0)

    def write_kept(self, corner: Sequence[int], block: np.ndarray, kept: np.ndarray) -> None:
        """
        :param corner: indices (x, y, z) of the box's first sample
        :param block: array (x, y, z, channel) float32; not changed
        :param kept: array (x, y, z) bool, False where samples are missing
        """
        masked = np.where(kept[..., np.newaxis], block, np.float32(np.nan))
        self._target(corner, block.shape)[...] = masked
        missing = int(np.sum(~kept)) * block.shape[3]
        self._count(block.size - missing, missing)

    def fill_missing(self, corner: Sequence[int], shape: Sequence[int]) -> None:
        """
        :param corner: indices (x, y, z) of a box's first sample
        :param shape: (x, y, z) of the box, all of it missing
        """
        target = self._target(corner, shape)
        target[...] = np.nan
        self._count(0, target.size)

    def finish(self, told: MapDescription) -> None:
        """
        :param told: the keys of the description that only the caller knows
        :raises WriteError: if samples are neither written nor missing
        """
        check_all_there(self._spec, self._written, self._missing)
        description = described(self._spec, told, self._shape, self._missing, None)
        self.made = Held(self._spec, description, self._whole())

    def abandon(self) -> None:
        """Free the samples; a second call does nothing."""
        self._values = None

    def _is_all(self, block: np.ndarray) -> bool:
        """Whether a block is all of the map, and is no small view of a large array."""
        owner = block
        while isinstance(owner.base, np.ndarray):
            owner = owner.base
        alike = block.shape == self._shape and block.dtype == np.float32
        return alike and owner.size <= MOST_ALIVE * block.size

    def _target(self, corner: Sequence[int], shape: Sequence[int]) -> np.ndarray:
        x, y, z = (slice(low, low + size) for low, size in zip(corner, shape[:3]))
        return self._whole()[x, y, z]

    def _whole(self) -> np.ndarray:
        with self._lock:
            if self._values is None:
                self._values = self._arrays.zeros(self._shape)
            return self._values

    def _count(self, written: int, missing: int) -> None:
        with self._lock:
            self._written += written
            self._missing += missing


class HeldTable(object):
    """
    Takes the rows of one table, as :class:`niftynet_activations.store.vectors.VectorTable` takes
    them into a file.

    :ivar made: the table, once it is finished
    """

    made: Optional[HeldRows] = None

    def __init__(self, spec: MapSpec) -> None:
        """
        :param spec: of the table
        """
        self._spec = spec
        self._rows: List[Sequence[str]] = [titles(spec)]
        self._seen: Set[Tuple[int, ...]] = set()

    def append(self, location: Sequence[int], values: np.ndarray) -> None:
        """
        :param location: six whole numbers, the window's first voxel and the one after its last (see
            ``LOCATION`` in :mod:`niftynet_activations.store.vectors`)
        :param values: array (channel,)
        """
        place = tuple(int(each) for each in location)
        if place not in self._seen:
            self._seen.add(place)
            self._rows.append(cells(self._spec, place, np.asarray(values, np.float32)))

    def finish(self, told: MapDescription) -> None:
        """
        :param told: the keys of the description
        """
        text = '\n'.join(','.join(row) for row in self._rows) + '\n'
        # read from text, so that the columns get the types of a table from a file
        self.made = HeldRows(self._spec, told, pd.read_csv(io.StringIO(text)))

    def abandon(self) -> None:
        """Do nothing: there is no file to remove."""
