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
sided
    of an image: it tells which sides of the patient its axes lead to. Planes of others are named by
    the axes of the file, and have no letters.
"""

from typing import NamedTuple, Optional, Sequence

import nibabel as nib
import numpy as np

from niftynet_activations.looking.figures import planes
from niftynet_activations.looking.figures.planes import PLANES, Plane
from niftynet_activations.looking.input_images import FROM_ROWS_AND_COLUMNS, Source, thin_axis


class Layout(NamedTuple):
    """Which planes are drawn, and the matrix (4, 4) from the world to drawing space."""

    planes: Sequence[Plane]
    from_world: np.ndarray
    picture: bool
    sided: bool = True


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
        one = PLANES[0]._replace(name='picture', letters='')
        return Layout([one], FROM_ROWS_AND_COLUMNS, True, False)
    sided = source is None or source.sided
    known = PLANES if sided else [unsided(plane) for plane in PLANES]
    thin = thin_axis(shape)
    if thin is None:
        return Layout(known, np.eye(4), False, sided)
    straight = straightened(affine, shape)
    through = int(np.argmax(np.abs(straight[:3, thin])))
    own = [plane for plane in known if plane.through == through]
    return Layout(own, straight @ np.linalg.inv(affine), False, sided)


def unsided(plane: Plane) -> Plane:
    """
    :param plane: a plane of space
    :return: the same of an image that does not tell a patient's sides
    """
    name = '{}-{} plane'.format('xyz'[plane.across], 'xyz'[plane.down])
    return plane._replace(name=name, letters='')


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


def source_picture(
    source: Source, from_world: np.ndarray, points: np.ndarray
) -> Optional[np.ndarray]:
    """
    :param source: an input
    :param from_world: (4, 4), from the world to drawing space
    :param points: (rows, columns, 3), in drawing space
    :return: (rows, columns), or (rows, columns, 3) of a colour picture; None without an input
    """
    if source.volume is None:
        return None
    affine = from_world @ source.affine
    if source.colours is None:
        return planes.volume_picture(source.volume, affine, points)
    parts = [
        planes.volume_picture(source.colours[..., colour], affine, points) for colour in range(3)
    ]
    return np.stack(parts, axis=-1)


def place_in_words(layout: Layout, centre: np.ndarray) -> str:
    """
    :param layout: of the map
    :param centre: a point (3,) in the world, mm
    :return: text for the caption: the point in mm, or row and column of a picture
    """
    if layout.picture:
        return 'row {:.1f}, column {:.1f}'.format(*centre[:2])
    return '{} mm'.format(', '.join('{:.1f}'.format(each) for each in centre))
