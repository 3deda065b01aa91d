# -*- coding: utf-8 -*-
"""
The map of one layer for one subject as a Python object.

Vocabulary of this module:

map
    the activations of one layer for one subject, as one volume of several channels.
lattice
    the grid of a map's samples; ``affine`` takes sample indices (x, y, z) to mm (RAS+).
sidecar
    the JSON file beside a map that says what it is.
channel
    counted from 0 within the map; ``channels`` holds the network's own numbers.
"""

import collections
import copy
import json
import os
import weakref
from typing import Iterator, List, Optional, Sequence, Tuple

import nibabel as nib
import numpy as np

from niftynet_activations.errors import ActivationError, ReadError
from niftynet_activations.hints import ArrayLike, DTypeLike, Image, Index
from niftynet_activations.looking.filled import Filled
from niftynet_activations.looking.on_grid import LINEAR, OnGrid, as_image, grid_of
from niftynet_activations.space import interpolation
from niftynet_activations.space.place import Place, place_of_affine
from niftynet_activations.store.description import Sidecar
from niftynet_activations.store.files import file_state
from niftynet_activations.store.formats.table import open_array, read_place
from niftynet_activations.store.lazy_arrays import LazyArray
from niftynet_activations.store.listing import MapFiles

MOST_SIDECARS = 256  # sidecars kept in memory, so that it does not grow with the number of maps
_with_sidecar: 'collections.deque[weakref.ref[ActivationMap]]' = collections.deque()


class ActivationMap:
    """The map of one layer for one subject; its numbers stay on disk until asked for."""

    def __init__(self, files: MapFiles) -> None:
        """
        :param files: the map's files and sidecars
        """
        self.subject = files.subject
        self.layer = files.layer
        self.files = list(files.paths)
        self._sidecars = list(files.sidecars)
        self._info: Sidecar = {}

    def __repr__(self) -> str:
        try:
            what = _in_words(self.shape, self.affine)
        except ActivationError as error:
            what = str(error)
        return '<{} {} of {}: {}; {}>'.format(
            type(self).__name__, self.layer, self.subject, what, self.files[0]
        )

    def __array__(
        self, dtype: Optional[DTypeLike] = None, copy: Optional[bool] = None
    ) -> np.ndarray:
        return self.data.__array__(dtype, copy)

    def __getitem__(self, index: Index) -> np.ndarray:
        """
        Read samples.

        :param index: as for a numpy array: whole numbers, slices, an ellipsis, or a list of
            numbers, for (x, y, z, channel); ``one[..., 2:5]`` gives three channels
        :return: the samples, missing ones NaN
        """
        return self.data[index]

    @property
    def info(self) -> Sidecar:
        """
        The content of the sidecar; of a map in several files, their sidecars joined.

        :raises ReadError: if the sidecar is not there or is no JSON
        """
        info = self._info
        if not info:
            info = self._info = join_sidecars([read_sidecar(path) for path in self._sidecars])
            _hold_sidecar_of(self)
        return copy.deepcopy(info)

    @property
    def state(self) -> List[Optional[Tuple[int, int]]]:
        """
        Sizes and times of change of the map's files and sidecars, None for one that is not there.
        What was worked out from them holds while they stay the same.
        """
        paths = self.files + self._sidecars
        return [file_state(path) if os.path.exists(path) else None for path in paths]

    @property
    def channels(self) -> List[int]:
        """The network's numbers of the channels kept."""
        return list(self.info.get('channels') or range(self.data.shape[3]))

    @property
    def data(self) -> LazyArray:
        """
        The samples, array-like (x, y, z, channel), floating-point, missing ones NaN.

        Slicing reads what the slice needs; ``numpy.asarray`` reads all of it.

        :raises ReadError: if a file is not there or cannot be read
        """
        return open_array(self.files, self.info.get('missing_value'))

    @property
    def shape(self) -> Tuple[int, ...]:
        """The lengths (x, y, z, channel), in samples."""
        return self.data.shape

    @property
    def names(self) -> List[str]:
        """The layer's name, and the other names of the same tensor."""
        return [self.layer] + [str(name) for name in self.info.get('also') or []]

    @property
    def affine(self) -> np.ndarray:
        """The matrix (4, 4), float64, from sample indices (x, y, z) to mm (RAS+)."""
        affine = self.info.get('affine')
        if affine is not None:
            return np.array(affine, dtype=np.float64)
        place = read_place(self.files[0])
        if place is None:
            raise ReadError('{} has no affine in its sidecar'.format(self.files[0]))
        return np.array(place.affine, dtype=np.float64)

    @property
    def place(self) -> Place:
        """Where the samples lie, with both forms and the unit."""
        return read_place(self.files[0]) or place_of_affine(self.affine)

    def channel_volumes(self) -> Iterator[np.ndarray]:
        """
        Read channel after channel, so that one of them is in memory at a time.

        :return: arrays (x, y, z), floating-point, missing samples NaN
        """
        data = self.data.streaming()
        for number in range(data.shape[3]):
            yield data[..., number]

    def to_nibabel(self, missing: Optional[float] = None) -> nib.Nifti1Image:
        """
        The map as a nibabel image (x, y, z, channel); the numbers stay on disk.

        :param missing: a number in the place of NaN (missing samples, and those where the network
            itself gave NaN), for programs that cannot tell NaN from a value; NaN stays where it
            is not given
        :return: an image of this map's data, with both forms of its place and its unit; float16
            becomes float32, since NIfTI has no such type
        """
        return as_image(Filled(self.data, missing), self.affine, self.place)

    def on(self, image: Image, order: int = LINEAR) -> 'ActivationMap':
        """
        The map on another image's grid, so that ``one.on(image)[i, j, k]`` belongs to that image's
        voxel (i, j, k), whatever the axes of the two. Values are worked out when they are read.

        :param image: a nibabel image, the path of one, or another map
        :param order: 1 for linear between samples, 0 for the nearest sample
        :return: the same map with the image's shape and affine; NaN where the map does not reach
            (farther than half a step of its lattice from its outermost samples), and where a
            missing sample takes part
        :raises GeometryError: if image and map do not overlap
        :raises OptionError: for another order, or what is no image
        :raises ReadError: if the image cannot be read
        """
        return MapOnGrid(self, image, order)

    def sample(self, world_xyz: ArrayLike) -> np.ndarray:
        """
        The map's values at points in space, linear between samples.

        :param world_xyz: points (n, 3), or one point (3,), in mm (RAS+)
        :return: values (n, channels), float64; NaN for points outside the box of the sample
            centres (on an axis with one sample: farther from it than half a step), and where
            a missing sample takes part
        """
        data = self.data.streaming()
        index = interpolation.world_to_index(world_xyz, self.affine)
        return interpolation.linear(data, index)


