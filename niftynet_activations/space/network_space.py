# -*- coding: utf-8 -*-
"""
Where network space lies in the world, through NiftyNet's reading of an image.

NiftyNet reads a file in steps, each of which moves voxels:

1. the axis of a 2-D image that is one voxel thick becomes the last one;
2. ``axcodes`` reorient: axes are permuted and flipped;
3. ``pixdim`` resamples with ``scipy.ndimage.zoom``, which keeps the centres of the first and the
   last voxel in place: voxel j of n lies at ``j * (N - 1) / (n - 1)`` of the original N;
4. volume padding adds voxels on both sides;
5. the resize sampler zooms the padded volume to the window, on the same kind of grid as 3.

An image of fewer than three axes longer than one voxel is neither reoriented nor resampled.

A NIfTI header holds voxel sizes, an sform and a qform. Where the voxel sizes differ from those of
the sform by rounding, and are exactly those of the qform, NiftyNet takes the qform. It reorients by
the affine that it takes; in the world the voxels lie where the file says.

- *network space*: the voxels of the array that windows are cut from, behind all steps;
- *step matrix*: (4, 4), takes voxel coordinates behind a step to those before it.
"""

from copy import copy
from typing import Optional, Sequence, Tuple, Union

import nibabel
import numpy as np

from niftynet_activations.space.place import UNSET, Place, place_of_affine


