# -*- coding: utf-8 -*-
"""
Label images for region tables, and the labels at the samples of a map.

Vocabulary of this module:

label image
    whole numbers on a grid of its own; an atlas, a segmentation, or a reference.
valid box
    the part of a label image that counts, as (start, stop) in its voxels, each (x, y, z):
    NiftyNet leaves the rim of a segmentation unfilled, and those zeros are no background.
lattice
    the grid of a map's samples. The label of a sample is that of the nearest voxel in space;
    half-way between two voxels, that of the one with the larger index.

Which label image belongs to which subject is found in
:mod:`~niftynet_activations.looking.label_files`.
"""

from typing import List, NamedTuple, Optional, Sequence, Tuple, Union

import numpy as np

from niftynet_activations.errors import GeometryError, ReadError
from niftynet_activations.hints import LabelSource
from niftynet_activations.space import interpolation
from niftynet_activations.store.lazy_arrays import load_nifti

Box = Tuple[Sequence[int], Sequence[int]]
Corners = Tuple[np.ndarray, np.ndarray]  # of a box, (3,) each
NOT_COUNTED = np.iinfo(np.int64).min
STRAIGHT = 1e-6  # voxels that axes of two grids may run apart
MOST_COUNTED = 1 << 22  # between the smallest and the largest label


class LabelImage(NamedTuple):
    """A label image that has been read."""

    name: str  # where it comes from
    labels: np.ndarray  # (x, y, z), int64
    affine: np.ndarray  # (4, 4), from voxels to mm


def read_labels(source: LabelSource, probabilities: bool = False) -> LabelImage:
    """
    Read a label image.

    :param source: a file, or a nibabel image; axes (x, y, z), further ones of length 1
    :param probabilities: take several channels, and the most probable one as the label
    :return: the labels; voxels that are NaN count for no label
    :raises ReadError: if the file is not there or is no image
    :raises GeometryError: if there are several channels, or values that are no whole numbers
    """
    image = load_nifti(source) if isinstance(source, str) else source
    name = source if isinstance(source, str) else (image.get_filename() or 'the label image')
    try:
        values = np.asarray(image.dataobj)
    except (OSError, EOFError, ValueError) as error:
        raise ReadError('{} cannot be read to its end: {}'.format(name, error)) from error
    sizes = list(values.shape) + [1, 1]
    values = values.reshape(sizes[:3] + [-1])
    if values.shape[3] == 1:
        return LabelImage(name, _whole_numbers(values[..., 0], name), image.affine)
    if not probabilities:
        raise GeometryError(
            '{} has shape {}; a label image has one value a voxel'.format(name, image.shape)
        )
    return LabelImage(name, values.argmax(axis=3).astype(np.int64), image.affine)


def _whole_numbers(values: np.ndarray, name: str) -> np.ndarray:
    if np.issubdtype(values.dtype, np.integer):
        return values.astype(np.int64)
    known = np.isfinite(values)
    rounded = np.round(np.where(known, values, 0))
    if np.abs(rounded - np.where(known, values, 0)).max(initial=0) > 1e-3:
        raise GeometryError(
            '{} holds values that are no whole numbers; a label image is expected'.format(name)
        )
    labels = rounded.astype(np.int64)
    labels[~known] = NOT_COUNTED
    return labels


def labels_at_samples(
    image: LabelImage,
    affine: np.ndarray,
    shape: Sequence[int],
    valid_box: Optional[Box] = None,
) -> np.ndarray:
    """
    The label of each sample of a map.

    :param image: the label image
    :param affine: the map's matrix (4, 4) from samples to mm
    :param shape: the map's lengths (x, y, z)
    :param valid_box: the part of the label image that counts; None for all of it
    :return: array (x, y, z), int64; NOT_COUNTED outside the label image or its valid box
    :raises GeometryError: if no sample lies inside the label image
    """
    found = np.full(tuple(shape[:3]), NOT_COUNTED, dtype=np.int64, order='F')
    start, stop = _clipped(valid_box, image.labels.shape)
    along = _along_axes(shape, affine, image.affine)
    if along is not None:
        touched = _copy_along(found, image.labels, along, (start, stop))
    else:
        touched = _copy_by_planes(found, image, affine, (start, stop))
    if not touched:
        raise GeometryError(_no_overlap(image, affine, shape))
    return found


