# -*- coding: utf-8 -*-
"""
Maps on disk as arrays that read only what is asked for.

Vocabulary of this module:

lazy array
    an object with ``shape``, ``dtype`` and slicing that keeps the numbers on disk. Its axes
    are always (x, y, z, channel), whatever the layout of the file.
layout
    how a file arranges these axes: NIfTI 4-D (x, y, z, channel), 5-D (x, y, z, 1, channel),
    one 3-D file per channel ("split"), zarr (channel, z, y, x).
missing
    a sample that no window could give. Floating-point files hold NaN there; integer files
    hold a code, which reads back as ``missing_value``. A lazy array gives NaN for both.
"""

import io
import operator
import os
from typing import Any, List, Optional, Sequence, Tuple

import nibabel as nib
import numpy as np

from niftynet_activations.errors import ReadError
from niftynet_activations.space.place import Place, place_of_header
from niftynet_activations.store.naming import NIFTI

AXES = ('x', 'y', 'z', 'channel')
Slices = Tuple[slice, slice, slice, slice]


class LazyArray:
    """An array of axes (x, y, z, channel) that stays on disk; subclasses read blocks of it."""

    ndim = 4

    def __init__(self, shape: Sequence[int], dtype: Any) -> None:
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

    def __array__(self, dtype: Any = None, copy: Optional[bool] = None) -> np.ndarray:
        if copy is False:
            raise ValueError('a map on disk cannot become an array without reading a copy of it')
        array = self[...]
        return array if dtype is None else array.astype(dtype, copy=False)

    def __getitem__(self, index: Any) -> np.ndarray:
        slices, finish = plan_read(index, self.shape)
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


class NiftiArray(LazyArray):
    """One NIfTI file: 3-D (one channel), 4-D, or 5-D with a fourth axis of length 1."""

    def __init__(
        self, path: str, missing_value: Optional[float] = None, keep_open: bool = False
    ) -> None:
        """
        :param path: a .nii or .nii.gz file
        :param missing_value: what missing samples read back as; None where they are NaN
        :param keep_open: hold the file open between reads
        :raises ReadError: if the file is not there, not NIfTI, or has other axes
        """
        image = load_nifti(path, keep_open)
        self._path = path
        self._missing_value = missing_value
        self._proxy: Any = image.dataobj
        self._stored = tuple(image.shape)
        floating = np.issubdtype(image.get_data_dtype(), np.floating)
        # An unscaled integer file (an argmax) still gives floats, so that NaN has a place.
        dtype = image.get_data_dtype().newbyteorder('=') if floating else np.dtype(np.float32)
        super().__init__(four_axes(self._stored, path), dtype)

    def read(self, slices: Slices) -> np.ndarray:
        extra = len(self._stored) - 3
        key = slices[:3] + {0: (), 1: slices[3:], 2: (slice(None),) + slices[3:]}[extra]
        try:
            block = np.asarray(self._proxy[key])
        except (OSError, EOFError, ValueError) as error:
            raise ReadError(
                '{} cannot be read to its end ({}); write the map again'.format(self._path, error)
            ) from error
        if extra == 0:
            block = block[..., np.newaxis][..., slices[3]]
        elif extra == 2:
            block = block[:, :, :, 0, :]
        return self._with_nan(block)

    def _with_nan(self, block: np.ndarray) -> np.ndarray:
        if self._missing_value is None:
            return block.astype(self.dtype, copy=False)
        # The code for missing stands for nothing else, so half a step around it is safe.
        near = 0.5 * abs(float(self._proxy.slope))
        lost = np.abs(block - self._missing_value) < near
        return np.where(lost, np.nan, block).astype(self.dtype)

    def streaming(self) -> 'NiftiArray':
        return NiftiArray(self._path, self._missing_value, keep_open=True)


