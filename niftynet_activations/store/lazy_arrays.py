# -*- coding: utf-8 -*-
"""
Maps on disk as arrays that read only what is asked for.

Vocabulary of this module:

lazy array
    an object with ``shape``, ``dtype`` and slicing that keeps the numbers on disk. Its axes
    are always (x, y, z, channel), whatever the layout of the file.
missing
    a sample that no window could give. Floating-point files hold NaN there; integer files
    hold a code, which reads back as ``missing_value``. A lazy array gives NaN for both.
"""

import contextlib
import gzip
import os
from typing import Callable, List, Optional, Sequence, Tuple

import nibabel as nib
import numpy as np

from niftynet_activations.errors import ReadError
from niftynet_activations.hints import DTypeLike, Image, Index, Key
from niftynet_activations.store.nameless import is_nameless, load_nameless

AXES = ('x', 'y', 'z', 'channel')
Slices = Tuple[slice, slice, slice, slice]


class LazyArray:
    """An array of axes (x, y, z, channel) that stays on disk; subclasses read blocks of it."""

    ndim = 4

    def __init__(self, shape: Sequence[int], dtype: DTypeLike) -> None:
        """
        :param shape: four lengths (x, y, z, channel), in samples
        :param dtype: the floating-point type that slices come in
        """
        self.shape = tuple(int(n) for n in shape)
        self.dtype = np.dtype(dtype)

    @property
    def size(self) -> int:
        """The number of values, all channels together."""
        return int(np.prod(self.shape, dtype=np.int64))

    def __len__(self) -> int:
        return self.shape[0]

    def __array__(
        self, dtype: Optional[DTypeLike] = None, copy: Optional[bool] = None
    ) -> np.ndarray:
        if copy is False:
            raise ValueError('a map on disk cannot become an array without reading a copy of it')
        array = self[...]
        return array if dtype is None else array.astype(dtype, copy=False)

    def __getitem__(self, index: Index) -> np.ndarray:
        slices, finish = plan_read(index, self.shape)
        lengths = [len(range(n)[each]) for n, each in zip(self.shape, slices)]
        if not all(lengths):  # nibabel cannot read nothing
            return finish(np.empty(lengths, self.dtype))
        return finish(self.read(slices))

    def read(self, slices: Slices) -> np.ndarray:
        """
        Read a block.

        :param slices: four slices with positive steps, for (x, y, z, channel)
        :return: array (x, y, z, channel) of this array's dtype, missing samples NaN
        """
        raise NotImplementedError

    def streaming(self) -> 'LazyArray':
        """
        The same array, made for reading the channels one after the other.

        :return: a lazy array that does not start again at the beginning of a compressed
            file for each channel
        """
        return self


def load_nifti(path: str, keep_open: bool = False) -> Image:
    """
    Open an image file without reading its voxels.

    :param path: a file that nibabel reads
    :param keep_open: hold the file open between reads
    :return: the image
    :raises ReadError: if the file is not there or is no image
    """
    if not os.path.isfile(path):
        raise ReadError('{} is not there; put it back, or write the maps again'.format(path))
    try:
        if is_nameless(path):
            return load_nameless(path)
        if keep_open and path.endswith('.nii.gz'):
            return _plainly_unpacked(path)
        image = nib.load(path, keep_file_open=True) if keep_open else nib.load(path)
    except (nib.filebasedimages.ImageFileError, OSError, EOFError, ValueError) as error:
        raise ReadError('{} is not an image that can be read: {}'.format(path, error)) from error
    if not isinstance(image, nib.spatialimages.SpatialImage):
        raise ReadError(
            '{} is a {}, which holds no volume; expected an image with voxels'.format(
                path, type(image).__name__
            )
        )
    return image


def _plainly_unpacked(path: str) -> Image:
    """
    :param path: of a NIfTI file, compressed by gzip
    :return: its image, held open, for reading from the first byte to the last without the package
        indexed_gzip. Where that is installed, nibabel reads through it, which takes two to three
        times as long (nibabel 5.4, indexed_gzip 1.10)
    """
    kind = type(load_nifti(path))
    holder = nib.FileHolder(path, gzip.open(path, 'rb'))
    return kind.from_file_map({'header': holder, 'image': holder})


def plan_read(
    index: Index, shape: Sequence[int]
) -> Tuple[Slices, Callable[[np.ndarray], np.ndarray]]:
    """
    Turn a numpy-like index into slices with positive steps, and a function for the rest.

    :param index: whole numbers, slices, an ellipsis, and at most one list of numbers
    :param shape: four lengths
    :return: four slices, and a function from the block they read to the indexed array
    :raises IndexError: if there are too many indices, or one lies beyond the end
    :raises TypeError: for other kinds of index (masks, several lists, new axes)
    """
    slices: List[slice] = []
    after: List[Key] = []
    for axis, (key, length) in enumerate(zip(_one_key_per_axis(index, len(shape)), shape)):
        chosen, left = _axis_plan(key, length, axis)
        slices.append(chosen)
        after.append(left)
    if sum(isinstance(left, list) for left in after) > 1:
        raise TypeError('a map on disk takes one list of numbers; use numpy.asarray(data) first')

    def finish(block: np.ndarray) -> np.ndarray:
        for axis, left in reversed(list(enumerate(after))):
            key = (slice(None),) * axis + (left,)
            block = block[key]
        return block

    return tuple(slices), finish  # type: ignore


def _one_key_per_axis(index: Index, ndim: int) -> Tuple[Key, ...]:
    keys = index if isinstance(index, tuple) else (index,)
    dots = [place for place, key in enumerate(keys) if key is Ellipsis]
    if len(dots) > 1 or len(keys) - len(dots) > ndim:
        raise IndexError('{} indices for the axes {}'.format(len(keys), AXES))
    place = dots[0] if dots else len(keys)
    free = (slice(None),) * (ndim - (len(keys) - len(dots)))
    return keys[:place] + free + keys[place + 1 :]


def _axis_plan(key: Key, length: int, axis: int) -> Tuple[slice, Key]:
    if isinstance(key, slice):
        return _forward(key, length)
    if isinstance(key, (list, tuple, np.ndarray)) and np.ndim(key) == 1:
        numbers = np.arange(length)[np.asarray(key, dtype=None if len(key) else int)].tolist()
        if not numbers:
            return slice(0, 0), slice(None)
        first = min(numbers)
        return slice(first, max(numbers) + 1), [number - first for number in numbers]
    number = _whole_number(key)
    if not -length <= number < length:
        raise IndexError(
            'index {} on axis {}, which has {} samples'.format(number, AXES[axis], length)
        )
    return slice(number % length, number % length + 1), 0


def _whole_number(key: Key) -> int:
    as_index = getattr(key, '__index__', None)
    if as_index is not None:
        with contextlib.suppress(TypeError):  # raised for an array of several numbers
            return int(as_index())
    raise TypeError(
        'a map on disk takes whole numbers, slices or one list; use numpy.asarray(data) first'
    )


def _forward(key: slice, length: int) -> Tuple[slice, slice]:
    start, stop, step = key.indices(length)
    count = len(range(start, stop, step))
    if count == 0:
        return slice(0, 0), slice(None)
    last = start + (count - 1) * step
    if step > 0:
        return slice(start, last + 1, step), slice(None)
    return slice(last, start + 1, -step), slice(None, None, -1)
