# -*- coding: utf-8 -*-
"""
OME-Zarr as a format, and its stores as arrays that read only what is asked for.

zarr itself is imported when a store is read: it takes a good part of a second.
"""

import io
import os
from typing import Mapping, Optional, Sequence, Union

import nibabel as nib
import numpy as np

from niftynet_activations.errors import ReadError
from niftynet_activations.hints import StoredArray, StoredGroup
from niftynet_activations.space.place import Place, place_of_header
from niftynet_activations.store.folder import OutputFolder
from niftynet_activations.store.formats.contract import Format, Sink, WritingMemory
from niftynet_activations.store.lazy_arrays import LazyArray, Slices
from niftynet_activations.store.naming import ARRAY, NIFTI
from niftynet_activations.store.spec import MapSpec


class OmeZarr(Format):
    """OME-Zarr 0.4 in Zarr format 2; the layout of NIfTI files does not apply to it."""

    name = 'zarr'
    dtypes = ('float32', 'float16')
    keeps_parts = True

    def sink(self, spec: MapSpec, folder: OutputFolder, memory: WritingMemory) -> Sink:
        from niftynet_activations.store.formats.zarr_map import ZarrMap

        (name,) = self.file_names(spec)
        return ZarrMap(spec, name, folder.scratch, memory.cache_bytes)

    def is_whole(self, path: str, spec: MapSpec) -> bool:
        # only the description is looked for: chunks that hold missing samples alone are not there
        return os.path.isfile(os.path.join(path, ARRAY, '.zarray'))

    def open(self, paths: Sequence[str], missing_value: Optional[float] = None) -> LazyArray:
        return ZarrArray(paths[0])

    def place(self, path: str) -> Optional[Place]:
        group = open_store(path)
        if hasattr(group, 'shape') or NIFTI not in group:
            return None
        head = np.asarray(group[NIFTI]).tobytes()
        kind = nib.Nifti1Header if len(head) == nib.Nifti1Header.sizeof_hdr else nib.Nifti2Header
        return place_of_header(kind.from_fileobj(io.BytesIO(head)))


class ZarrArray(LazyArray):
    """An OME-Zarr 0.4 store: its first dataset, axes (channel, z, y, x)."""

    def __init__(self, path: str) -> None:
        """
        :param path: a .zarr folder
        :raises ReadError: if it is not there, or is not such a store
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


def open_zarr(path: str) -> StoredArray:
    """
    Open the first dataset of an OME-Zarr store.

    :param path: a .zarr folder
    :return: a zarr array
    :raises ReadError: if there is no such store
    """
    import zarr

    found = open_store(path)
    if isinstance(found, zarr.Group):
        try:
            found = found[_first_dataset(found.attrs)]
        except (KeyError, IndexError, ValueError, OSError) as error:
            raise ReadError('{} is not an OME-Zarr store: {}'.format(path, error)) from error
    if not isinstance(found, zarr.Array):
        raise ReadError('{} is not an OME-Zarr store: its first dataset is no array'.format(path))
    return found


def _first_dataset(attributes: Mapping[str, object]) -> str:
    found: object = attributes
    for key in ('multiscales', 'datasets'):
        several = found.get(key) if isinstance(found, Mapping) else None
        found = several[0] if isinstance(several, (list, tuple)) and several else None
    path = found.get('path') if isinstance(found, Mapping) else None
    if not isinstance(path, str):
        raise KeyError('its attributes name no dataset of multiscales')
    return path


def open_store(path: str) -> Union[StoredArray, StoredGroup]:
    """
    Open a zarr store.

    :param path: a .zarr folder
    :return: a zarr group, or an array where the folder holds that alone
    :raises ReadError: if there is no such store
    """
    if not os.path.isdir(path):
        raise ReadError('{} is not there; put it back, or write the maps again'.format(path))
    import zarr

    try:
        return zarr.open(path, mode='r')
    except (KeyError, ValueError, OSError) as error:
        raise ReadError('{} is not an OME-Zarr store: {}'.format(path, error)) from error
