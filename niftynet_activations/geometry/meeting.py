# -*- coding: utf-8 -*-
"""
The geometry where branches of a network meet: concatenation, sums and other elementwise operations.

The words are those of :mod:`niftynet_activations.geometry.axis`.
"""

from typing import Sequence

import numpy as np

from niftynet_activations.errors import GeometryError
from niftynet_activations.geometry.axis import AxisGeometry, field, periodic


def meet(axes: Sequence[AxisGeometry]) -> AxisGeometry:
    """
    The geometry behind a concatenation, or an elementwise operation, of branches.

    :param axes: one for each branch, all of the same size; a branch with a single sample is
        broadcast over the others
    :return: the geometry of the result
    :raises GeometryError: if the branches' samples lie apart from each other
    """
    size = max(axis.size for axis in axes)
    largest = [axis for axis in axes if axis.size == size]
    spans = any(axis.spans for axis in axes) or len(largest) < len(axes)
    full = _in_step(largest)
    period = int(np.lcm.reduce([axis.period for axis in full]))
    samples = np.arange(int(round(period / full[0].stride)))
    bounds = np.array([periodic(axis.bounds, axis.period, samples) for axis in full])
    nearest = min(full, key=lambda axis: field(axis.counting))
    return AxisGeometry(
        size,
        period,
        np.stack([bounds[..., 0].min(axis=0), bounds[..., 1].max(axis=0)], axis=1),
        periodic(nearest.counting, nearest.period, samples),
        full[0].fold,
        spans,
        (max(axis.touched[0] for axis in full), max(axis.touched[1] for axis in full)),
    )


def _in_step(axes: Sequence[AxisGeometry]) -> Sequence[AxisGeometry]:
    """
    The branches whose samples meet one to one. A branch whose samples depend on the whole window
    is left out where its stride does not fit the others': where its samples lie says little.
    """
    local = [axis for axis in axes if not axis.spans]
    even = [axis for axis in axes if axis.even or not axis.spans]
    for chosen in (axes, local, even):
        if len({(axis.fold, axis.stride) for axis in chosen}) == 1:
            return chosen
    raise GeometryError(
        'branches of strides {} meet sample by sample'.format(
            sorted({axis.stride for axis in axes})
        )
    )
