# -*- coding: utf-8 -*-
"""
Whether a stitched map equals one pass of the network over the whole volume, and if not, why.

- *reference volume*: the volume, extended at its upper ends by as few voxels as make it one that
  the network accepts and that looks to the network like a window: congruent to the window's
  size modulo the layer's period.

A map is exact if for every sample that is written (a) all that it depends on, clipped to the
reference volume, lies in the window it is taken from, and where the network itself pads, at the
end of a window, the volume ends too, (b) that window starts on a multiple of
the period, (c) the windows run over the reference volume, and (d) nothing on the way depends on
the window as a whole.
"""

from typing import Any, List, NamedTuple, Optional, Sequence

import numpy as np

from niftynet_activations.stitching.axis_plan import AxisPlan

AXES = 'xyz'
GUESSED = 'the place of its samples is not known, and guessed from their number'

Verdict = NamedTuple(
    'Verdict',
    [
        ('exact', Optional[bool]),  # None where it cannot be told
        ('because', Optional[str]),  # a sentence where it is not True
    ],
)


def reference_size(volume: int, window: int, period: int) -> int:
    """
    :param volume: voxels of what windows are cut from
    :param window: voxels of a window
    :param period: of the layer, voxels
    :return: the smallest size from ``volume`` on congruent to the window modulo the period
    """
    return volume + (window - volume) % period


def judge(
    plans: Sequence[AxisPlan],
    axes: Optional[Sequence[Any]],
    reference: Optional[Sequence[int]],
    reasons: Sequence[str],
    unknown: Sequence[str] = (),
) -> Verdict:
    """
    :param plans: for x, y and z
    :param axes: the layer's geometry on them (``period``, ``spans``, ``interval``); None where the
        graph does not tell
    :param reference: size of the reference volume, None where it could not be found
    :param reasons: sentences on what depends on the whole window
    :param unknown: sentences on what the graph does not tell
    :return: the verdict
    """
    if axes is None:
        found = list(unknown) + list(reasons) + [GUESSED]
        return Verdict(False if reasons else None, _sentence(found))
    found = list(reasons)
    if reference is None:
        sure = bool(reasons) or any(axis.spans for axis in axes)
        found.append('no size near the volume suits the network')
        return Verdict(False if sure else None, _sentence(found))
    for name, plan, axis, size in zip(AXES, plans, axes, reference):
        found += _reasons_on_axis(name, plan, axis, size)
    return Verdict(not found, _sentence(found) or None)


def _sentence(reasons: Sequence[str]) -> str:
    return '; '.join(reasons)


def _reasons_on_axis(name: str, plan: AxisPlan, axis: Any, reference: int) -> List[str]:
    found = []
    if axis.spans:
        found.append('along {} it depends on the window as a whole'.format(name))
    if plan.volume != reference:
        found.append(
            'along {} the windows run over {} voxels and the pass over the whole volume needs {}: '
            'use activation_grid = aligned'.format(name, plan.volume, reference)
        )
    if plan.most_windows > 1:
        found.append(
            'along {} samples are means of up to {} windows: use activation_stitch = crop'.format(
                name, plan.most_windows
            )
        )
    owners = [start for start, runs in plan.runs.items() if runs]
    shifted = [start for start in owners if start % axis.period]
    if shifted:
        found.append(
            'along {} the window at voxel {} does not start on a multiple of {}: use '
            'activation_grid = aligned'.format(name, shifted[0], axis.period)
        )
    missing = max([lacking(plan, axis, start, reference) for start in owners] or [0])
    if missing > 0 and not axis.spans:
        found.append(
            'along {} samples depend on up to {} voxels beyond their window: raise border and '
            'volume_padding_size, or the window'.format(name, missing)
        )
    return found


def lacking(plan: AxisPlan, axis: Any, start: int, reference: int) -> int:
    """
    :param plan: of the axis
    :param axis: the layer's geometry on it
    :param start: of one of the plan's windows, voxels
    :param reference: size of the reference volume, voxels
    :return: by how many voxels the fields of the samples taken from the window reach beyond it,
        inside the reference volume, or how many voxels too near to it they lie, because padding
        behind a crop has gone into them; 0 where none does
    """
    most = 0
    low = axis.touched[0] if start > 0 else 0
    high = axis.touched[1] if start + plan.window < reference else 0
    for run in plan.runs[start]:
        last_taken = run.lower if run.weight is None else run.lower + 1
        first = axis.interval(run.lower)[0] + start
        last = axis.interval(last_taken)[1] + start
        below = start - np.maximum(first, 0)
        above = np.minimum(last, reference - 1) - (start + plan.window - 1)
        most = max(most, int(below.max()), int(above.max()))
        deep = max(low - run.lower.min(), last_taken.max() - (axis.size - 1 - high))
        most = max(most, int(np.ceil(deep * axis.stride)) if low or high else 0)
    return most
