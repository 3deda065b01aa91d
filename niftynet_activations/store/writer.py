# -*- coding: utf-8 -*-
"""
The writer of one map: it takes the map's boxes while windows come, and completes its files.

Every sample of the map is either *written* once, in a box (a block and the place of its first
sample), or marked *missing* once. A map is *whole* when each sample is one or the other.
"""

import contextlib
import threading
from typing import Iterator, List, Optional, Sequence

import numpy as np

from niftynet_activations.errors import WriteError
from niftynet_activations.store import files, memory_order, sidecar
from niftynet_activations.store.description import MapDescription
from niftynet_activations.store.folder import OutputFolder
from niftynet_activations.store.formats import integers
from niftynet_activations.store.formats.contract import Summarise, WritingMemory
from niftynet_activations.store.formats.table import check_spec, format_named
from niftynet_activations.store.publishing import publish_map
from niftynet_activations.store.spec import MapSpec, placed

DEFAULT_MEMORY = WritingMemory()


def described(
    spec: MapSpec, told: MapDescription, shape: Sequence[int], missing: int, nan: Optional[int]
) -> MapDescription:
    """
    Complete a map's description by what its writer knows.

    :param spec: of a map that is complete
    :param told: the keys that only the caller knows
    :param shape: of its files
    :param missing: samples that are missing, of all channels together
    :param nan: values that the layer gave as NaN; None where that is not known yet
    :return: the complete description
    """
    place = placed(spec)
    return told._replace(
        versions=told.versions or sidecar.versions(spec.settings),
        subject=spec.subject,
        layer=spec.layer,
        channels=spec.channels,
        shape=shape,
        dtype=spec.dtype,
        affine=place.affine,
        axcodes=place.axcodes,
        units=place.unit,
        missing=missing,
        nan=nan,
    )


def check_all_there(spec: MapSpec, written: int, missing: int) -> None:
    """
    :param spec: of a map to which the last window has been added
    :param written: samples that were written, of all channels together
    :param missing: samples that were marked missing
    :raises WriteError: if both together are not exactly all samples of the map
    """
    if written + missing != spec.samples:
        raise WriteError(
            "layer '{}' of subject '{}' has {} samples, of which {} were written and {} marked "
            'missing: the run ended early, or windows overlap'.format(
                spec.layer, spec.subject, spec.samples, written, missing
            )
        )


