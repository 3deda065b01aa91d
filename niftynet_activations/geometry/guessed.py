# -*- coding: utf-8 -*-
"""
Where the samples of a layer may lie when the graph does not tell: guessed from their number.
"""

from typing import NamedTuple, Optional, Union

from niftynet_activations.geometry.axis import AxisGeometry


class AxisBySize(NamedTuple):
    """
    Where a layer's samples lie on one axis, guessed from their number alone.

    Where there are as many samples as voxels, one is taken to lie on each voxel. Where their number
    divides the window's size, they are taken to share the window evenly. Any other number is taken
    to be a centred crop of the window. ``period`` and
    ``receptive_field`` are not known.
    """

    size: int  # samples of a window
    stride: float  # voxels
    offset: float  # voxels
    period: Optional[int] = None
    receptive_field: Optional[int] = None

    @classmethod
    def guess(cls, window: int, samples: int) -> 'AxisBySize':
        """
        :param window: its size in voxels
        :param samples: how many the layer gives for it
        :return: the guess
        """
        if samples and window % samples == 0:
            stride = window // samples
            return cls(samples, float(stride), (stride - 1) / 2.0)
        return cls(samples, 1.0, (window - samples) / 2.0)


AxisReading = Union[AxisGeometry, AxisBySize]  # what is known of a layer on one axis