def _along_axes(
    shape: Sequence[int], affine: np.ndarray, other: np.ndarray
) -> Optional[List[np.ndarray]]:
    """
    Give the nearest voxel's index for each sample along x, y and z, where the axes of two grids run
    the same way, so that one does not depend on the others; None where they do not.
    """
    matrix = np.linalg.inv(other) @ affine
    steps = np.diag(matrix)[:3]
    aside = np.abs(matrix[:3, :3] - np.diag(steps)) @ np.array(shape[:3])
    if aside.max() > STRAIGHT:
        return None
    return [
        interpolation.nearest(np.arange(length) * step + first)
        for length, step, first in zip(shape, steps, matrix[:3, 3])
    ]


def _copy_along(
    found: np.ndarray, labels: np.ndarray, along: Sequence[np.ndarray], box: Corners
) -> bool:
    inside = [(voxel >= 0) & (voxel < size) for voxel, size in zip(along, labels.shape)]
    kept = [
        np.flatnonzero(within & (voxel >= low) & (voxel < high))
        for voxel, within, low, high in zip(along, inside, *box)
    ]
    if all(some.size for some in kept):
        x, y, z = (_as_slice(voxel[some]) for voxel, some in zip(along, kept))
        # voxels run on with the samples, so that those kept are neighbours
        found[tuple(_as_slice(some) for some in kept)] = labels[x][:, y][:, :, z]
    return all(within.any() for within in inside)


def _as_slice(numbers: np.ndarray) -> Union[slice, np.ndarray]:
    """Give the same choice as a slice, where numbers are neighbours."""
    first = int(numbers[0])
    run_on = (np.diff(numbers) == 1).all()
    return slice(first, first + len(numbers)) if run_on else numbers


def _copy_by_planes(found: np.ndarray, image: LabelImage, affine: np.ndarray, box: Corners) -> bool:
    start, stop = box
    touched = False
    for plane in range(found.shape[2]):
        index = interpolation.slab_indices(found.shape, affine, image.affine, plane)
        voxel = interpolation.nearest(index)
        within = np.all((voxel >= 0) & (voxel < np.array(image.labels.shape)), axis=1)
        touched = touched or bool(within.any())
        within &= np.all((voxel >= start) & (voxel < stop), axis=1)
        labels = np.full(len(voxel), NOT_COUNTED, dtype=np.int64)
        labels[within] = image.labels[tuple(voxel[within].T)]
        found[:, :, plane] = labels.reshape(found.shape[:2])
    return touched


def numbered(labels: np.ndarray) -> Tuple[np.ndarray, np.ndarray]:
    """
    :param labels: (x, y, z) int64, as :func:`labels_at_samples` gives them
    :return: the labels that there are, ascending; and for each sample, x fastest, the place of its
        label among these, in a small type; samples that count for none have a number beyond
    """
    flat = labels.ravel(order='F')
    known = flat != NOT_COUNTED
    some = flat if known.all() else flat[known]
    low, high = (int(some.min()), int(some.max())) if some.size else (0, 0)
    if high - low < MOST_COUNTED:
        names = np.flatnonzero(np.bincount(some - low)) + low
        ranks = np.zeros(high - low + 1, np.intp)
        ranks[names - low] = np.arange(len(names))
        places = ranks[np.where(known, flat, low) - low]
    else:
        names = np.unique(some)
        places = np.searchsorted(names, flat)
    places[~known] = len(names)
    return names, places.astype(np.min_scalar_type(len(names)))


def _clipped(box: Optional[Box], shape: Sequence[int]) -> Tuple[np.ndarray, np.ndarray]:
    if box is None:
        return np.zeros(3, int), np.array(shape)
    return np.maximum(box[0], 0), np.minimum(box[1], shape)


def _no_overlap(image: LabelImage, affine: np.ndarray, shape: Sequence[int]) -> str:
    theirs = interpolation.bounding_box(image.affine, image.labels.shape)
    ours = interpolation.bounding_box(affine, shape)
    texts = [
        ', '.join('{:.1f} to {:.1f}'.format(low, high) for low, high in zip(*box))
        for box in (theirs, ours)
    ]
    return (
        '{} does not overlap the map: it spans {} mm, the map {} mm (x, y, z); give labels in '
        'the same space'.format(image.name, *texts)
    )
