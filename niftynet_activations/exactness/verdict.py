# -*- coding: utf-8 -*-
"""
Whether a stitched map equals one pass of the network over the whole volume, and if not, why.

- *reference volume*: the volume, extended at its upper ends by as few voxels as make it one that
  the network accepts and that looks to the network like a window: congruent to the window's
  size modulo the layer's period.

A map is exact if for every sample that is written

(a) its receptive field, clipped to the reference volume, lies in the window that the sample is
    taken from, and the network's own padding at an end of the window reaches the sample only where
    the volume ends too;
(b) that window starts on a multiple of the layer's period;
(c) the windows run over the reference volume;
(d) no operation before it depends on the window as a whole, such as instance normalisation.
"""

from typing import List, NamedTuple, Optional, Sequence, Tuple

import numpy as np

from niftynet_activations.geometry.axis import AxisGeometry
from niftynet_activations.stitching.axis_plan import AxisPlan

AXES = 'xyz'
GUESSED = 'the place of its samples is not known, and guessed from their number'


class Verdict(NamedTuple):
    """Whether a map is exact, and why not."""

    exact: Optional[bool]  # None where it cannot be told
    because: Optional[str]  # a sentence where it is not True


def reference_size(volume: int, window: int, period: int) -> int:
    """
    :param volume: voxels of the volume that windows are cut from
    :param window: voxels of a window
    :param period: of the layer, voxels
    :return: the smallest size, not below ``volume``, that is congruent to the window modulo the
        period
    """
    return volume + (window - volume) % period


def judge(
    plans: Sequence[AxisPlan],
    axes: Optional[Sequence[AxisGeometry]],
    reference: Optional[Sequence[int]],
    reasons: Sequence[str],
    unknown: Sequence[str] = (),
) -> Verdict:
    """
    :param plans: for x, y and z
    :param axes: the layer's geometry on them; None where the graph does not tell
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
    found += _reasons_on_axes(plans, axes, reference)
    return Verdict(not found, _sentence(found) or None)


def _sentence(reasons: Sequence[str]) -> str:
    return '; '.join(reasons)


def _reasons_on_axes(
    plans: Sequence[AxisPlan], axes: Sequence[AxisGeometry], reference: Sequence[int]
) -> List[str]:
    """A sentence for each condition that does not hold, with the axes on which it does not."""
    named = list(zip(AXES, plans, axes, reference))
    kinds = (
        (_spans, 'it depends on the window as a whole', ''),
        (
            _runs_over,
            'the windows run over {} voxels and the pass over the whole volume needs {}',
            'use activation_grid = aligned',
        ),
        (_mixes, 'samples are means of up to {} windows', 'use activation_stitch = crop'),
        (
            _shifted,
            'windows do not start on multiples of {} (the first of them at voxel {})',
            'use activation_grid = aligned',
        ),
        (
            _reaches_beyond,
            'samples depend on up to {} voxels beyond their window',
            'raise border and volume_padding_size, or the window',
        ),
    )
    texts: List[str] = []
    advice: List[str] = []
    for look, text, remedy in kinds:
        seen = [(name, look(plan, axis, size)) for name, plan, axis, size in named]
        where = [(name, numbers) for name, numbers in seen if numbers is not None]
        if where:
            columns = zip(*(numbers for _, numbers in where))
            told = text.format(*(_listed(_unless_equal(column)) for column in columns))
            texts.append('along {} {}'.format(_listed([name for name, _ in where]), told))
            advice += [remedy] if remedy and remedy not in advice else []
    if advice:
        texts[-1] += ': {}'.format(_listed(advice))
    return texts


Numbers = Optional[Tuple[int, ...]]  # numbers for a reason's text; None where it does not apply


def _spans(plan: AxisPlan, axis: AxisGeometry, reference: int) -> Numbers:
    return () if axis.spans else None


def _runs_over(plan: AxisPlan, axis: AxisGeometry, reference: int) -> Numbers:
    return None if plan.volume == reference else (plan.volume, reference)


def _mixes(plan: AxisPlan, axis: AxisGeometry, reference: int) -> Numbers:
    return (plan.most_windows,) if plan.most_windows > 1 else None


def _shifted(plan: AxisPlan, axis: AxisGeometry, reference: int) -> Numbers:
    starts = [start for start, runs in plan.runs.items() if runs and start % axis.period]
    return (axis.period, starts[0]) if starts else None


def _reaches_beyond(plan: AxisPlan, axis: AxisGeometry, reference: int) -> Numbers:
    owners = [start for start, runs in plan.runs.items() if runs]
    most = max([lacking(plan, axis, start, reference) for start in owners] or [0])
    return (most,) if most > 0 and not axis.spans else None


def _unless_equal(numbers: Sequence[int]) -> List[str]:
    """One number for all axes where they are the same."""
    return [str(each) for each in (numbers[:1] if len(set(numbers)) == 1 else numbers)]


def _listed(words: Sequence[str]) -> str:
    """The words with commas between them, and an "and" before the last."""
    return ' and '.join([', '.join(words[:-1])] * (len(words) > 1) + list(words[-1:]))


def lacking(plan: AxisPlan, axis: AxisGeometry, start: int, reference: int) -> int:
    """
    :param plan: of the axis
    :param axis: the layer's geometry on it
    :param start: of one of the plan's windows, voxels
    :param reference: size of the reference volume, voxels
    :return: by how many voxels the receptive fields of the samples taken from this window reach
        beyond the window, inside the reference volume, at the worse of its two ends; 0 where they
        do not. A sample that padding behind a crop has touched counts with the voxels by which it
        lies too near to the end
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
