# -*- coding: utf-8 -*-
"""
OME-Zarr 0.4 in Zarr format 2, written in place box by box.

A *chunk* is what zarr compresses as one; a *column* is the chunks of all channels at one place.
Windows do not end where chunks do, so columns fill up box by box. A column that a box fills
alone is written at once; a partly filled one waits in memory until it is full. When those that
wait hold more than the spec's ``cache_bytes``, the ones waiting longest are written as they are
and read back when more of them comes. Samples that never come are NaN, the array's fill value.

Axes are (channel, z, y, x). Scale and translation are mm along the image's own axes; the full
affine, voxel indices x, y, z to world mm, stands in the attribute ``affine``.
"""

import itertools
import threading
from collections import OrderedDict

import numpy as np
import zarr
from numcodecs import Blosc

from niftynet_activations.errors import WriteError
from niftynet_activations.output import files, naming, order
from niftynet_activations.output.integers import Scaling

EDGE = 32  # voxels; 4 channels of float32 make chunks of half a mebibyte
CHUNK_CHANNELS = 4
COLUMN_BYTES = 64 << 20  # of many channels a column may hold so much before chunks get smaller
LARGEST = float(np.finfo(np.float16).max)
ARRAY = '0'


class ZarrMap:
    """
    Sink of one map in format ``zarr``. Boxes may come from several threads, one at a time is
    written.
    """

    def __init__(self, spec, scratch):
        """
        :param spec: a MapSpec of dtype float32 or float16
        :param scratch: function from a name to the path of a new scratch folder on the output's
            file system
        """
        self._spec = spec
        self.shape = (len(spec.channels),) + tuple(int(size) for size in spec.shape_xyz[::-1])
        self.scaling = None  # set by ``finish`` for float16
        self._largest = 0.0
        self._dtype = np.dtype(spec.dtype).newbyteorder('<')
        self._chunks = chunk_shape(self.shape, self._dtype.itemsize)
        (self._name,) = naming.file_names(spec)
        self._path = scratch(self._name)
        self._array = _create(self._path, self.shape, self._chunks, self._dtype, attributes(spec))
        self._lock = threading.Lock()
        self._partial = OrderedDict()  # place of the column -> array (channel, z, y, x)
        self._counts = {}  # place of the column -> samples per channel that have come
        self._spilled = set()
        self._stop = False

    def write(self, corner, block):
        """
        Write a box.

        :param corner: voxel indices (x, y, z) of its first sample
        :param block: array (x, y, z, channel)
        :raises WriteError: values that float16 cannot hold, or stopped meanwhile
        """
        self._check_range(block)
        with self._lock:
            for place, there, here in self._overlaps(corner, block.shape[:3]):
                part = block[here]
                self._put(place, there, part)

    def fill_missing(self, corner, shape):
        """
        Note a box of missing samples.

        :param corner: voxel indices (x, y, z) of its first sample
        :param shape: its sizes (x, y, z)
        """
        with self._lock:
            for place, there, _ in self._overlaps(corner, shape):
                self._count(place, there)

    def stop(self):
        """
        Let a ``write`` that runs in another thread end at its next column.
        """
        self._stop = True

    def finish(self):
        """
        :return: list of (path of the complete scratch folder, name that it is to get)
        """
        with self._lock:
            while self._partial:
                self._spill()
        if self._spec.dtype == 'float16':
            bound = float(np.spacing(np.float16(self._largest))) / 2
            self.scaling = Scaling(1.0, 0.0, bound)
        return [(self._path, self._name)]

    def abandon(self):
        """
        Remove what was written; only when no other call is under way.
        """
        self._partial.clear()
        files.remove(self._path)

    def _put(self, place, there, part):
        """
        :param place: of the column, in chunks (z, y, x)
        :param there: slices (z, y, x) of the part in the column
        :param part: array (x, y, z, channel)
        """
        if self._stop:
            raise WriteError('the map was given up')
        column = self._partial.pop(place, None)
        if column is None and place in self._spilled:
            column = self._array[self._region(place)]
        if column is None:
            column = np.full(self.shape[:1] + self._size(place), np.nan, self._dtype)
        order.turn(column[(slice(None),) + there], part)
        if self._count(place, there):
            self._array[self._region(place)] = column
            return
        self._partial[place] = column
        while sum(waiting.nbytes for waiting in self._partial.values()) > self._spec.cache_bytes:
            self._spill()

    def _count(self, place, there):
        """
        Note that samples have come; a column that missing ones complete is left to ``finish``.

        :param place: of the column, in chunks (z, y, x)
        :param there: slices (z, y, x) of the samples in the column
        :return: True if the column is full
        """
        added = int(np.prod([each.stop - each.start for each in there]))
        self._counts[place] = self._counts.get(place, 0) + added
        return self._counts[place] == int(np.prod(self._size(place)))

    def _spill(self):
        """
        Write the column that has waited longest.
        """
        place, column = self._partial.popitem(last=False)
        self._array[self._region(place)] = column
        self._spilled.add(place)

    def _overlaps(self, corner, shape):
        """
        Cut a box where chunks end.

        :param corner: voxel indices (x, y, z) of its first sample
        :param shape: its sizes (x, y, z)
        :return: iterator over (place of a column (z, y, x), slices (z, y, x) in the column,
            slices (x, y, z) in the box)
        """
        axes = []
        for start, size, edge in zip(corner[::-1], shape[::-1], self._chunks[1:]):
            cuts = []
            for index in range(start // edge, -(-(start + size) // edge)):
                low, high = max(start, index * edge), min(start + size, (index + 1) * edge)
                there = slice(low - index * edge, high - index * edge)
                cuts.append((index, there, slice(low - start, high - start)))
            axes.append(cuts)
        for parts in itertools.product(*axes):
            place, there, here = zip(*parts)
            yield place, there, here[::-1]

    def _size(self, place):
        """
        :param place: of a column, in chunks (z, y, x)
        :return: its sizes (z, y, x), less at the upper ends of the map
        """
        return tuple(
            min(edge, size - index * edge)
            for index, edge, size in zip(place, self._chunks[1:], self.shape[1:])
        )

    def _region(self, place):
        """
        :param place: of a column, in chunks (z, y, x)
        :return: its slices (channel, z, y, x) in the array
        """
        return (slice(None),) + tuple(
            slice(index * edge, index * edge + size)
            for index, edge, size in zip(place, self._chunks[1:], self._size(place))
        )

    def _check_range(self, block):
        """
        :param block: array of numbers
        :raises WriteError: finite values that the type would turn into infinite ones
        """
        if self._spec.dtype != 'float16':
            return
        finite = block[np.isfinite(block)]
        largest = float(np.abs(finite).max()) if finite.size else 0.0
        if largest > LARGEST:
            raise WriteError(
                'the layer gave the value {:g}, and float16 ends at {:g}: use activation_dtype '
                'float32'.format(largest, LARGEST)
            )
        with self._lock:
            self._largest = max(self._largest, largest)


def chunk_shape(shape, item_bytes):
    """
    Choose the chunks.

    :param shape: (channel, z, y, x)
    :param item_bytes: bytes of a number
    :return: sizes (channel, z, y, x) of a chunk
    """
    edge = EDGE
    while edge > 4 and shape[0] * edge**3 * item_bytes > COLUMN_BYTES:
        edge //= 2
    return (min(CHUNK_CHANNELS, shape[0]),) + tuple(min(edge, size) for size in shape[1:])


def attributes(spec):
    """
    Describe the map as OME-Zarr 0.4 does.

    :param spec: a MapSpec
    :return: dictionary of the group's attributes
    """
    affine = np.asarray(spec.affine, dtype=np.float64)
    scale = np.sqrt((affine[:3, :3] ** 2).sum(axis=0))
    # the origin measured along the image's own axes, which need not be perpendicular
    translation = np.linalg.solve(affine[:3, :3] / scale, affine[:3, 3])
    space = [{'name': name, 'type': 'space', 'unit': 'millimeter'} for name in 'zyx']
    transformations = [
        {'type': 'scale', 'scale': [1.0] + scale[::-1].tolist()},
        {'type': 'translation', 'translation': [0.0] + translation[::-1].tolist()},
    ]
    image = {
        'version': '0.4',
        'name': '{} {}'.format(spec.subject, spec.layer),
        'axes': [{'name': 'c', 'type': 'channel'}] + space,
        'datasets': [{'path': ARRAY, 'coordinateTransformations': transformations}],
    }
    return {
        'multiscales': [image],
        'affine': affine.tolist(),
        'channels': [int(channel) for channel in spec.channels],
    }


def _create(path, shape, chunks, dtype, group_attributes):
    """
    Make the store, with the zarr package's versions 2 and 3.

    :param path: its folder
    :param shape: (channel, z, y, x)
    :param chunks: likewise
    :param dtype: type of the numbers
    :param group_attributes: dictionary
    :return: the zarr array
    """
    codec = Blosc('zstd', clevel=1, shuffle=Blosc.SHUFFLE)
    shared = dict(shape=shape, chunks=chunks, dtype=dtype, fill_value=np.nan)
    if int(zarr.__version__.split('.')[0]) < 3:
        group = zarr.open_group(path, mode='w')
        array = group.create_dataset(ARRAY, compressor=codec, dimension_separator='/', **shared)
    else:
        group = zarr.open_group(path, mode='w', zarr_format=2)
        array = group.create_array(
            ARRAY, compressors=codec, chunk_key_encoding={'name': 'v2', 'separator': '/'}, **shared
        )
    group.attrs.update(group_attributes)
    return array
