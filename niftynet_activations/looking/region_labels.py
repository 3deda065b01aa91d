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
"""

import os
import re
from typing import Any, Dict, List, Mapping, NamedTuple, Optional, Sequence, Tuple, Union

import nibabel as nib
import numpy as np

from niftynet_activations.errors import GeometryError, OptionError, WriteError
from niftynet_activations.space import interpolation
from niftynet_activations.store.lazy_arrays import load_nifti

Box = Tuple[Sequence[int], Sequence[int]]
LabelSource = Union[str, nib.spatialimages.SpatialImage]
NOT_COUNTED = np.iinfo(np.int64).min

LabelImage = NamedTuple(
    'LabelImage', [('name', str), ('labels', np.ndarray), ('affine', np.ndarray)]
)
LabelImage.__doc__ = """Labels (x, y, z), int64, the matrix (4, 4) to mm, and where from."""


def read_labels(source: LabelSource, probabilities: bool = False) -> LabelImage:
    """
    Read a label image.

    :param source: a file, or a nibabel image; axes (x, y, z), further ones of length 1
    :param probabilities: take several channels, and the most probable one as the label
    :return: the labels; voxels that are NaN count for no label
    :raises WriteError: if the file is not there or is no image
    :raises GeometryError: if there are several channels, or values that are no whole numbers
    """
    image = load_nifti(source) if isinstance(source, str) else source
    name = source if isinstance(source, str) else (image.get_filename() or 'the label image')
    try:
        values = np.asarray(image.dataobj)
    except (OSError, EOFError, ValueError) as error:
        raise WriteError('{} cannot be read to its end: {}'.format(name, error)) from error
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
    found = np.full(tuple(shape[:3]), NOT_COUNTED, dtype=np.int64)
    start, stop = _clipped(valid_box, image.labels.shape)
    touched = False
    for plane in range(shape[2]):
        index = interpolation.slab_indices(shape, affine, image.affine, plane)
        voxel = interpolation.nearest(index)
        within = np.all((voxel >= 0) & (voxel < np.array(image.labels.shape)), axis=1)
        touched = touched or bool(within.any())
        within &= np.all((voxel >= start) & (voxel < stop), axis=1)
        labels = np.full(len(voxel), NOT_COUNTED, dtype=np.int64)
        labels[within] = image.labels[tuple(voxel[within].T)]
        found[:, :, plane] = labels.reshape(shape[0], shape[1])
    if not touched:
        raise GeometryError(_no_overlap(image, affine, shape))
    return found


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


def labels_by_subject(labels: Any, subjects: Sequence[str]) -> Mapping[str, LabelSource]:
    """
    Which label image belongs to which subject, however labels are given.

    :param labels: a path or nibabel image for all subjects, a folder of images, or a mapping from
        subject to one of these
    :param subjects: the subjects
    :return: subject -> path or image; only those that a given mapping has
    :raises OptionError: as :func:`find_labels`
    """
    if isinstance(labels, (str, os.PathLike)):
        return find_labels(os.fspath(labels), subjects)
    if isinstance(labels, Mapping):
        return labels
    return {subject: labels for subject in subjects}


def find_labels(path: str, subjects: Sequence[str]) -> Dict[str, str]:
    """
    Which label image belongs to which subject.

    :param path: an image, for all subjects, or a folder of images with the subjects' names in
        theirs
    :param subjects: the subjects
    :return: one path per subject
    :raises OptionError: if there is no such file, or not one for each subject
    """
    if os.path.isfile(path):
        return {subject: path for subject in subjects}
    if not os.path.isdir(path):
        raise OptionError('{} is neither a label image nor a folder of them'.format(path))
    names = sorted(
        name
        for name in os.listdir(path)
        if name.endswith(('.nii', '.nii.gz')) and not name.startswith('activation_')
    )
    return {subject: _only_one(path, names, subject, subjects) for subject in subjects}


def _only_one(folder: str, names: List[str], subject: str, subjects: Sequence[str]) -> str:
    longer = [other for other in subjects if other != subject and names_it(other, subject)]
    found = [
        name
        for name in names
        if names_it(name, subject) and not any(names_it(name, other) for other in longer)
    ]
    if len(found) != 1:
        raise OptionError(
            'expected one label image in {} with {} in its name, found {}{}'.format(
                folder, subject, len(found), ': ' + ', '.join(found) if found else ''
            )
        )
    return os.path.join(folder, found[0])


def names_it(name: str, subject: str) -> bool:
    """
    Whether a name holds a subject's, not as a part of a longer word.

    :param name: a file's name
    :param subject: a subject's name
    :return: True for ``seg_12_x.nii`` and 12, False for ``seg_123_x.nii`` and 12
    """
    pattern = r'(?<![0-9A-Za-z]){}(?![0-9A-Za-z])'.format(re.escape(subject))
    return re.search(pattern, name) is not None
