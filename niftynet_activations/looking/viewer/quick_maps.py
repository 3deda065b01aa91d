# -*- coding: utf-8 -*-
"""
Large ``nii.gz`` maps whose channels open quickly, by an index that is made once.

Vocabulary of this module:

index
    points at which reading of a gzip file can begin, in a file that ``indexed_gzip`` makes.
    It lies beside the map, has its name and SUFFIX at the end, and counts only while it is younger
    than the map and fits its size.
part
    a piece of a gzip file that this package wrote; it can be decompressed without the others, so
    that an index of the parts is made without decompressing anything.
quick
    of a map: read through an index. Without one, everything before a channel is decompressed
    again for each channel.
"""

import itertools
import os
import struct
import threading
from collections import OrderedDict
from typing import Dict, Optional, Tuple

import nibabel as nib

from niftynet_activations.errors import ReadError
from niftynet_activations.looking.activation_map import ActivationMap
from niftynet_activations.store.files import file_state
from niftynet_activations.store.formats.gzip_member import part_starts
from niftynet_activations.store.formats.nifti_reading import NiftiArray, load_own, voxels_of
from niftynet_activations.store.formats.nifti_spooled import part_sizes
from niftynet_activations.store.lazy_arrays import LazyArray

try:
    import indexed_gzip
except (
    ImportError
):  # it is no requirement: without it maps are read as a whole, and the page says so
    indexed_gzip = None

SUFFIX = '.gzidx'
LARGE = 64 << 20  # bytes, compressed: a smaller file is decompressed in about a second
ADVISE = 256 << 20  # bytes, compressed: for a larger file the page recommends another format
# Uncompressed bytes between two points. A point takes 32 KB; to reach a byte, everything from the
# point before it is decompressed.
SPACING = 8 << 20
BLOCK = 1 << 20
WINDOW = 32768  # bytes that deflate may refer back to
MOST_OPEN = 4  # maps that stay open, as many as the page has panes: each holds its index in memory


class QuickMaps:
    """The maps that are read through an index; each index is made once, in the background."""

    def __init__(self) -> None:
        self._open: 'OrderedDict[str, Tuple[object, ActivationMap]]' = OrderedDict()
        self._making: Dict[Tuple[str, object], threading.Thread] = {}
        self._lock = threading.Lock()

    def of(self, one: ActivationMap, channel: Optional[int] = None) -> ActivationMap:
        """
        :param one: a map
        :param channel: which channel is to be read; all where not given
        :return: the same map, read through an index where that is worth it. While the index is
            being made the first channel is read without it, and others wait for it
        """
        path = one.files[0]
        if len(one.files) > 1 or not needs_index(path):
            return one
        known = self._known(path)
        if known is not None:
            return known
        if not is_indexed(path):
            thread = self._start(path)
            if channel == 0:
                return one
            thread.join()
        return self._opened(path, one)

    def _known(self, path: str) -> Optional[ActivationMap]:
        """Give the open map of a file, if the file has not changed since it was opened."""
        with self._lock:
            state, one = self._open.get(path, (None, None))
            if one is None or state != file_state(path):
                return None
            self._open.move_to_end(path)
            return one

    def _opened(self, path: str, one: ActivationMap) -> ActivationMap:
        with self._lock:
            self._open[path] = file_state(path), QuickMap(one)
            self._open.move_to_end(path)
            while len(self._open) > MOST_OPEN:
                self._open.popitem(last=False)
            return self._open[path][1]

    def _start(self, path: str) -> threading.Thread:
        with self._lock:
            key = path, file_state(path)
            if key not in self._making:
                self._making[key] = threading.Thread(target=make_index, args=(path,), daemon=True)
                self._making[key].start()
            return self._making[key]


class QuickMap(ActivationMap):
    """A map of one ``nii.gz`` file, read through an index."""

    def __init__(self, source: ActivationMap) -> None:
        """
        :param source: the map
        """
        vars(self).update(vars(source))
        self._data = IndexedNifti(source.files[0], source.info.get('missing_value'))

    @property
    def data(self) -> LazyArray:
        return self._data