class MapOnGrid(ActivationMap):
    """A map on another image's grid; made by :meth:`ActivationMap.on`."""

    def __init__(self, source: ActivationMap, image: Image, order: int) -> None:
        """
        :param source: the map
        :param image: a nibabel image, the path of one, or another map
        :param order: 1 for linear between samples, 0 for the nearest sample
        """
        vars(self).update(vars(source))
        # read here, since a map in memory makes its sidecar only when asked
        self._info = source.info
        self._grid = grid_of(image)
        self._data = OnGrid(source.data, source.affine, self._grid, order)

    @property
    def data(self) -> LazyArray:
        """The values at the image's voxels, array-like (x, y, z, channel), NaN where none is."""
        return self._data

    @property
    def affine(self) -> np.ndarray:
        """The image's matrix (4, 4), float64, from voxel indices (x, y, z) to mm (RAS+)."""
        return self._grid.affine.copy()

    @property
    def place(self) -> Place:
        """Where the image's voxels lie."""
        return place_of_affine(self._grid.affine)

    @property
    def info(self) -> Sidecar:
        """The sidecar of the map as it was saved, with this grid's shape and affine."""
        info = super().info
        info['shape'], info['affine'] = list(self.shape), self._grid.affine.tolist()
        return info


def _in_words(shape: Tuple[int, ...], affine: np.ndarray) -> str:
    steps = np.sqrt((affine[:3, :3] ** 2).sum(axis=0))
    return '{} samples {} mm apart, {} channel{}'.format(
        ' x '.join(str(n) for n in shape[:3]),
        ' x '.join('{:.4g}'.format(step) for step in steps),
        shape[3],
        '' if shape[3] == 1 else 's',
    )


def _hold_sidecar_of(one: ActivationMap) -> None:
    """Keep this map's sidecar; the map that was used longest ago forgets its own, if too many."""
    _with_sidecar.append(weakref.ref(one))
    if len(_with_sidecar) > MOST_SIDECARS:
        oldest = _with_sidecar.popleft()()
        if oldest is not None and oldest is not one:
            oldest._info = {}


def read_sidecar(path: str) -> Sidecar:
    """
    Read a sidecar.

    :param path: a JSON file
    :return: its keys and values
    :raises ReadError: if it is not there or holds something else
    """
    try:
        with open(path, encoding='utf-8') as stream:
            info: Sidecar = json.load(stream)
    except (OSError, ValueError) as error:
        raise ReadError('the sidecar {} cannot be read: {}'.format(path, error)) from error
    if not isinstance(info, dict):
        raise ReadError('the sidecar {} should hold one object of names and values'.format(path))
    return info


def join_sidecars(parts: List[Sidecar]) -> Sidecar:
    """
    The sidecar of a whole map that lies in one file per channel.

    :param parts: contents of the sidecars, in the order of the channels
    :return: the first of them, with the channels of all, and sums of missing and NaN samples
    """
    whole = parts[0].copy()
    if len(parts) == 1:
        return whole
    whole['channels'] = list(
        dict.fromkeys(number for part in parts for number in part.get('channels') or [])
    )
    whole['missing'] = _total([part.get('missing') for part in parts])
    whole['nan'] = _total([part.get('nan') for part in parts])
    return whole


def _total(counts: Sequence[Optional[int]]) -> Optional[int]:
    known = [count for count in counts if count is not None]
    return sum(known) if len(known) == len(counts) else None