class SplitArray(LazyArray):
    """One 3-D NIfTI file per channel."""

    def __init__(self, paths: Sequence[str], missing_value: Optional[float] = None) -> None:
        """
        :param paths: the files, in the order of the channels
        :param missing_value: what missing samples read back as; None where they are NaN
        :raises ReadError: if a file is not there, or their sizes differ
        """
        self._files = [NiftiArray(path, missing_value) for path in paths]
        shapes = sorted({one.shape for one in self._files})
        if len(shapes) != 1 or shapes[0][3] != 1:
            raise ReadError(
                'the files of one map, one channel each, should have one size; {} and the '
                'others have {}; write the map again'.format(paths[0], shapes)
            )
        super().__init__(shapes[0][:3] + (len(paths),), self._files[0].dtype)

    def read(self, slices: Slices) -> np.ndarray:
        chosen = self._files[slices[3]]
        one = (slice(0, 1),)
        if not chosen:
            return self._files[0].read(slices[:3] + (slice(0, 0),))
        return np.concatenate([part.read(slices[:3] + one) for part in chosen], axis=3)


class ZarrArray(LazyArray):
    """An OME-Zarr 0.4 store: its first dataset, axes (channel, z, y, x)."""

    def __init__(self, path: str) -> None:
        """
        :param path: a .zarr folder
        :raises ReadError: if it is not there, is not such a store, or zarr is not installed
        """
        self._array = open_zarr(path)
        if len(self._array.shape) != 4:
            raise ReadError(
                '{} has {} axes, expected 4: (channel, z, y, x)'.format(
                    path, len(self._array.shape)
                )
            )
        super().__init__(self._array.shape[::-1], self._array.dtype)

    def read(self, slices: Slices) -> np.ndarray:
        return np.asarray(self._array[slices[::-1]]).transpose(3, 2, 1, 0)


def open_array(paths: Sequence[str], missing_value: Optional[float] = None) -> LazyArray:
    """
    Open the file or files of one map.

    :param paths: one .nii, .nii.gz or .zarr path, or one NIfTI path per channel
    :param missing_value: what missing samples of an integer file read back as, else None
    :return: a lazy array (x, y, z, channel)
    :raises ReadError: if a file is not there or is not what its name says
    """
    if paths[0].endswith('.zarr'):
        return ZarrArray(paths[0])
    if len(paths) > 1:
        return SplitArray(paths, missing_value)
    return NiftiArray(paths[0], missing_value)


def read_place(path: str) -> Optional[Place]:
    """
    Read where a map lies, with both forms.

    :param path: one of the map's files, or its store
    :return: the place; None for a store without a NIfTI header
    :raises ReadError: if the file is not there or is not what its name says
    """
    if not path.endswith('.zarr'):
        return place_of_header(load_nifti(path).header)
    group = open_store(path)
    if hasattr(group, 'shape') or NIFTI not in group:
        return None
    head = np.asarray(group[NIFTI]).tobytes()
    kind = nib.Nifti1Header if len(head) == nib.Nifti1Header.sizeof_hdr else nib.Nifti2Header
    return place_of_header(kind.from_fileobj(io.BytesIO(head)))


def load_nifti(path: str, keep_open: bool = False) -> Any:
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
        return nib.load(path, keep_file_open=True) if keep_open else nib.load(path)
    except (nib.filebasedimages.ImageFileError, OSError, EOFError, ValueError) as error:
        raise ReadError('{} is not an image that can be read: {}'.format(path, error)) from error


def open_zarr(path: str) -> Any:
    """
    Open the first dataset of an OME-Zarr store.

    :param path: a .zarr folder
    :return: a zarr array
    :raises ReadError: if there is no such store, or zarr is not installed
    """
    store = open_store(path)
    if hasattr(store, 'shape'):
        return store
    try:
        return store[store.attrs['multiscales'][0]['datasets'][0]['path']]
    except (KeyError, IndexError, ValueError, OSError) as error:
        raise ReadError('{} is not an OME-Zarr store: {}'.format(path, error)) from error


