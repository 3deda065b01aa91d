# -*- coding: utf-8 -*-
"""
The point at which all maps of a subject are shown.

Vocabulary of this module:

spot
    a point in world coordinates, and why it was taken. Where the user gives none it is the
    centre of the subject's segmentation: the labelled voxel nearest to the mean position of all
    voxels with a label other than 0, so that it lies inside a labelled region. Without a
    segmentation it is the centre of mass of the first map.
"""

from typing import NamedTuple, Optional, Sequence

import numpy as np
from nibabel.affines import apply_affine

from niftynet_activations.errors import ReadError
from niftynet_activations.looking.activation_map import ActivationMap
from niftynet_activations.looking.report.statistics import centre_of_mass
from niftynet_activations.store.lazy_arrays import load_nifti


class Spot(NamedTuple):
    """A point, and what it is."""

    centre: np.ndarray  # (3,), mm
    told: str  # what it is, in words


def spot_for(
    segmentation: Optional[str], given: Optional[Sequence[float]] = None
) -> Optional[Spot]:
    """
    :param segmentation: path of the subject's segmentation; None where there is none
    :param given: the point that the user chose, (3,) in mm
    :return: the spot; None where it has to be taken from a map (:func:`spot_of_map`)
    """
    if given is not None:
        return Spot(np.asarray(given, dtype=np.float64), 'the place that was asked for')
    if segmentation is None:
        return None
    try:
        image = load_nifti(segmentation)
        labels = np.asarray(image.dataobj)
    except (ReadError, OSError, EOFError, ValueError):
        return None  # the maps can be shown without the segmentation
    labels = labels.reshape((list(labels.shape) + [1, 1])[:3] + [-1])
    found = labels[..., 0] if labels.shape[3] == 1 else labels.argmax(axis=3)
    centre = middle_of(found, np.asarray(image.affine))
    return None if centre is None else Spot(centre, "the segmentation's centre")


def middle_of(labels: np.ndarray, affine: np.ndarray) -> Optional[np.ndarray]:
    """
    :param labels: (x, y, z)
    :param affine: (4, 4), voxels to mm
    :return: (3,) in mm, the labelled voxel nearest to the mean position of all labelled voxels;
        None where no voxel has a label other than 0
    """
    places = np.argwhere(labels != 0)
    if not len(places):
        return None
    world = apply_affine(affine, places)
    return np.asarray(world[np.argmin(((world - world.mean(axis=0)) ** 2).sum(axis=1))])


def spot_of_map(one: ActivationMap) -> Spot:
    """
    :param one: a map; it is read once
    :return: its centre of mass, with the mean absolute value over the channels as weight
    """
    total = np.zeros(one.data.shape[:3], np.float32)
    for volume in one.channel_volumes():
        total += np.abs(np.nan_to_num(volume))
    return Spot(centre_of_mass(total, one.affine), 'the centre of mass of {}'.format(one.layer))
