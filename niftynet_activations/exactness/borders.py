# -*- coding: utf-8 -*-
"""
The border, and the volume padding, with which a layer's map is exact: equal to one pass of the
network over the whole volume.

With windows on multiples of the period, a larger border brings windows closer together, so that
each sample lies further from the faces of the window it is taken from. NiftyNet cuts the border
off at the volume's own faces too; a volume padding of the same size keeps the segmentation whole.

- *least border*: for a network whose output is smaller than its window, the smallest border that
  NiftyNet accepts;
- a border is tried on a volume of three windows, of which the middle one has neighbours on both
  sides. In other volumes windows lie no farther apart.
"""

from typing import List, NamedTuple, Optional, Sequence

import numpy as np

from niftynet_activations.exactness.verdict import lacking
from niftynet_activations.geometry.axis import AxisGeometry
from niftynet_activations.space.lattice import inside_image
from niftynet_activations.space.sizes import as_product
from niftynet_activations.stitching.crop import CropAxisPlan
from niftynet_activations.stitching.windows import aligned_starts


class Suggestion(NamedTuple):
    """What makes a layer exact with ``activation_grid = aligned``, for x, y and z in voxels."""

    border: List[int]
    volume_padding_size: List[int]


def least_border(window: Sequence[int], output: Sequence[Optional[int]]) -> List[int]:
    """
    :param window: its size in voxels
    :param output: samples that the network gives for it, None where that is not known
    :return: the least border, voxels for x, y and z: a window without its border must fit into the
        output
    """
    return [max(-(-(size - given) // 2), 0) if given else 0 for size, given in zip(window, output)]


def suggest(
    axes: Sequence[AxisGeometry], window: Sequence[int], least: Sequence[int] = (0, 0, 0)
) -> Optional[Suggestion]:
    """
    :param axes: the layer's geometry on x, y and z
    :param window: its size in voxels
    :param least: the least border
    :return: the smallest border with which ``activation_grid = aligned`` is exact on volumes of
        any size; None where no border is, because samples depend on more than a window holds
    """
    borders = [smallest_border(*each) for each in zip(axes, window, least)]
    if any(border is None for border in borders):
        return None
    found = [int(border) for border in borders if border is not None]
    return Suggestion(found, list(found))


def advice(
    axes: Sequence[AxisGeometry], window: Sequence[int], least: Sequence[int] = (0, 0, 0)
) -> str:
    """
    :param axes: as for :func:`suggest`
    :param window: its size in voxels
    :param least: the least border
    :return: what would make the layer exact, or that a border does not, as part of a sentence
    """
    found = suggest(axes, window, least)
    if found is None:
        return 'no border makes it exact with windows of {}: they would have to be larger'.format(
            as_product(window)
        )
    return (
        'exact with activation_grid = aligned, border = {} and, to keep the segmentation whole, '
        'volume_padding_size = {}'.format(*[','.join(str(b) for b in each) for each in found])
    )


def smallest_border(axis: AxisGeometry, window: int, least: int = 0) -> Optional[int]:
    """
    :param axis: the layer's geometry on one axis
    :param window: its size in voxels
    :param least: the least border
    :return: the smallest border that makes the layer exact on this axis, voxels; None where none
        does
    """
    if axis.spans:
        return None
    for border in range(least, (window - axis.period) // 2 + 1):
        if _suffices(axis, window, border):
            return border
    return None


def _suffices(axis: AxisGeometry, window: int, border: int) -> bool:
    step = (window - 2 * border) // axis.period * axis.period
    volume = window + 2 * step
    starts = aligned_starts(volume, window, border, axis.period)
    lattice = inside_image(axis.stride, axis.offset, volume, 0)
    plan = CropAxisPlan(lattice, starts, window, axis.size, volume)
    covered = np.flatnonzero(plan.covered)
    gapless = covered.size > 0 and bool(plan.covered[covered[0] : covered[-1] + 1].all())
    return gapless and all(lacking(plan, axis, start, volume) <= 0 for start in starts)
