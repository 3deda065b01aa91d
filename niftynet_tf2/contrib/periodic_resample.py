# -*- coding: utf-8 -*-
"""
Stands in for ``tf.contrib.periodic_resample``, which NiftyNet's subpixel layer uses.
"""

from types import ModuleType
from typing import Optional

import numpy as np

from niftynet_tf2.hints import Function, Shape, Tensor


def make_periodic_resample(v1: ModuleType) -> Function:
    """
    :param v1: the module ``tensorflow.compat.v1``
    :return: ``periodic_resample(values, shape)``
    """

    def periodic_resample(values: Tensor, shape: Shape, name: Optional[str] = None) -> Tensor:
        """
        Move channels into space: (b, x, y, c) to (b, f * x, g * y, c // (f * g)).

        The voxel at (i, j) of a block of f by g voxels takes the channels of block number ``i + f *
        j``: the first axis varies fastest. Channels that fill no whole block are left out.

        :param values: (b, spatial axes ..., channels), sizes known
        :param shape: shape of the result, with None for the channels
        :return: the result, (b, spatial axes ..., fewer channels)
        """
        with v1.name_scope(name, 'periodic_resample', [values]):
            size = values.shape.as_list()
            rank = len(size) - 2
            factors = [int(shape[1 + axis]) // size[1 + axis] for axis in range(rank)]
            blocks = int(np.prod(factors))
            channels = size[-1] // blocks
            split = v1.reshape(
                values[..., : blocks * channels],
                [-1] + size[1:-1] + factors[::-1] + [channels],
            )
            order = [0]
            for axis in range(rank):
                order += [1 + axis, 2 * rank - axis]
            woven = v1.transpose(split, order + [2 * rank + 1])
            return v1.reshape(woven, [-1] + list(shape[1:-1]) + [channels])

    return periodic_resample
