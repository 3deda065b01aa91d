# -*- coding: utf-8 -*-
"""
Layers without spatial axes: one vector per window, in a CSV file of its own.

Columns are the window's *location* (its first voxel and one after its last, in network space),
then ``c<the network's channel number>``. A window that
NiftyNet repeats to fill a batch is written once.
"""

import threading
from typing import Iterable, List, Optional, Sequence, Set, Tuple

import numpy as np

from niftynet_activations.errors import WriteError
from niftynet_activations.store import files, sidecar
from niftynet_activations.store.description import MapDescription
from niftynet_activations.store.folder import OutputFolder
from niftynet_activations.store.formats.rows_format import NAME
from niftynet_activations.store.formats.table import file_names
from niftynet_activations.store.publishing import publish_map
from niftynet_activations.store.spec import MapSpec

LOCATION = ('x_start', 'y_start', 'z_start', 'x_end', 'y_end', 'z_end')


class VectorTable:
    """
    Writer of one layer's vectors for one subject. ``append`` may be called from several threads.
    """

    def __init__(self, folder: OutputFolder, spec: MapSpec) -> None:
        """
        :param folder: an open OutputFolder
        :param spec: from ``vector_spec``
        :raises WriteError: the file cannot be made
        """
        self.spec = spec
        self.nan = 0
        self._folder = folder
        self._seen: Set[Tuple[int, ...]] = set()
        self._lock = threading.Lock()
        self._files: Optional[List[str]] = None
        self._doing = 'writing ' + spec.name
        (self._name,) = file_names(spec)
        self._path = folder.scratch(self._name)
        with files.disk_errors(self._doing):
            self._stream = open(self._path, 'w', encoding='utf-8')
            self._stream.write(','.join(titles(spec)) + '\n')

    def append(self, location: Iterable[int], values: np.ndarray) -> None:
        """
        Write a window's vector.

        :param location: six whole numbers, see LOCATION
        :param values: array (channel,)
        :raises ValueError: other shapes, as a fault of the caller
        :raises WriteError: the disk is full, or the table complete or given up
        """
        place = tuple(int(each) for each in location)
        values = np.asarray(values, dtype=np.float32)
        row = cells(self.spec, place, values)
        with self._lock, files.disk_errors(self._doing):
            if self._stream.closed:
                raise WriteError('{}: the table is complete or given up'.format(self._doing))
            if place not in self._seen:
                self._seen.add(place)
                self._stream.write(','.join(row) + '\n')
                self.nan += int(np.count_nonzero(np.isnan(values)))

    def finish(self, told: MapDescription) -> List[str]:
        """
        Complete the table: the file appears, then its row in the list, then its sidecar.

        :param told: the keys of the description that only the caller knows
        :return: list with the name of the file; a second call returns the same
        :raises WriteError: the disk is full, or the like
        """
        if self._files is not None:
            return list(self._files)
        with self._lock, files.disk_errors(self._doing):
            self._stream.close()
        description = self._describe(told)
        with files.disk_errors(self._doing):
            publish_map(self._folder, self.spec, [(self._path, self._name)], description)
        self._files = [self._name]
        return list(self._files)

    def abandon(self) -> None:
        """
        Give the table up and remove what was written; harmless after ``finish``.
        """
        if self._files is None:
            with self._lock:
                self._stream.close()
                files.remove(self._path)

    def _describe(self, told: MapDescription) -> MapDescription:
        spec = self.spec
        return told._replace(
            versions=told.versions or sidecar.versions(spec.settings),
            windows=len(self._seen) if told.windows is None else told.windows,
            subject=spec.subject,
            layer=spec.layer,
            channels=spec.channels,
            shape=[len(self._seen), len(spec.channels)],
            dtype=spec.dtype,
            missing=0,
            nan=self.nan,
        )


def titles(spec: MapSpec) -> Tuple[str, ...]:
    """
    :param spec: of a table
    :return: the titles of its columns
    """
    return LOCATION + tuple('c{}'.format(channel) for channel in spec.channels)


def cells(spec: MapSpec, place: Tuple[int, ...], values: np.ndarray) -> List[str]:
    """
    :param spec: of a table
    :param place: six whole numbers, see LOCATION
    :param values: array (channel,) float32
    :return: the cells of a row
    :raises ValueError: other shapes, as a fault of the caller
    """
    if len(place) != len(LOCATION) or values.shape != (len(spec.channels),):
        raise ValueError(
            'six places and {} channels are expected, got {} and shape {}'.format(
                len(spec.channels), len(place), values.shape
            )
        )
    # nine significant digits are enough to read every float32 back exactly
    return ['{:d}'.format(each) for each in place] + ['{:.9g}'.format(each) for each in values]


def vector_spec(
    subject: str,
    layer: str,
    postfix: str,
    channels: Sequence[int],
    settings: Optional[str] = None,
) -> MapSpec:
    """
    Describe the table of a layer without spatial axes.

    :param subject: its name
    :param layer: its name
    :param postfix: the end of every file name of the run
    :param channels: the network's channel numbers, in stored order
    :param settings: fingerprint of the settings that the values depend on, or None
    :return: a MapSpec without place and size
    """
    return MapSpec(
        subject, layer, postfix, (0, 0, 0), tuple(channels), None, format=NAME, settings=settings
    )
