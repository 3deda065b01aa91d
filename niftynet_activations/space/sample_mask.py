# -*- coding: utf-8 -*-
"""
Which samples of a map a mask keeps.

- *mask*: an image whose voxels are zero or not, on a grid of its own. A voxel that is NaN counts as
  zero;
- *kept*: a sample is kept if the nearest voxel of the mask in the world is not zero. Half-way
  between two voxels it is that of the larger index; beyond the mask's faces that of the face.
"""

from typing import Sequence

import numpy as np

from niftynet_activations.errors import GeometryError
from niftynet_activations.space import interpolation
from niftynet_activations.space.boxes import Box, place_of


class SampleMask(object):
    """
    Which samples of one map are kept.

    :param mask: (x, y, z) bool
    :param mask_affine: (4, 4), its voxels to mm
    :param affine: (4, 4), the map's samples to mm
    :param shape: (x, y, z) of the map
    :raises GeometryError: if the mask and the map have no place in common
    """

    def __init__(
        self,
        mask: np.ndarray,
        mask_affine: np.ndarray,
        affine: np.ndarray,
        shape: Sequence[int],
    ) -> None:
        self.kept = np.zeros(tuple(shape), bool)
        last, met = np.array(mask.shape) - 1, False
        for plane in range(shape[2]):
            index = interpolation.slab_indices(shape, affine, mask_affine, plane)
            voxel = interpolation.nearest(index)
            met = met or bool(np.all((voxel >= 0) & (voxel <= last), axis=1).any())
            voxel = np.clip(voxel, 0, last)
            self.kept[:, :, plane] = mask[tuple(voxel.T)].reshape(shape[0], shape[1])
        if not met:
            raise GeometryError('the mask and the map have no place in common')

    def of(self, corner: Sequence[int], shape: Sequence[int]) -> np.ndarray:
        """
        :param corner: first sample of a box of the map
        :param shape: of the box
        :return: (x, y, z) bool, which of its samples are kept
        """
        return self.kept[place_of(Box(tuple(corner), tuple(shape)))]