class IndexedNifti(NiftiArray):
    """A ``nii.gz`` file that stays open, with the points at which reading can begin."""

    def __init__(self, path: str, missing_value: Optional[float] = None) -> None:
        """
        :param path: the file
        :param missing_value: what missing samples read back as; None where they are NaN
        """
        super().__init__(path, missing_value)
        index = index_path(path) if is_indexed(path) else None
        self._stream = indexed_gzip.IndexedGzipFile(path, index_file=index, spacing=SPACING)
        holder = nib.FileHolder(path, self._stream)
        image = nib.Nifti1Image.from_file_map({'header': holder, 'image': holder})
        self._proxy = voxels_of(image)

    def streaming(self) -> 'IndexedNifti':
        return self


def index_path(path: str) -> str:
    """
    :param path: of a ``nii.gz`` file
    :return: path of its index
    """
    return path + SUFFIX


def needs_index(path: str) -> bool:
    """
    :param path: of a map's file
    :return: whether its channels are slow to read without an index, and an index can be made
    """
    large = path.endswith('.gz') and os.path.isfile(path) and os.path.getsize(path) >= LARGE
    return large and indexed_gzip is not None


def is_indexed(path: str) -> bool:
    """
    :param path: of a ``nii.gz`` file
    :return: whether an index of this file lies beside it
    """
    index = index_path(path)
    if not os.path.isfile(index) or os.path.getmtime(index) < os.path.getmtime(path):
        return False
    try:
        # Another file may have been copied here together with its older time.
        with indexed_gzip.IndexedGzipFile(path, index_file=index):
            return True
    except (OSError, indexed_gzip.ZranError):
        return False


def make_index(path: str) -> bool:
    """
    Write the index of a file beside it. It appears under its name when it is whole.

    :param path: of a ``nii.gz`` file
    :return: False where the index cannot be written or the file cannot be read to its end; the
        file is then read without an index, and reading it reports its fault
    """
    part = '{}.{}.part'.format(index_path(path), os.getpid())
    try:
        if not write_index_of_parts(path, part):
            _write_index(path, part)
        os.replace(part, index_path(path))
        return True
    except (OSError, ReadError, indexed_gzip.ZranError):
        return False
    finally:
        if os.path.exists(part):
            os.remove(part)


def _write_index(path: str, index: str) -> None:
    """Make the index of a file of any program, by decompressing it to its end."""
    with indexed_gzip.IndexedGzipFile(path, spacing=SPACING) as stream:
        # Block by block: one call for all of it would hold up every other thread.
        while stream.read(BLOCK):
            pass
        stream.export_index(index)


def write_index_of_parts(path: str, index: str) -> bool:
    """
    Write the index of a file that is made of parts, in the format of ``indexed_gzip`` (version 1:
    head, then for each point its byte in the compressed file, its byte in the uncompressed data,
    its bit offset, and whether the data before it is needed, which is never so here).

    :param path: of a ``nii.gz`` file
    :param index: the file to write
    :return: False where the file is not made of parts; nothing is written then
    :raises ReadError: if the file is no image
    """
    image, voxels = load_own(path)
    item = image.get_data_dtype().itemsize
    sizes = part_sizes(int(voxels.offset), image.shape, item)
    starts = part_starts(path, sizes)
    if starts is None:
        return False
    head = b'GZIDX\x01\x00' + struct.pack(
        '<QQIII', os.path.getsize(path), sum(sizes), SPACING, WINDOW, len(starts)
    )
    ends = itertools.accumulate(sizes)
    with open(index, 'wb') as stream:
        stream.write(head)
        for start, size, end in zip(starts, sizes, ends):
            stream.write(struct.pack('<QQBB', start, end - size, 0, 0))
    return True


def advice_for(one: ActivationMap) -> Optional[str]:
    """
    :param one: a map
    :return: advice for a format whose channels open at once; None where they open at once already
    """
    path = one.files[0]
    if len(one.files) > 1 or not path.endswith('.gz') or os.path.getsize(path) < ADVISE:
        return None
    if indexed_gzip is None:
        wait, way = 'every channel takes a while', 'pip install indexed_gzip helps; with '
    else:
        wait, way = 'its first channel takes a while', 'With '
    return (
        'This map is compressed as a whole: {}. {}activation_format = zarr or nii every channel '
        'opens at once.'.format(wait, way)
    )
