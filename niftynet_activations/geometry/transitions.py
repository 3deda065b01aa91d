# -*- coding: utf-8 -*-
"""
What the operations of a network do to one axis.

Each function takes the axis before an operation and gives the axis after it. All but the meetings
are one rule, :func:`gather`: a sample of the result depends on some samples of the source, its
*taps*, and which they are repeats after ``cycle`` samples of the result, moved by ``advance``
samples of the source.

Sizes and SAME padding follow TensorFlow's documentation of ``tf.nn.convolution``: with n samples,
kernel k, stride s and dilation d the result has ceil(n / s) samples, and the padding
(ceil(n / s) - 1) s + (k - 1) d + 1 - n, if positive, is split so that the larger half comes last.
VALID gives ceil((n - (k - 1) d) / s).
"""

from fractions import Fraction
from typing import Optional, Sequence, Tuple

import numpy as np

from niftynet_activations.errors import GeometryError
from niftynet_activations.geometry.axis import AxisGeometry, common_multiple, make_axis

SAME, VALID = 'SAME', 'VALID'


def gather(
    axis: AxisGeometry,
    size: int,
    taps: Sequence[Sequence[int]],
    advance: int = 1,
    strided: bool = False,
) -> AxisGeometry:
    """
    :param axis: the source
    :param size: samples of the result
    :param taps: for each sample of one cycle of the result, the source's samples it depends on
    :param advance: samples of the source that the taps move by from cycle to cycle
    :param strided: whether the result's stride counts for the period
    :return: the result
    """
    cycle = len(taps)
    spacing = axis.spacing * advance / cycle
    # the pattern is whole when the source has gone through all its phases too
    repeats = axis.cycle // int(np.gcd(advance, axis.cycle))
    rows = [
        [tap + turn * advance for tap in taps[phase]]
        for turn in range(repeats)
        for phase in range(cycle)
    ]
    plain = axis._replace(spans=False)
    intervals = [
        [int(plain.interval(row)[0].min()) for row in rows],
        [int(plain.interval(row)[1].max()) for row in rows],
        [int(axis.counting_interval(row)[0].min()) for row in rows],
        [int(axis.counting_interval(row)[1].max()) for row in rows],
    ]
    period = common_multiple([axis.period, spacing]) if strided else axis.period
    return make_axis(axis.window, size, spacing, intervals, period, axis.spans)


