# -*- coding: utf-8 -*-
"""
Three planes through a point in space, as pictures seen by a radiologist.

Vocabulary of this module:

plane
    axial, coronal or sagittal, along the axes of space (mm, RAS+), not of any array; so a
    map and its input lie under each other whatever their grids, and the letters are true.
radiological orientation
    the patient's right is on the picture's left; anterior is up in axial pictures and left
    in sagittal ones; superior is up in the others.
picture
    array (rows, columns); row 0 is the upper edge, column 0 the left one.
"""

from typing import Callable, NamedTuple, Sequence, Tuple

import numpy as np

from niftynet_activations.space import interpolation


class Plane(NamedTuple):
    """
    A plane of space. Pictures of it run from the larger mm to the smaller, along columns and rows.
    """

    name: str
    across: int  # the space axis along the columns
    down: int  # along the rows
    through: int  # through the picture
    letters: str  # at the left, right, upper and lower edge


PLANES = (
    Plane('axial', 0, 1, 2, 'RLAP'),
    Plane('coronal', 0, 2, 1, 'RLSI'),
    Plane('sagittal', 1, 2, 0, 'APSI'),
)

Box = Tuple[np.ndarray, np.ndarray]


def pixel_size(box: Box, pixels: int) -> float:
    """
    The side of a pixel with which the longest side of a box fits a picture.

    :param box: lower and upper corner (3,), in mm
    :param pixels: how many pixels the longest side may have
    :return: in mm
    """
    return float(np.max(box[1] - box[0])) / pixels


def plane_points(plane: Plane, centre: np.ndarray, box: Box, size: float) -> np.ndarray:
    """
    The points in space at the centres of a picture's pixels.

    :param plane: which plane
    :param centre: a point in the plane (3,), in mm
    :param box: lower and upper corner (3,) of what to show, in mm
    :param size: the side of a pixel, in mm
    :return: array (rows, columns, 3), in mm
    """
    columns = _from_top(box, plane.across, size)
    rows = _from_top(box, plane.down, size)
    points = np.empty((len(rows), len(columns), 3))
    points[..., plane.across] = columns[np.newaxis, :]
    points[..., plane.down] = rows[:, np.newaxis]
    points[..., plane.through] = centre[plane.through]
    return points


def _from_top(box: Box, axis: int, size: float) -> np.ndarray:
    low, high = float(box[0][axis]), float(box[1][axis])
    count = max(1, int(np.floor((high - low) / size + 1e-6)))
    return high - size * (np.arange(count) + 0.5)


def nearest_picture(
    data: Callable[[Tuple[slice, ...]], np.ndarray], shape: Sequence[int], index: np.ndarray
) -> np.ndarray:
    """
    The nearest samples of an array, so that a coarse lattice shows as what it is.

    :param data: function from three slices to the block of samples they hold
    :param shape: the lengths (x, y, z)
    :param index: array (rows, columns, 3), in voxels
    :return: picture (rows, columns), float64; NaN outside the array
    """
    picture = np.full(index.shape[:2], np.nan)
    voxel = interpolation.nearest(index)
    chosen = np.all((voxel >= 0) & (voxel < np.array(shape[:3])), axis=-1)
    if not chosen.any():
        return picture
    places = voxel[chosen]
    low, high = places.min(axis=0), places.max(axis=0)
    block = data(tuple(slice(int(a), int(b) + 1) for a, b in zip(low, high)))
    picture[chosen] = block[tuple((places - low).T)]
    return picture


def volume_picture(volume: np.ndarray, affine: np.ndarray, points: np.ndarray) -> np.ndarray:
    """
    A picture of a volume that may lie on disk.

    :param volume: array-like (x, y, z)
    :param affine: matrix (4, 4) from voxels to mm
    :param points: array (rows, columns, 3), in mm
    :return: picture (rows, columns), float64; NaN outside
    """
    index = interpolation.world_to_index(points.reshape(-1, 3), affine).reshape(points.shape)
    return nearest_picture(lambda box: np.asarray(volume[box]), volume.shape, index)


def marker(plane: Plane, centre: np.ndarray, box: Box, size: float) -> Tuple[float, float]:
    """
    Where a point lies in a picture.

    :param plane: which plane
    :param centre: the point (3,), in mm
    :param box: lower and upper corner (3,) of what is shown, in mm
    :param size: the side of a pixel, in mm
    :return: column and row; pixel centres are whole numbers
    """
    column = (box[1][plane.across] - centre[plane.across]) / size - 0.5
    row = (box[1][plane.down] - centre[plane.down]) / size - 0.5
    return float(column), float(row)
