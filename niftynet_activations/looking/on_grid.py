# -*- coding: utf-8 -*-
"""
A map on the grid of another image, worked out block by block when its values are asked for.

Vocabulary of this module:

grid
    the voxels of an image: their number along each axis, and the matrix from voxel indices to mm.
cell
    of a sample: the box around it that reaches half a step along each axis of the map. The cells
    of all samples together are what the map *covers*.

Values are linear between the samples. Between the outermost samples and the end of their cells
they are those of the nearest samples, so that a map of a strided layer fills the image that it
was made from. Voxels that the map does not cover are NaN.
"""

from typing import NamedTuple, Sequence, Tuple

import nibabel as nib
import numpy as np

from niftynet_activations.errors import GeometryError, OptionError
from niftynet_activations.hints import Image
from niftynet_activations.space import interpolation
from niftynet_activations.space.place import Place
from niftynet_activations.store.formats.nifti import set_place
from niftynet_activations.store.lazy_arrays import LazyArray, Slices, load_nifti

NEAREST, LINEAR = 0, 1
SLAB_VOXELS = 1 << 18  # voxels worked out at a time, so that a large image takes little memory


class Grid(NamedTuple):
    """The voxels of an image: lengths (x, y, z), and the matrix (4, 4) from voxels to mm."""

    shape: Tuple[int, ...]
    affine: np.ndarray


def grid_of(image: Image) -> Grid:
    """
    Tell the grid of an image; its values are not read.

    :param image: a nibabel image, the path of one, or anything with ``shape`` and ``affine``
        (another map); axes (x, y, z), further ones do not matter
    :return: its grid; an axis that the image does not have is one voxel long
    :raises ReadError: if there is no such file, or nibabel cannot read it
    :raises OptionError: if it has neither a shape nor an affine
    """
    if isinstance(image, str) or hasattr(image, '__fspath__'):
        image = load_nifti(str(image))
    shape, affine = getattr(image, 'shape', None), getattr(image, 'affine', None)
    if shape is None or affine is None:
        raise OptionError(
            'expected an image with a shape and an affine, or the path of one, got {}: make '
            'nibabel.Nifti1Image(array, affine) of an array'.format(type(image).__name__)
        )
    return Grid((tuple(int(n) for n in shape) + (1, 1, 1))[:3], np.array(affine, dtype=np.float64))


