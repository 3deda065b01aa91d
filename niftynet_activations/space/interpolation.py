# -*- coding: utf-8 -*-
"""
Values at points in space, of arrays that may stay on disk.

Vocabulary of this module:

index
    a place in an array, in voxels: sample centres are whole numbers. Not rounded.
corner
    one of the eight samples around a place; each has a weight, the product over the axes of
    one minus the distance (trilinear interpolation).
"""

import itertools
from typing import List, Sequence, Tuple

import numpy as np

from niftynet_activations.hints import ArrayLike, Volumes

# An affine and its inverse leave rounding errors of about 1e-7 voxel (float32 headers).
TOLERANCE = 1e-4


def world_to_index(world_xyz: ArrayLike, affine: np.ndarray) -> np.ndarray:
    """
    Where points in space lie in an array.

    :param world_xyz: points (n, 3), or one point (3,), in mm
    :param affine: matrix (4, 4) from indices to mm
    :return: indices (n, 3), float64, in voxels
    :raises ValueError: if the points are not rows of three numbers
    """
    points = np.atleast_2d(np.asarray(world_xyz, dtype=np.float64))
    if points.ndim != 2 or points.shape[1] != 3:
        raise ValueError(
            'points should have shape (n, 3), in mm, got {}'.format(np.shape(world_xyz))
        )
    inverse = np.linalg.inv(affine)
    return points @ inverse[:3, :3].T + inverse[:3, 3]


def nearest(index: np.ndarray) -> np.ndarray:
    """
    The nearest samples; a place half-way between two belongs to the upper one.

    :param index: indices (..., 3), in voxels
    :return: whole numbers, int64, of the same shape; not clipped to any array
    """
    return np.floor(index + (0.5 + TOLERANCE)).astype(np.int64)


def inside(index: np.ndarray, shape: Sequence[int]) -> np.ndarray:
    """
    Which places lie in the box of the sample centres.

    :param index: indices (n, 3), in voxels
    :param shape: the lengths of the three axes
    :return: booleans (n,); on an axis of one sample, half a voxel around it is inside
    """
    lower = np.array([0.0 if length > 1 else -0.5 for length in shape[:3]])
    upper = np.array([length - 1.0 if length > 1 else 0.5 for length in shape[:3]])
    return np.all((index >= lower - TOLERANCE) & (index <= upper + TOLERANCE), axis=1)


def linear(data: Volumes, index: np.ndarray) -> np.ndarray:
    """
    Trilinear interpolation, channel after channel; reads the box around the points only.

    :param data: array-like (x, y, z, channel), on disk or in memory
    :param index: indices (n, 3), in voxels
    :return: values (n, channels), float64; NaN outside the box of the sample centres and
        where a NaN sample has a weight
    """
    values = np.full((len(index), data.shape[3]), np.nan)
    chosen = inside(index, data.shape)
    if not chosen.any():
        return values
    low, corners = _corners(index[chosen], data.shape)
    box = tuple(
        slice(int(first), int(last) + 2) for first, last in zip(low.min(axis=0), low.max(axis=0))
    )
    start = low.min(axis=0)
    for channel in range(data.shape[3]):
        block = np.asarray(data[box + (channel,)])
        values[chosen, channel] = _weighted(block, low - start, corners)
    return values


def linear_volume(volume: np.ndarray, index: np.ndarray) -> np.ndarray:
    """
    Trilinear interpolation as of :func:`linear`, for one channel in memory.

    :param volume: array (x, y, z)
    :param index: indices (n, 3), in voxels
    :return: values (n,), float64, NaN outside
    """
    return linear(volume[..., np.newaxis], index)[:, 0]


def _corners(
    index: np.ndarray, shape: Sequence[int]
) -> Tuple[np.ndarray, List[Tuple[Tuple[int, ...], np.ndarray]]]:
    sizes = np.array(shape[:3])
    held = np.clip(index, 0, sizes - 1)
    # Places that differ from a whole number by rounding alone are taken as that sample.
    whole = np.round(held)
    held = np.where(np.abs(held - whole) < TOLERANCE * 1e-2, whole, held)
    low = np.floor(held).astype(np.int64)
    part = held - low
    corners = []
    for step in itertools.product((0, 1), repeat=3):
        weight = np.prod(np.where(np.array(step) == 1, part, 1.0 - part), axis=1)
        corners.append((step, weight))
    return low, corners


def _weighted(
    block: np.ndarray, low: np.ndarray, corners: List[Tuple[Tuple[int, ...], np.ndarray]]
) -> np.ndarray:
    total = np.zeros(len(low))
    limit = np.array(block.shape) - 1
    for step, weight in corners:
        place = np.minimum(low + np.array(step), limit)
        value = block[tuple(place.T)].astype(np.float64)
        # A corner of weight 0 takes no part, even where it is missing (0 * NaN is NaN).
        total += np.where(weight > 0, value, 0.0) * weight
    return total


def slab_indices(
    shape: Sequence[int], affine: np.ndarray, other: np.ndarray, plane: int
) -> np.ndarray:
    """
    Where one plane z of an array lies in another array.

    :param shape: the lengths (x, y, z) of the first array
    :param affine: its matrix (4, 4) from indices to mm
    :param other: the other array's matrix (4, 4)
    :param plane: z, in voxels of the first
    :return: indices (x * y, 3) in voxels of the other, the first array's y running fastest
    """
    matrix = np.linalg.inv(other) @ affine
    grid = np.indices((shape[0], shape[1])).reshape(2, -1).T
    flat = grid @ matrix[:3, :2].T
    return flat + matrix[:3, 2] * plane + matrix[:3, 3]


def bounding_box(affine: np.ndarray, shape: Sequence[int]) -> Tuple[np.ndarray, np.ndarray]:
    """
    The box in space around the voxels of an array, faces included.

    :param affine: matrix (4, 4) from indices to mm
    :param shape: the lengths of the three axes
    :return: the lower and the upper corner, (3,) each, in mm
    """
    ends = [(-0.5, length - 0.5) for length in shape[:3]]
    corners = np.array(list(itertools.product(*ends)))
    world = corners @ affine[:3, :3].T + affine[:3, 3]
    return world.min(axis=0), world.max(axis=0)
