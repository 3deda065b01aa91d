# -*- coding: utf-8 -*-
"""
How large a volume one pass of the network may run over.
"""

from typing import List, Sequence

import numpy as np

from niftynet_activations.errors import OptionError

STEP = 0.95  # an axis is shortened to this part of its length at a time


def crop_size(
    volume: Sequence[int],
    window: Sequence[int],
    padding: Sequence[int],
    window_bytes: int,
    limit: int,
) -> List[int]:
    """
    Shorten the axis that is longest in windows, until the pass's tensors fit.

    :param volume: (x, y, z) of what windows are cut from, voxels
    :param window: (x, y, z) in voxels; the network runs over axes one voxel thick slice by slice,
        which are left alone
    :param padding: volume padding of both sides together, for x, y and z
    :param window_bytes: that a pass over one window holds; more voxels take more in proportion
    :param limit: bytes that the pass may hold beyond those of one window
    :return: (x, y, z) of a volume that fits, ``volume`` itself where it does
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
                limit / 2**30, ' x '.join(str(size) for size in window), window_bytes / 2**30
            )
        )
    return kept
