# -*- coding: utf-8 -*-
"""
The place that all maps of a subject are shown at.

Vocabulary of this module:

spot
    a point in the world, and what it is. Where a person gives none it is the centre of the
    subject's segmentation: the labelled voxel nearest to the mean place of all voxels with a label
    other than 0, so that it lies in what was found. Without a segmentation it is the centre of mass
    of the first map.
"""

from typing import NamedTuple, Optional, Sequence

import numpy as np
from nibabel.affines import apply_affine

from niftynet_activations.errors import ReadError
from niftynet_activations.looking.activation_map import ActivationMap
from niftynet_activations.looking.report.statistics import centre_of_mass
from niftynet_activations.store.lazy_arrays import load_nifti


class Spot(NamedTuple):
    """A place, and what it is."""

    centre: np.ndarray  # (3,), mm
    told: str


def spot_for(
    segmentation: Optional[str], given: Optional[Sequence[float]] = None
) -> Optional[Spot]:
    """
    :param segmentation: path of that of the subject; None where there is none
    :param given: the place that a person chose, (3,) in mm
    :return: the spot; None where nothing tells it but the maps
    """
    if given is not None:
        return Spot(np.asarray(given, dtype=np.float64), 'the place that was asked for')
    if segmentation is None:
        return None
    try:
        image = load_nifti(segmentation)
        labels = np.asarray(image.dataobj)
    except (ReadError, OSError, EOFError, ValueError):
        return None  # the maps are shown all the same
    labels = labels.reshape((list(labels.shape) + [1, 1])[:3] + [-1])
    found = labels[..., 0] if labels.shape[3] == 1 else labels.argmax(axis=3)
    centre = middle_of(found, np.asarray(image.affine))
    return None if centre is None else Spot(centre, "the segmentation's centre")


def middle_of(labels: np.ndarray, affine: np.ndarray) -> Optional[np.ndarray]:
    """
    :param labels: (x, y, z)
    :param affine: (4, 4), voxels to mm
    :return: (3,) in mm, the labelled voxel nearest to the mean place of all of them; None where no
        voxel has a label other than 0
    """
    places = np.argwhere(labels != 0)
    if not len(places):
        return None
    world = apply_affine(affine, places)
    return np.asarray(world[np.argmin(((world - world.mean(axis=0)) ** 2).sum(axis=1))])


def spot_of_map(one: ActivationMap) -> Spot:
    """
    :param one: a map; it is gone through once
    :return: its centre of mass, each sample weighing the mean of its absolute values
    """
    total = np.zeros(one.data.shape[:3], np.float32)
    for volume in one.channel_volumes():
        total += np.abs(np.nan_to_num(volume))
    return Spot(centre_of_mass(total, one.affine), 'the centre of mass of {}'.format(one.layer))
