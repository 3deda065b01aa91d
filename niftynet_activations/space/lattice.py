# -*- coding: utf-8 -*-
"""
Where the samples of a map lie on one axis of network space.

    voxels    0   1   2   3   4   5   6   7        voxel centres are whole numbers
    faces  -0.5 0.5 ...                            of the volume: -0.5 and n - 0.5
    stride 2, offset 0.5:
    samples     0       1       2       3          sample g is centred at 0.5 + 2 g

- *offset*: centre of sample 0 of a window that starts at voxel 0, in voxels;
- *index*: g, counted from that sample; negative for samples that lie before it;
- *inside*: a sample is inside the image when ``-0.5 <= centre - padding < n - 0.5``, n being
  the image's size without volume padding and ``padding`` what lies below it.
"""

import math
from typing import NamedTuple

import numpy as np

TOLERANCE = 1e-6  # voxels; offsets and strides are sums of few fractions


class AxisLattice(NamedTuple):
    """The samples of a map that lie inside the image, on one axis."""

    stride: float  # voxels
    offset: float  # voxels
    first: int  # index of the first sample inside the image
    count: int  # type: ignore[assignment]  # how many are inside; hides tuple.count

    def centres(self) -> np.ndarray:
        """
        :return: (count,) float64, network-space voxels
        """
        return self.offset + self.stride * (self.first + np.arange(self.count))


def inside_image(stride: float, offset: float, image_size: float, padding: float) -> AxisLattice:
    """
    :param stride: voxels from sample to sample, above 0
    :param offset: centre of sample 0 in voxels
    :param image_size: voxels of the image without volume padding
    :param padding: voxels of volume padding below the image
    :return: all samples inside the image; their count may be 0
    """
    low, high = padding - 0.5, padding + image_size - 0.5
    first = math.ceil((low - offset - TOLERANCE) / stride)
    beyond = math.ceil((high - offset - TOLERANCE) / stride)
    return AxisLattice(float(stride), float(offset), first, max(beyond - first, 0))
