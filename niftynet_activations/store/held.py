# -*- coding: utf-8 -*-
"""
Maps as arrays in memory (or in files without a name), for runs that write no files.

Samples keep the network's order, channel fastest, so that a window goes into its map by plain
copying. A few windows, and the last one, are not copied: the map takes the network's own numbers.
"""

import io
import threading
from typing import Dict, List, NamedTuple, Optional, Sequence, Set, Tuple

import numpy as np
import pandas as pd

from niftynet_activations.store.description import MapDescription
from niftynet_activations.store.held_array import HeldArray, Piece
from niftynet_activations.store.nameless import NamelessArrays
from niftynet_activations.store.spec import MapSpec
from niftynet_activations.store.vectors import cells, titles
from niftynet_activations.store.writer import check_all_there, described

# times what is held: a window of 72 voxels has 2.1 times the samples inside of its border of 8
MOST_ALIVE = 2.5
BEFORE_THE_LAST = 1.5  # the same, of what other windows than the last one keep alive
MOST_PIECES = 4  # of theirs; reading looks at each
SMALL = 128 << 20  # bytes; of a larger map memory counts more than the time to copy a window


class Held(NamedTuple):
    """One map."""

    spec: MapSpec
    description: MapDescription  # what the sidecar would say; ``nan`` is not counted
    values: HeldArray  # (x, y, z, channel) float32


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
        self._beneath: Optional[np.ndarray] = None  # takes what is copied
        self._pieces: List[Piece] = []  # what is not
        self._owners: Dict[int, int] = {}  # id of an array that they keep alive -> its size
        self._written = self._missing = 0
        self._lock = threading.Lock()

    def write(self, corner: Sequence[int], block: np.ndarray) -> None:
        """
        :param corner: indices (x, y, z) of the box's first sample
        :param block: array (x, y, z, channel) float32; the caller must not change it afterwards
        """
        last = self._count(block.size, 0)
        if not self._stays(Piece(tuple(corner), block), last):
            self._target(corner, block.shape)[...] = block

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
        values = HeldArray(self._shape, self._beneath, self._pieces)
        self.made = Held(self._spec, description, values)

    def abandon(self) -> None:
        """Let the samples go; calling it again does nothing."""
        self._beneath, self._pieces = None, []

    def _stays(self, piece: Piece, last: bool) -> bool:
        """Whether what a window gave stays as it is: it keeps little else alive."""
        owner = piece.values
        if not self._arrays.in_memory or owner.dtype != np.float32:
            return False
        while isinstance(owner.base, np.ndarray):
            owner = owner.base
        with self._lock:
            owners = {**self._owners, id(owner): owner.size}
            alive = sum(owners.values())
            if last:
                alive += 0 if self._beneath is None else self._spec.samples
                stays = alive <= MOST_ALIVE * self._spec.samples
            else:
                few = len(self._pieces) < MOST_PIECES and self._spec.raw_bytes <= SMALL
                stays = few and alive <= BEFORE_THE_LAST * self._spec.samples
            if stays:
                self._owners = owners
                self._pieces.append(piece)
        return stays

    def _target(self, corner: Sequence[int], shape: Sequence[int]) -> np.ndarray:
        x, y, z = (slice(low, low + size) for low, size in zip(corner, shape[:3]))
        return self._whole()[x, y, z]

    def _whole(self) -> np.ndarray:
        with self._lock:
            if self._beneath is None:
                self._beneath = self._arrays.zeros(self._shape)
            return self._beneath

    def _count(self, written: int, missing: int) -> bool:
        """
        :return: whether nothing is to come behind this
        """
        with self._lock:
            self._written += written
            self._missing += missing
            return self._written + self._missing == self._spec.samples


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