def same_padding(size: int, kernel: int, stride: int, dilation: int = 1) -> Tuple[int, int]:
    """
    :param size: samples before the operation
    :param kernel: taps of the kernel
    :param stride: of the operation, in samples
    :param dilation: samples from tap to tap
    :return: samples of padding that SAME puts below and above
    """
    result = -(-size // stride)
    total = max((result - 1) * stride + (kernel - 1) * dilation + 1 - size, 0)
    return total // 2, total - total // 2


def convolve(
    axis: AxisGeometry,
    kernel: int,
    stride: int = 1,
    dilation: int = 1,
    padding: str = SAME,
    pads: Optional[Tuple[int, int]] = None,
) -> AxisGeometry:
    """
    A convolution or a pooling: both take samples of one stretch, ``dilation`` apart.

    :param kernel: taps, at least 1
    :param stride: in samples
    :param dilation: samples from tap to tap
    :param padding: SAME or VALID; not looked at where ``pads`` are given
    :param pads: explicit padding below and above
    :return: the axis after it
    :raises GeometryError: if the window is too small to leave a sample
    """
    if pads is None:
        pads = same_padding(axis.size, kernel, stride, dilation) if padding == SAME else (0, 0)
    reach = (kernel - 1) * dilation
    size = -(-(axis.size + sum(pads) - reach) // stride)
    taps = [[tap * dilation - pads[0] for tap in range(kernel)]]
    return gather(axis, size, taps, stride, strided=stride > 1)


def transpose_convolve(
    axis: AxisGeometry, kernel: int, stride: int, size: int, padding: str = SAME
) -> AxisGeometry:
    """
    The gradient of a convolution that leads from ``size`` samples to those of ``axis``.

    A phase that no tap reaches is a constant; it is counted as seeing the sample below it.

    :param kernel: taps
    :param stride: samples of the result for one of the source
    :param size: samples of the result
    :param padding: SAME or VALID, of that convolution
    :return: the axis after it
    :raises GeometryError: if no convolution leads from that size to the source's
    """
    below = same_padding(size, kernel, stride)[0] if padding == SAME else 0
    back = size if padding == SAME else size - kernel + 1
    if -(-back // stride) != axis.size:
        raise GeometryError(
            'a transposed convolution from {} to {} samples with kernel {} and stride {} ({}); '
            'expected sizes that the convolution connects'.format(
                axis.size, size, kernel, stride, padding
            )
        )
    taps = []
    for sample in range(stride):
        top = (sample + below) // stride
        bottom = -((kernel - 1 - sample - below) // stride)
        taps.append(list(range(min(bottom, top), top + 1)))
    return gather(axis, size, taps)


def pad(axis: AxisGeometry, below: int, above: int) -> AxisGeometry:
    """
    Zeros, or reflected samples: those lie inside of what the next kernel sees anyway.

    :param below: samples added at the lower end; negative ones are cut off
    :param above: at the upper end
    :return: the axis after it
    """
    return cut(axis, -below, axis.size + below + above)


def cut(axis: AxisGeometry, start: int, size: int, step: int = 1) -> AxisGeometry:
    """
    :param start: the source's sample that becomes sample 0
    :param size: samples of the result
    :param step: samples of the source from one to the next, above 0
    :return: the axis after slicing or cropping
    """
    return gather(axis, size, [[start]], step, strided=step > 1)


def repeat(axis: AxisGeometry, factor: int) -> AxisGeometry:
    """
    :param factor: how often each sample is repeated, or how many come from it (subpixel)
    :return: the axis after it
    """
    return gather(axis, axis.size * factor, [[0]] * factor)


def resize_nearest(axis: AxisGeometry, size: int, half_pixels: bool = False) -> AxisGeometry:
    """
    :param size: samples of the result
    :param half_pixels: TensorFlow's ``half_pixel_centers``
    :return: the axis after it; one whose sizes are in no whole ratio is not exact
    """
    cycle, advance = _lowest(size, axis.size)
    middle = Fraction(1, 2) if half_pixels else Fraction(0)
    places = [(i + middle) * Fraction(advance, cycle) for i in range(cycle)]
    return gather(axis, size, [[_floor(place)] for place in places], advance, cycle == 1)


def resize_linear(
    axis: AxisGeometry, size: int, half_pixels: bool = False, corners: bool = False
) -> AxisGeometry:
    """
    Sample i lies at i n / size of the n source samples; with half pixels at
    (i + 0.5) n / size - 0.5, with aligned corners at i (n - 1) / (size - 1). It takes the two
    samples around that place, or the one that it hits.

    :param size: samples of the result
    :param half_pixels: TensorFlow's ``half_pixel_centers``
    :param corners: TensorFlow's ``align_corners``
    :return: the axis after it; one whose sizes are in no whole ratio is not exact
    """
    kept = corners and size > 1 and axis.size > 1
    cycle, advance = _lowest(size - 1, axis.size - 1) if kept else _lowest(size, axis.size)
    middle = Fraction(1, 2) if half_pixels else Fraction(0)
    taps = []
    for sample in range(cycle):
        place = (sample + middle) * Fraction(advance, cycle) - middle
        taps.append(sorted({_floor(place), -_floor(-place)}))
    # a resize by no whole ratio has no shift that it follows, so it adds nothing to the period
    return gather(axis, size, taps, advance, cycle == 1 and not kept)


def is_whole_ratio(before: int, after: int) -> bool:
    """
    :return: whether one of the sizes is a multiple of the other
    """
    return max(before, after) % min(before, after) == 0


def collapse(axis: AxisGeometry) -> AxisGeometry:
    """
    :return: the axis after a reduction over it: one sample that depends on the whole window
    """
    ends = [[0], [axis.window - 1]] * 2
    return make_axis(axis.window, 1, Fraction(axis.window), ends, axis.period, spans=True)


def span(axis: AxisGeometry) -> AxisGeometry:
    """
    :return: the axis after something of the whole window has gone into each of its samples
    """
    return axis._replace(spans=True)


def _lowest(after: int, before: int) -> Tuple[int, int]:
    shared = int(np.gcd(after, before))
    return after // shared, before // shared


def _floor(place: Fraction) -> int:
    return place.numerator // place.denominator
