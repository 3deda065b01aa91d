# -*- coding: utf-8 -*-
"""
How large a volume one pass of the network can run over within the memory limit.
"""

from typing import List, Sequence

import numpy as np

from niftynet_activations.errors import OptionError
from niftynet_activations.space.sizes import as_product

STEP = 0.95  # in each step an axis is shortened to this share of its length


def crop_size(
    volume: Sequence[int],
    window: Sequence[int],
    padding: Sequence[int],
    window_bytes: int,
    limit: int,
) -> List[int]:
    """
    Shorten the axis that is longest in windows, until the pass's tensors fit.

    :param volume: (x, y, z) voxels of the volume that windows are cut from
    :param window: (x, y, z) in voxels; axes on which it is one voxel thick are not shortened, since
        the network runs over them slice by slice
    :param padding: volume padding of both sides together, voxels for x, y and z
    :param window_bytes: memory of a pass over one window; a pass over a larger volume needs more in
        proportion to its voxels
    :param limit: bytes that the pass may use beyond those of one window
    :return: (x, y, z) of a volume that fits; ``volume`` itself if it fits
    :raises OptionError: if nothing larger than the window fits
    """
    axes = [axis for axis, size in enumerate(window) if size > 1]
    least = [min(size, max(wide, added + 1)) for size, wide, added in zip(volume, window, padding)]
    kept = list(volume)

    window_voxels = int(np.prod([window[axis] for axis in axes], dtype=np.int64))

    def fits() -> bool:
        voxels = int(np.prod([kept[axis] for axis in axes], dtype=np.int64))
        return window_bytes * voxels <= (limit + window_bytes) * window_voxels

    while not fits():
        long = [axis for axis in axes if kept[axis] > least[axis]]
        if not long:
            break
        axis = max(long, key=lambda each: kept[each] / window[each])
        kept[axis] = max(least[axis], int(kept[axis] * STEP))
    longer = any(kept[axis] > window[axis] for axis in axes)
    if not fits() or (kept != list(volume) and not longer):
        raise OptionError(
            'activation_memory = {:g}: a pass over more than one window of {} voxels takes more '
            '(a window alone takes about {:.2g} GiB); raise it'.format(
                limit / 2**30, as_product(window), window_bytes / 2**30
            )
        )
    return kept
