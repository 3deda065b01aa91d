# -*- coding: utf-8 -*-
"""
How a map and its input are laid out for drawing: which planes, in which space.

Vocabulary of this module:

drawing space
    where the report's planes are cut. It is the world (mm, RAS+), but for flat images.
flat
    of an image: one voxel thick along one axis. It is drawn in its own plane alone; the drawing
    space is the world turned until the image's axes are those of space, so that a tilted slice is
    not cut askew.
picture
    an image file of rows and columns, without a place in the world: rows go down and columns to the
    right, and no side of a patient is named.
"""

from typing import NamedTuple, Optional, Sequence

import nibabel as nib
import numpy as np

from niftynet_activations.looking.figures.planes import PLANES, Plane
from niftynet_activations.looking.input_images import FROM_ROWS_AND_COLUMNS, Source, thin_axis


class Layout(NamedTuple):
    """Which planes are drawn, and the matrix (4, 4) from the world to drawing space."""

    planes: Sequence[Plane]
    from_world: np.ndarray
    picture: bool


def lay_out(
    affine: np.ndarray, shape: Sequence[int], source: Optional[Source], picture: bool
) -> Layout:
    """
    :param affine: the map's matrix (4, 4) from samples to mm
    :param shape: the map's lengths (x, y, z)
    :param source: its input; None where there is none
    :param picture: whether the input is a picture, also where it cannot be read
    :return: three planes of the world, or the plane of a flat image
    """
    if source is not None and source.volume is not None:
        affine, shape = source.affine, source.volume.shape
    if picture:
        return Layout([PLANES[0]._replace(name='picture', letters='')], FROM_ROWS_AND_COLUMNS, True)
    thin = thin_axis(shape)
    if thin is None:
        return Layout(PLANES, np.eye(4), False)
    straight = straightened(affine, shape)
    through = int(np.argmax(np.abs(straight[:3, thin])))
    planes = [plane for plane in PLANES if plane.through == through]
    return Layout(planes, straight @ np.linalg.inv(affine), False)


def straightened(affine: np.ndarray, shape: Sequence[int]) -> np.ndarray:
    """
    The nearest affine whose axes are those of space, for a volume that stays about its centre.

    :param affine: matrix (4, 4) from voxels to mm
    :param shape: the lengths (x, y, z)
    :return: matrix (4, 4) with the same steps
    """
    steps = nib.affines.voxel_sizes(affine)
    made = np.eye(4)
    made[:3, :3] = 0
    for axis, (world, sign) in enumerate(nib.io_orientation(affine)):
        made[int(world), axis] = sign * steps[axis]
    centre = (np.array(shape[:3]) - 1) / 2.0
    made[:3, 3] = nib.affines.apply_affine(affine, centre) - made[:3, :3] @ centre
    return made


def place_in_words(layout: Layout, centre: np.ndarray) -> str:
    """
    :param layout: of the map
    :param centre: a point (3,) in the world, mm
    :return: for the caption
    """
    if layout.picture:
        return 'row {:.1f}, column {:.1f}'.format(*centre[:2])
    return '{} mm'.format(', '.join('{:.1f}'.format(each) for each in centre))
