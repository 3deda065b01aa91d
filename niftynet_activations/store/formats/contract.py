# -*- coding: utf-8 -*-
"""
The contract of a file format: what each format has to do for the rest of the program.

- *format*: a kind of file that a map can be written to, a value of ``activation_format``;
- *layout*: how the channels of a map lie in its files, a value of ``activation_layout``;
- *box*: a part of a map, given by its lowest corner and an array (x, y, z, channel);
- *sink*: the object that takes the boxes of one map and makes its files.

A new format is a :class:`Format` of its own and one line in
:mod:`niftynet_activations.store.formats.table`. Everything else asks that table.
"""

from typing import Callable, List, NamedTuple, Optional, Sequence, Tuple

import numpy as np

from niftynet_activations.space.place import Place
from niftynet_activations.store import naming
from niftynet_activations.store.description import RegionFeatures
from niftynet_activations.store.folder import OutputFolder
from niftynet_activations.store.formats.integers import Scaling
from niftynet_activations.store.lazy_arrays import LazyArray
from niftynet_activations.store.spec import MapSpec

LAYOUTS = ('4d', '5d', 'split')
DTYPES = ('float32', 'float16', 'int16', 'uint8')
Corner = Tuple[int, ...]
Made = List[Tuple[str, str]]
# the map's spec and its samples, (x, y, z, channel) -> one object a region
Summarise = Callable[[MapSpec, LazyArray], List[RegionFeatures]]


class WritingMemory(NamedTuple):
    """
    The memory that a sink may use.

    cache_bytes: limit for parts of chunks that wait in memory until their chunk is complete.
    fill: whether to fill a file with zeros before it is memory-mapped, which is faster where the
    file fits into the system's cache.
    """

    cache_bytes: int = 128 << 20
    fill: bool = False


class Sink(object):
    """
    Takes the boxes of one map and makes its files. Boxes may come from several threads; each
    sample comes once, in a box or as a missing one.

    :ivar shape: of the files that are made, as the sidecar tells it
    :ivar scaling: of the stored numbers, known after :meth:`finish`; None where they are the
        values themselves
    """

    shape: Tuple[int, ...]
    scaling: Optional[Scaling] = None

    def write(self, corner: Corner, block: np.ndarray) -> None:
        """
        Take a box.

        :param corner: voxel indices (x, y, z) of its first sample
        :param block: array (x, y, z, channel) of floating-point numbers; not changed
        :raises WriteError: values that the type cannot hold, or ``stop`` was called
        :raises OSError: the disk is full, or the like
        """
        raise NotImplementedError

    def write_kept(self, corner: Corner, block: np.ndarray, kept: np.ndarray) -> None:
        """
        Take a box of which some samples are missing, in all channels.

        :param corner: voxel indices (x, y, z) of its first sample
        :param block: array (x, y, z, channel) of floating-point numbers; not changed
        :param kept: array (x, y, z) bool, False where samples are missing
        :raises WriteError: values that the type cannot hold, or ``stop`` was called
        :raises OSError: the disk is full, or the like
        """
        self.write(corner, np.where(kept[..., np.newaxis], block, np.float32(np.nan)))

    def fill_missing(self, corner: Corner, shape: Sequence[int]) -> None:
        """
        Note a box of missing samples, in all channels.

        :param corner: voxel indices (x, y, z) of its first sample
        :param shape: its sizes (x, y, z)
        """
        raise NotImplementedError

    def samples(self) -> LazyArray:
        """
        Open what was written, after :meth:`finish`, in a format that keeps no files.

        :return: the map, (x, y, z, channel)
        """
        raise NotImplementedError

    def stop(self) -> None:
        """Make calls that run in other threads end soon; by default they are quick anyway."""

    def finish(self) -> Made:
        """
        Make the files.

        :return: list of (path of a complete scratch file or folder, name that it is to get)
        :raises WriteError: ``stop`` was called
        :raises OSError: the disk is full, or the like
        """
        raise NotImplementedError

    def abandon(self) -> None:
        """
        Remove what was written; only when no other call is under way. A second call does nothing.
        """
        raise NotImplementedError


class Format(object):
    """
    One kind of file.

    :cvar name: the value of ``activation_format``; behind a dot it ends the files' names
    :cvar dtypes: the values of ``activation_dtype`` that it can hold, of DTYPES
    :cvar splits: whether the layout ``split`` makes one file for each channel
    :cvar keeps_parts: whether parts of a map wait in memory, so that a run sets memory aside
    :cvar keeps_files: whether the map's samples are kept in files; if not, only the features made
        of them stand in its sidecar
    :cvar holds_volumes: whether it holds samples in space; if not, it holds a table of rows, and is
        no value of ``activation_format``
    """

    name: str
    dtypes: Tuple[str, ...] = ('float32',)
    splits = False
    keeps_parts = False
    keeps_files = True
    holds_volumes = True

    @property
    def suffix(self) -> str:
        """The suffix of a file's name, with its dot."""
        return '.' + self.name

    def file_names(self, spec: MapSpec) -> List[str]:
        """
        List a map's files, without the sidecar.

        :param spec: a MapSpec of this format
        :return: list of names relative to the output folder: one, or for the layout ``split``
            one for each channel in stored order
        """
        base = naming.stem(spec.layer, spec.subject, spec.postfix)
        if self.splits and spec.layout == 'split':
            return ['{}_c{}{}'.format(base, number, self.suffix) for number in spec.channels]
        return [base + self.suffix]

    def scratch_samples(self, spec: MapSpec) -> int:
        """
        :param spec: a MapSpec of this format
        :return: how many float32 numbers wait in a scratch file until the map is complete
        """
        return 0

    def sink(self, spec: MapSpec, folder: OutputFolder, memory: WritingMemory) -> Sink:
        """
        :param spec: a MapSpec of this format
        :param folder: open; gives the paths of scratch files
        :param memory: memory that the sink may use
        :return: a sink that is ready to take boxes
        :raises OSError: the disk has no room for the map
        """
        raise NotImplementedError

    def is_whole(self, path: str, spec: MapSpec) -> bool:
        """
        Tell whether a file is there and has not been cut short since.

        :param path: one of a map's files
        :param spec: its MapSpec
        :return: True or False
        """
        raise NotImplementedError

    def open(self, paths: Sequence[str], missing_value: Optional[float] = None) -> LazyArray:
        """
        Open the file or files of one map; the numbers stay on the disk.

        :param paths: the map's file, or for the layout ``split`` its files in the order of channels
        :param missing_value: what missing samples of an integer file read back as, else None
        :return: a lazy array (x, y, z, channel)
        :raises ReadError: if a file is not there or is not what its name says
        """
        raise NotImplementedError

    def place(self, path: str) -> Optional[Place]:
        """
        Read where a map lies.

        :param path: one of its files
        :return: the place with both forms; None where the file does not tell
        :raises ReadError: if the file is not there or is not what its name says
        """
        return None
