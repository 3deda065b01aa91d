# -*- coding: utf-8 -*-
"""
Stands in for ``tf.contrib.resampler.resampler``, which NiftyNet's resampler layer uses.
"""

from types import ModuleType

from niftynet_tf2.hints import Function, Tensor


def make_resampler(v1: ModuleType) -> Function:
    """
    :param v1: the module ``tensorflow.compat.v1``
    :return: ``resampler(data, warp)``
    """

    def resampler(data: Tensor, warp: Tensor, name: str = 'resampler') -> Tensor:
        """
        Interpolate bilinearly at points; pixels outside the data count as zero. Gradients flow to
        both inputs, except from points a whole pixel or more outside.

        :param data: (b, height, width, channels)
        :param warp: (b, ..., 2), each point (x, y), x along the width
        :return: (b, ..., channels)
        """
        with v1.name_scope(name, 'resampler', [data, warp]):
            column, row = warp[..., 0], warp[..., 1]
            left, top = v1.floor(column), v1.floor(row)
            # not 1 - |distance|, whose gradient is 0 at integer coordinates: that of version 1 is
            # one-sided
            along_x = ((left, left + 1 - column), (left + 1, column - left))
            along_y = ((top, top + 1 - row), (top + 1, row - top))
            reached = (column > -1) & (row > -1)
            total = 0.0
            for corner_x, weight_x in along_x:
                for corner_y, weight_y in along_y:
                    weight = weight_x * weight_y
                    weight = v1.where(reached, weight, v1.zeros_like(weight))
                    total += _weighted_corner(v1, data, corner_x, corner_y, weight)
        return total

    return resampler


def _weighted_corner(
    v1: ModuleType, data: Tensor, corner_x: Tensor, corner_y: Tensor, weight: Tensor
) -> Tensor:
    """Give the values at integer coordinates, times the weight; zero outside."""
    height, width = v1.shape(data)[1], v1.shape(data)[2]
    column, row = v1.cast(corner_x, v1.int32), v1.cast(corner_y, v1.int32)
    inside = (column >= 0) & (column < width) & (row >= 0) & (row < height)
    sample = v1.reshape(v1.range(v1.shape(data)[0]), [-1] + [1] * (corner_x.shape.ndims - 1))
    index = v1.stack(
        [
            sample + v1.zeros_like(row),
            v1.clip_by_value(row, 0, height - 1),
            v1.clip_by_value(column, 0, width - 1),
        ],
        -1,
    )
    weight = v1.where(inside, weight, v1.zeros_like(weight))
    return weight[..., None] * v1.gather_nd(data, index)