class OnGrid(LazyArray):
    """A map's values (x, y, z, channel) at the voxels of a grid."""

    def __init__(self, source: LazyArray, affine: np.ndarray, grid: Grid, order: int) -> None:
        """
        :param source: the map's values on its own lattice
        :param affine: its matrix (4, 4) from samples to mm
        :param grid: where the values are wanted
        :param order: 1 for linear, 0 for the nearest sample
        :raises OptionError: for another order
        :raises GeometryError: if the map covers no voxel of the grid
        """
        if order not in (NEAREST, LINEAR):
            raise OptionError(
                'order = {!r}: expected 1 (linear) or 0 (the nearest sample)'.format(order)
            )
        super().__init__(tuple(grid.shape) + source.shape[3:], source.dtype)
        self._source, self._order = source, order
        self._matrix = np.linalg.inv(affine) @ grid.affine
        if not self._overlaps(affine, grid):
            raise GeometryError(_no_overlap(source, affine, grid))

    def streaming(self) -> 'OnGrid':
        made = OnGrid.__new__(OnGrid)
        vars(made).update(vars(self), _source=self._source.streaming())
        return made

    def read(self, slices: Slices) -> np.ndarray:
        places = [np.arange(n)[part] for n, part in zip(self.shape[:3], slices[:3])]
        channels = np.arange(self.shape[3])[slices[3]]
        block = np.full([len(each) for each in places] + [len(channels)], np.nan, self.dtype)
        if not block.size:
            return block
        box = self._box(places)
        if any(part.start >= part.stop for part in box):
            return block
        step = max(1, SLAB_VOXELS // max(1, len(places[0]) * len(places[1])))
        # channel by channel, as a compressed file holds them
        for position, channel in enumerate(channels.tolist()):
            values = np.asarray(self._source[box + (channel,)])
            for first in range(0, len(places[2]), step):
                part = [places[0], places[1], places[2][first : first + step]]
                found = self._values(values, self._index(part), [each.start for each in box])
                block[:, :, first : first + step, position] = found.reshape(
                    [len(each) for each in part]
                )
        return block

    def _index(self, places: Sequence[np.ndarray]) -> np.ndarray:
        """(n, 3): where voxels lie among the samples, x running slowest."""
        matrix = self._matrix
        parts = [np.multiply.outer(places[axis], matrix[:3, axis]) for axis in range(3)]
        index = parts[0][:, None, None] + parts[1][None, :, None] + parts[2][None, None, :]
        return (index + matrix[:3, 3]).reshape(-1, 3)

    def _box(self, places: Sequence[np.ndarray]) -> Tuple[slice, ...]:
        """The samples that a block of voxels may need; empty where it lies outside of the map."""
        corners = self._index([each[[0, -1]] for each in places])
        low = np.floor(corners.min(axis=0) - interpolation.TOLERANCE)
        high = np.ceil(corners.max(axis=0) + interpolation.TOLERANCE)
        sizes = self._source.shape[:3]
        # clipped values are those of the outermost samples, so one of them must be there
        return tuple(
            slice(int(np.clip(first, 0, size - 1)), int(np.clip(last, 0, size - 1)) + 1)
            for first, last, size in zip(low, high, sizes)
        )

    def _values(self, values: np.ndarray, index: np.ndarray, start: Sequence[int]) -> np.ndarray:
        sizes = np.array(self._source.shape[:3])
        covered = _covered(index, sizes)
        found = np.full(len(index), np.nan)
        held = np.clip(index[covered], 0, sizes - 1)
        if self._order == LINEAR and not _on_samples(held):
            found[covered] = interpolation.linear_volume(values, held - start)
        else:
            sample = np.minimum(interpolation.nearest(held), sizes - 1) - start
            found[covered] = values[tuple(sample.T)]
        return found

    def _overlaps(self, affine: np.ndarray, grid: Grid) -> bool:
        """
        Whether the map covers a voxel of the grid. Planes are checked one by one, the middle of the
        image first, where most images are covered.
        """
        planes = np.arange(grid.shape[2])
        sizes = np.array(self._source.shape[:3])
        for plane in planes[np.argsort(abs(planes - grid.shape[2] // 2), kind='stable')]:
            places = [np.arange(grid.shape[0]), np.arange(grid.shape[1]), np.array([plane])]
            if _covered(self._index(places), sizes).any():
                return True
        return False


def _covered(index: np.ndarray, sizes: np.ndarray) -> np.ndarray:
    low, high = -0.5 - interpolation.TOLERANCE, sizes - 0.5 + interpolation.TOLERANCE
    return np.all((index >= low) & (index <= high), axis=1)


def _on_samples(index: np.ndarray) -> bool:
    """Whether all places are samples but for rounding, as on a grid that is only flipped."""
    return bool(np.all(np.abs(index - np.round(index)) < interpolation.TOLERANCE * 1e-2))


def _no_overlap(source: LazyArray, affine: np.ndarray, grid: Grid) -> str:
    texts = [
        ', '.join('{:.1f} to {:.1f}'.format(low, high) for low, high in zip(*box))
        for box in (
            interpolation.bounding_box(grid.affine, grid.shape),
            interpolation.bounding_box(affine, source.shape),
        )
    ]
    return (
        'the image does not overlap the map: it spans {} mm, the map {} mm (x, y, z); give an '
        'image in the same space'.format(*texts)
    )


def as_image(array: LazyArray, affine: np.ndarray, place: Place) -> nib.Nifti1Image:
    """
    :param array: array-like (x, y, z, channel), which may lie on disk
    :param affine: matrix (4, 4) from its indices to the world
    :param place: where its samples lie: both forms for the header, and the unit
    :return: a nibabel image with both forms and the unit; the numbers stay where they are
    """
    header = nib.Nifti1Header()
    header.set_data_dtype(array.dtype)
    set_place(header, place)
    return nib.Nifti1Image(array, affine, header)