class NetworkSpace(object):
    """
    The map from network space to the file's voxels and to the world.

    :ivar to_file: (4, 4), network-space voxels to voxels of the file
    :ivar to_world: (4, 4), network-space voxels to mm
    :ivar file_shape: (x, y, z) of the file
    :ivar place: what the file says of where its voxels lie
    """

    def __init__(
        self,
        file_affine: Union[np.ndarray, Sequence[Sequence[float]]],
        file_shape: Sequence[int],
        taken_affine: Optional[np.ndarray] = None,
        place: Optional[Place] = None,
    ) -> None:
        """
        :param file_affine: (4, 4), voxels of the file to mm
        :param file_shape: its size in voxels, axes beyond the third left out
        :param taken_affine: (4, 4), the affine that NiftyNet takes instead (see above); None for
            the same
        :param place: both forms and the unit of the file; None where only the affine is known
        """
        self.file_affine = np.asarray(file_affine, dtype=np.float64)
        self.place = place_of_affine(self.file_affine) if place is None else place
        self._taken = self.file_affine if taken_affine is None else np.asarray(taken_affine)
        self.file_shape: Tuple[int, ...] = (tuple(int(size) for size in file_shape) + (1, 1, 1))[:3]
        self.shape = self.file_shape
        self.to_file = np.eye(4)

    @property
    def to_world(self) -> np.ndarray:
        return self.file_affine @ self.to_file

    @property
    def moved(self) -> float:
        """
        Largest distance in mm, over the image's corners, between where NiftyNet's affine and where
        the file's affine puts them.
        """
        ends = [(0, size - 1) for size in self.file_shape]
        corners = np.stack(np.meshgrid(*ends, [1], indexing='ij'), axis=-1).reshape(-1, 4)
        off = corners @ (self._taken - self.file_affine).T
        return float(np.linalg.norm(off[:, :3], axis=1).max())

    def read(
        self,
        axcodes: Optional[Sequence[str]] = None,
        resampled_shape: Optional[Sequence[int]] = None,
    ) -> 'NetworkSpace':
        """
        Follow steps 1 to 3 of the list above: the reading of a file.

        :param axcodes: what the config asks for, None to leave the axes alone
        :param resampled_shape: (x, y, z) behind the resampling, None without one
        :return: self
        """
        long_axes = [axis for axis in range(3) if self.shape[axis] > 1]
        if len(long_axes) < 3:
            self._permute(two_dimensional_order(self.shape))
            return self
        if axcodes is not None:
            self._reorient(axcodes)
        if resampled_shape is not None:
            self.zoom(resampled_shape)
        return self

    def without_world(self) -> 'NetworkSpace':
        """
        :return: the same voxels without a place in the world: maps made with it have neither sform
            nor qform
        """
        made = copy(self)
        made.place = self.place._replace(sform=UNSET, qform=UNSET)
        return made

    def pad(self, below: Sequence[int], above: Sequence[int]) -> 'NetworkSpace':
        """
        Follow step 4 of the list above: volume padding.

        :param below: voxels added before the first one, on each axis
        :param above: voxels added behind the last one
        :return: self
        """
        shape = [size + low + high for size, low, high in zip(self.shape, below, above)]
        self._follow(_scale_and_shift((1, 1, 1), [-low for low in below]), shape)
        return self

    def zoom(self, shape: Sequence[int]) -> 'NetworkSpace':
        """
        Follow step 3 or 5 of the list above: resampling by ``scipy.ndimage.zoom``.

        :param shape: (x, y, z) in voxels afterwards
        :return: self
        """
        scales = [zoom_spacing(before, after) for before, after in zip(self.shape, shape)]
        self._follow(_scale_and_shift(scales, (0, 0, 0)), shape)
        return self

    def lattice_place(
        self, stride: Sequence[float], offset: Sequence[float], first: Sequence[int]
    ) -> Place:
        """
        :param stride: voxels from sample to sample, for x, y, z of network space
        :param offset: centre of sample 0
        :param first: which sample the map begins with
        :return: where the map's samples lie in the world, by both forms (sform, qform) of the file
        """
        start = [shift + step * index for step, shift, index in zip(stride, offset, first)]
        return self.place.behind(self.to_file @ _scale_and_shift(stride, start))

    def _reorient(self, axcodes: Sequence[str]) -> None:
        before = nibabel.orientations.io_orientation(self._taken)
        after = nibabel.orientations.axcodes2ornt(tuple(axcodes))
        change = nibabel.orientations.ornt_transform(before, after)
        matrix = nibabel.orientations.inv_ornt_aff(change, self.shape)
        shape = [0, 0, 0]
        for axis, new_axis in enumerate(change[:, 0].astype(int)):
            shape[new_axis] = self.shape[axis]
        self._follow(matrix, shape)

    def _permute(self, order: Sequence[int]) -> None:
        """Axis k of the new array is axis ``order[k]`` of the old one."""
        matrix = np.zeros((4, 4))
        matrix[3, 3] = 1
        for new_axis, axis in enumerate(order):
            matrix[axis, new_axis] = 1
        self._follow(matrix, [self.shape[axis] for axis in order])

    def _follow(self, step: np.ndarray, shape: Sequence[int]) -> None:
        self.to_file = self.to_file @ step
        self.shape = tuple(int(size) for size in shape)


def zoom_spacing(before: int, after: int) -> float:
    """
    :param before: voxels of an axis
    :param after: voxels of the same axis behind ``scipy.ndimage.zoom``
    :return: old voxels from new voxel to new voxel; 1 where one voxel is left, which lies at 0
    """
    return (before - 1) / (after - 1) if after > 1 and before > 1 else 1.0


def two_dimensional_order(shape: Sequence[int]) -> Sequence[int]:
    """
    NiftyNet swaps the axes of images that are not spatially 3-D, so that long axes come first.

    :param shape: (x, y, z) of the file
    :return: which of its axes becomes NiftyNet's first, second and third
    """
    order = [0, 1, 2]
    long_axes = sum(size > 1 for size in shape)
    if long_axes == 2:
        thin = int(np.argmin(shape))
        order[2], order[thin] = order[thin], order[2]
    elif long_axes == 1:
        long_axis = int(np.argmax(shape))
        order[0], order[long_axis] = order[long_axis], order[0]
    return order


def _scale_and_shift(scales: Sequence[float], shifts: Sequence[float]) -> np.ndarray:
    matrix = np.diag(list(scales) + [1.0]).astype(np.float64)
    matrix[:3, 3] = shifts
    return matrix
