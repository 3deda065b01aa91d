# -*- coding: utf-8 -*-
"""
One map from its first box to its files: what the aggregator talks to.

Every sample of the map is either *written* once, in a box (a block and the place of its first
sample), or marked *missing* once. A map is *whole* when each sample is one or the other.
"""

import contextlib
import threading

import numpy as np

from niftynet_activations.errors import OptionError, WriteError
from niftynet_activations.store import files, memory_order, sidecar
from niftynet_activations.store.formats import integers
from niftynet_activations.store.formats.nifti_in_place import InPlaceNifti
from niftynet_activations.store.formats.nifti_spooled import SpooledNifti
from niftynet_activations.store.publishing import publish_map
from niftynet_activations.store.spec import check_spec


def make_sink(folder, spec):
    """
    Choose what writes a map's files.

    :param folder: an open OutputFolder
    :param spec: a MapSpec
    :return: an object with write, fill_missing, finish, stop and abandon, the shape that goes
        into the sidecar and, where it has one after ``finish``, a Scaling
    :raises OptionError: the package that the format needs is not installed
    """
    if spec.format == 'zarr':
        try:
            # here, because zarr need not be installed for the other formats
            from niftynet_activations.store.formats.zarr_map import ZarrMap
        except ImportError as error:
            raise OptionError(
                "activation_format 'zarr' needs the package zarr ({}): install it with 'pip "
                "install zarr', or choose 'nii.gz' or 'nii'".format(error)
            ) from error
        return ZarrMap(spec, folder.scratch)
    if spec.spools:
        return SpooledNifti(spec, folder.scratch, folder.spool('boxes'))
    return InPlaceNifti(spec, folder.scratch)


class MapWriter:
    """
    Writer of one map. ``write`` and ``fill_missing`` may be called from several threads; after
    ``finish`` or ``abandon`` they raise.
    """

    def __init__(self, folder, spec):
        """
        :param folder: an open OutputFolder
        :param spec: a MapSpec
        :raises OptionError: options that are not allowed
        :raises WriteError: the disk has no room, or the like
        """
        check_spec(spec)
        self.spec = spec
        self.missing = 0  # samples, of all channels together
        self.nan = 0  # NaN values that the layer gave
        self._folder = folder
        self._written = 0
        self._open = True
        self._active = 0
        self._change = threading.Condition()
        self._files = None
        self._doing = 'writing ' + spec.name
        with files.disk_errors(self._doing):
            self._sink = make_sink(folder, spec)

    def write(self, corner_xyz, block):
        """
        Write a box.

        :param corner_xyz: voxel indices of its first sample
        :param block: array (x, y, z, channel) of numbers, channels in stored order; not changed
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
                self._written += block.size
                self.nan += nan

    def fill_missing(self, corner_xyz, shape_xyz):
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

    def finish(self, info):
        """
        Complete the map: its files appear, then its rows in the table, then its sidecar.

        :param info: dictionary of sidecar keys that only the caller knows; those that the writer
            knows (subject, layer, channels, shape, dtype, affine, missing, missing_value, nan)
            are added, ``versions`` where it is absent
        :return: list of names of the map's files, relative to the folder; a second call returns
            the same
        :raises WriteError: samples are neither written nor missing, or the disk is full
        """
        if self._files is not None:
            return list(self._files)
        with self._working():
            self._open = False
            self._check_whole()
            made = self._sink.finish()
            content = self._sidecar(info)
            publish_map(self._folder, self.spec, made, content)
            self._files = [name for _, name in made]
        return list(self._files)

    def abandon(self):
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

    def _sidecar(self, info):
        """
        :param info: what the caller knows
        :return: dictionary of all sidecar keys that are known
        """
        spec = self.spec
        content = {
            'versions': sidecar.versions(spec.settings),
            **info,
            'subject': spec.subject,
            'layer': spec.layer,
            'channels': list(spec.channels),
            'shape': list(self._sink.shape),
            'dtype': spec.dtype,
            'affine': spec.place.affine,
            'axcodes': spec.place.axcodes,
            'units': spec.place.unit,
            'missing': self.missing,
            'missing_value': None,
            'nan': self.nan,
        }
        scaling = getattr(self._sink, 'scaling', None)
        if scaling is not None:
            content['scl_slope'], content['scl_inter'], content['error_bound'] = scaling
        if scaling is not None and spec.dtype in integers.CODES:
            content['missing_value'] = integers.missing_value(scaling, spec.dtype)
        return content

    def _check_place(self, corner, shape):
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

    def _check_whole(self):
        seen = self._written + self.missing
        if seen != self.spec.samples:
            raise WriteError(
                "layer '{}' of subject '{}' has {} samples, of which {} were written and {} marked "
                'missing: the run ended early, or windows overlap'.format(
                    self.spec.layer,
                    self.spec.subject,
                    self.spec.samples,
                    self._written,
                    self.missing,
                )
            )

    @contextlib.contextmanager
    def _working(self):
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