class MapWriter:
    """
    Writer of one map. ``write`` and ``fill_missing`` may be called from several threads; after
    ``finish`` or ``abandon`` they raise.
    """

    def __init__(
        self,
        folder: OutputFolder,
        spec: MapSpec,
        memory: WritingMemory = DEFAULT_MEMORY,
        summarise: Optional[Summarise] = None,
    ) -> None:
        """
        :param folder: an open OutputFolder
        :param spec: a MapSpec
        :param memory: memory that the map's sink may use
        :param summarise: for a map that is not kept: the function that makes the features which
            stand in its sidecar
        :raises OptionError: options that are not allowed
        :raises WriteError: the disk has no room, or the like
        """
        check_spec(spec)
        self.spec = spec
        self.missing = 0  # samples, of all channels together
        self.nan = 0  # NaN values that the layer gave
        self._folder = folder
        self._summarise = summarise
        self._written = 0
        self._open = True
        self._active = 0
        self._change = threading.Condition()
        self._files: Optional[List[str]] = None
        self._doing = 'writing ' + spec.name
        with files.disk_errors(self._doing):
            self._sink = format_named(spec.format).sink(spec, folder, memory)

    def write(self, corner_xyz: Sequence[int], block: np.ndarray, missing: int = 0) -> None:
        """
        Write a box.

        :param corner_xyz: voxel indices of its first sample
        :param block: array (x, y, z, channel) of numbers, channels in stored order; not changed
        :param missing: how many of its samples, of all channels together, are NaN because they are
            missing; only a floating-point type can hold these
        :raises ValueError: it does not lie in the map, as a fault of the caller
        :raises WriteError: the disk is full, or the like
        """
        self._check_place(corner_xyz, block.shape[:3])
        if block.ndim != 4 or block.shape[3] != len(self.spec.channels):
            raise ValueError(
                'a block of {} channels is expected, got shape {}'.format(
                    len(self.spec.channels), block.shape
                )
            )
        if not block.size:
            return
        with self._working():
            nan = memory_order.count_nan(block)
            self._sink.write(tuple(corner_xyz), block)
            with self._change:
                self._written += block.size - missing
                self.missing += missing
                self.nan += nan - missing

    def write_kept(self, corner_xyz: Sequence[int], block: np.ndarray, kept: np.ndarray) -> None:
        """
        Write a box of which some samples are missing, in all channels.

        :param corner_xyz: voxel indices of its first sample
        :param block: array (x, y, z, channel) of numbers, channels in stored order; not changed
        :param kept: array (x, y, z) bool, False where samples are missing
        :raises ValueError: it does not lie in the map, as a fault of the caller
        :raises WriteError: the disk is full, or the like
        """
        if kept.all():
            self.write(corner_xyz, block)
        elif not kept.any():
            self.fill_missing(corner_xyz, kept.shape)
        else:
            self._check_place(corner_xyz, kept.shape)
            missing = int(np.sum(~kept)) * block.shape[3]
            with self._working():
                nan = memory_order.count_nan(block[kept])
                self._sink.write_kept(tuple(corner_xyz), block, kept)
                with self._change:
                    self._written += block.size - missing
                    self.missing += missing
                    self.nan += nan

    def fill_missing(self, corner_xyz: Sequence[int], shape_xyz: Sequence[int]) -> None:
        """
        Mark the samples of a box as missing, in all channels.

        :param corner_xyz: voxel indices of its first sample
        :param shape_xyz: its sizes in voxels
        :raises ValueError: it does not lie in the map, as a fault of the caller
        :raises WriteError: the disk is full, or the like
        """
        self._check_place(corner_xyz, shape_xyz)
        count = int(np.prod(shape_xyz, dtype=np.int64)) * len(self.spec.channels)
        if not count:
            return
        with self._working():
            self._sink.fill_missing(tuple(corner_xyz), tuple(shape_xyz))
            with self._change:
                self.missing += count

    def finish(self, told: MapDescription) -> List[str]:
        """
        Complete the map: its files appear, then its rows in the table, then its sidecar.

        :param told: the keys of the description that only the caller knows; the writer adds
            subject, layer, channels, shape, dtype, place, missing, missing_value and nan, and
            ``versions`` where the caller gives none
        :return: list of names of the map's files, relative to the folder; a second call returns
            the same
        :raises WriteError: samples are neither written nor missing, or the disk is full
        """
        if self._files is not None:
            return list(self._files)
        with self._working():
            self._open = False
            check_all_there(self.spec, self._written, self.missing)
            made = self._sink.finish()
            description = self._describe(told)
            if self._summarise is not None:
                features = self._summarise(self.spec, self._sink.samples())
                self._sink.abandon()
                description = description._replace(features=features)
            publish_map(self._folder, self.spec, made, description)
            self._files = [name for _, name in made]
        return list(self._files)

    def abandon(self) -> None:
        """
        Give the map up and remove what was written of it; harmless after ``finish``.

        Waits for calls that other threads have under way.
        """
        if self._files is not None:
            return
        self._open = False
        self._sink.stop()
        with self._change:
            self._change.wait_for(lambda: not self._active)
        if self._files is None:
            self._sink.abandon()

    def _describe(self, told: MapDescription) -> MapDescription:
        """
        :param told: the keys of the description that only the caller knows
        :return: the complete description
        """
        spec, scaling = self.spec, self._sink.scaling
        description = described(spec, told, self._sink.shape, self.missing, self.nan)
        if scaling is None:
            return description
        if spec.dtype in integers.CODES:
            description = description._replace(
                missing_value=integers.missing_value(scaling, spec.dtype)
            )
        return description._replace(
            scl_slope=scaling.slope, scl_inter=scaling.inter, error_bound=scaling.error_bound
        )

    def _check_place(self, corner: Sequence[int], shape: Sequence[int]) -> None:
        ends = [start + size for start, size in zip(corner, shape)]
        inside = all(
            0 <= start <= end <= size for start, end, size in zip(corner, ends, self.spec.shape_xyz)
        )
        if len(ends) != 3 or not inside:
            raise ValueError(
                'a box from {} to {} does not lie in a map of {}'.format(
                    tuple(corner), tuple(ends), tuple(self.spec.shape_xyz)
                )
            )

    @contextlib.contextmanager
    def _working(self) -> Iterator[None]:
        """
        Surround a call that uses the sink: counted, so that ``abandon`` can wait for its end.

        :raises WriteError: the writer is closed, or in place of an OSError of the call
        """
        with self._change:
            if not self._open:
                raise WriteError('{}: the map is complete or given up'.format(self._doing))
            self._active += 1
        try:
            with files.disk_errors(self._doing):
                yield
        finally:
            with self._change:
                self._active -= 1
                self._change.notify_all()