def open_store(path: str) -> Any:
    """
    Open a zarr store.

    :param path: a .zarr folder
    :return: a zarr group, or an array where the folder holds that alone
    :raises ReadError: if there is no such store, or zarr is not installed
    """
    if not os.path.isdir(path):
        raise ReadError('{} is not there; put it back, or write the maps again'.format(path))
    try:
        import zarr  # here, because only these maps need it
    except ImportError as error:
        raise ReadError(
            '{} needs the package zarr to be read: pip install zarr'.format(path)
        ) from error
    try:
        return zarr.open(path, mode='r')
    except (KeyError, ValueError, OSError) as error:
        raise ReadError('{} is not an OME-Zarr store: {}'.format(path, error)) from error


def four_axes(stored: Sequence[int], path: str) -> Tuple[int, ...]:
    """
    The lengths (x, y, z, channel) of a NIfTI file.

    :param stored: the file's own shape
    :param path: the file, for the message
    :return: four lengths
    :raises ReadError: if the file has other axes than the three layouts
    """
    stored = tuple(stored)
    if len(stored) == 3:
        return stored + (1,)
    if len(stored) == 4:
        return stored
    if len(stored) == 5 and stored[3] == 1:
        return stored[:3] + stored[4:]
    raise ReadError(
        '{} has shape {}, expected (x, y, z), (x, y, z, channel) or (x, y, z, 1, channel)'.format(
            path, stored
        )
    )


def plan_read(index: Any, shape: Sequence[int]) -> Tuple[Slices, Any]:
    """
    Turn a numpy-like index into slices with positive steps and what is left to do.

    :param index: whole numbers, slices, an ellipsis, and at most one list of numbers
    :param shape: four lengths
    :return: four slices, and a function from the block they read to the indexed array
    :raises IndexError: if there are too many indices, or one lies beyond the end
    :raises TypeError: for other kinds of index (masks, several lists, new axes)
    """
    slices: List[slice] = []
    after: List[Any] = []
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


def _one_key_per_axis(index: Any, ndim: int) -> Tuple[Any, ...]:
    keys = index if isinstance(index, tuple) else (index,)
    dots = [place for place, key in enumerate(keys) if key is Ellipsis]
    if len(dots) > 1 or len(keys) - len(dots) > ndim:
        raise IndexError('{} indices for the axes {}'.format(len(keys), AXES))
    place = dots[0] if dots else len(keys)
    free = (slice(None),) * (ndim - (len(keys) - len(dots)))
    return keys[:place] + free + keys[place + 1 :]


def _axis_plan(key: Any, length: int, axis: int) -> Tuple[slice, Any]:
    if isinstance(key, slice):
        return _forward(key, length)
    if isinstance(key, (list, tuple, np.ndarray)) and np.ndim(key) == 1:
        numbers = np.arange(length)[np.asarray(key, dtype=None if len(key) else int)].tolist()
        if not numbers:
            return slice(0, 0), slice(None)
        first = min(numbers)
        return slice(first, max(numbers) + 1), [number - first for number in numbers]
    try:
        number = operator.index(key)
    except TypeError as error:
        raise TypeError(
            'a map on disk takes whole numbers, slices or one list; use numpy.asarray(data) first'
        ) from error
    if not -length <= number < length:
        raise IndexError(
            'index {} on axis {}, which has {} samples'.format(number, AXES[axis], length)
        )
    return slice(number % length, number % length + 1), 0


def _forward(key: slice, length: int) -> Tuple[slice, slice]:
    start, stop, step = key.indices(length)
    count = len(range(start, stop, step))
    if count == 0:
        return slice(0, 0), slice(None)
    last = start + (count - 1) * step
    if step > 0:
        return slice(start, last + 1, step), slice(None)
    return slice(last, start + 1, -step), slice(None, None, -1)
