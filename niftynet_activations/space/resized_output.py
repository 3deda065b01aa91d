# -*- coding: utf-8 -*-
"""
Where the voxels of NiftyNet's own result (the segmentation) lie, when the resize sampler was used.

    volume        0 . . . . . . . . . . . n-1
    window        0 . . . . . . W-1                 zoomed from the volume
    output            0 . . Wo-1                    may be smaller than the window
    with border     b b 0 . . Wo-1 b b              NiftyNet repeats the output's edge
    result        0 . . . . . . . . . . . n-1       zoomed from that to the volume's size

``n`` is the size of the volume, ``W`` that of the window and ``Wo`` that of the output, along one
axis. Only where the border is half the difference between window and output does the result lie on
the volume; otherwise NiftyNet shrinks or stretches it.
"""

from typing import List, NamedTuple, Sequence, Tuple

import numpy as np

from niftynet_activations.space.network_space import NetworkSpace, zoom_spacing

ROUNDING = 1e-6  # voxels


class ResizedOutput(NamedTuple):
    """The result of one subject, as NiftyNet's aggregator makes it."""

    affine: np.ndarray  # (4, 4), voxels of the result's file to the mm where they belong
    box: Tuple[List[int], List[int]]  # (x, y, z) first and end of the voxels that repeat no edge
    moved: bool  # whether this affine is another than the one in the result's file


def resized_output(
    space: NetworkSpace, padded: Sequence[int], output: Sequence[int], border: Sequence[int]
) -> ResizedOutput:
    """
    :param space: network space, zoomed to the window
    :param padded: (x, y, z) of the volume before it was zoomed, voxels
    :param output: (x, y, z) of what the network gives for the window, voxels
    :param border: NiftyNet's option, in voxels for x, y, z; axes without one have 0
    :return: where the result's voxels belong
    """
    border = (list(border) + [0] * 3)[:3]
    to_window, from_volume = np.eye(4), np.eye(4)
    low, high = np.zeros(3), np.zeros(3)
    for axis, (n, window, given, each) in enumerate(zip(padded, space.shape, output, border)):
        from_volume[axis, axis] = 1 / zoom_spacing(n, window)
        below = (window - given) / 2  # of the output in the window
        low[axis], high[axis] = below, below + given - 1
        if n > 1:
            to_window[axis, axis] = zoom_spacing(given + 2 * each, n)
            to_window[axis, 3] = below - each
        else:
            to_window[axis, axis] = from_volume[axis, axis]
    # from voxels of the padded volume to those of the result's file, which NiftyNet saves with the
    # image's own affine
    to_file = space.to_file @ from_volume
    shrunk = to_window @ np.linalg.inv(to_file)
    inverse = np.linalg.inv(shrunk)
    ends = np.stack([low, high]) @ inverse[:3, :3].T + inverse[:3, 3]
    # the voxels nearest to the output's first and last sample still hold its values
    start = np.floor(ends.min(axis=0) + 0.5 + ROUNDING).astype(int)
    stop = np.floor(ends.max(axis=0) + 0.5 - ROUNDING).astype(int) + 1
    size = np.array(space.file_shape)
    box = np.clip(start, 0, size).tolist(), np.clip(stop, 0, size).tolist()
    moved = not np.allclose(to_window, from_volume, atol=ROUNDING)
    return ResizedOutput(space.to_world @ shrunk, box, moved)
