# -*- coding: utf-8 -*-
"""
The geometry of a tensor along one axis of the network's window, as plain arithmetic.

A tensor's samples along an axis repeat: behind two poolings by 2 every fourth voxel looks alike.
One *period* of samples is therefore enough to know them all, also those that padding makes up
beyond the window's ends.

- *period*: voxels after which the samples repeat; the least common multiple of the cumulative
  strides of all operations before;
- *interval* of a sample: the first and the last voxel that it depends on, both inclusive,
  counted from the window's first voxel and not clipped to the window: its receptive field;
- *counting interval*: the one that a sample's centre is taken from. Where branches meet, that
  of the branch with the smallest field, so that a decoder's layer lies on the lattice of
  its skip connection;
- *touched* sample: one that padding has gone into, however far back, or that misses what lies
  beyond a tensor's end. Behind a crop its interval may lie inside of the window all the same;
- *fold*: how many samples apart neighbours are inside a dilated block. The axis is described in
  ordinary space throughout; inside a block a kernel's taps lie ``fold`` samples apart.

What happens where branches meet is in :mod:`niftynet_activations.geometry.meeting`, resizing in
:mod:`niftynet_activations.geometry.resized`. The rules for convolution and pooling are those of
Araujo, Norris and Sim, "Computing receptive fields of convolutional neural networks", Distill
2019, applied to every phase of a period.
"""

from math import gcd
from typing import NamedTuple, Optional, Sequence, Tuple, Union

import numpy as np

from niftynet_activations.errors import GeometryError

Places = Union[Sequence[int], np.ndarray]


class AxisGeometry(NamedTuple):
    """A tensor's samples along one axis."""

    size: int  # samples of one window, in ordinary space
    period: int  # voxels
    bounds: np.ndarray  # (samples of a period, 2): intervals of the first period
    counting: np.ndarray  # the same, of the counting intervals
    fold: int
    spans: bool  # True where every sample depends on the whole window
    touched: Tuple[int, int]  # samples at the lower and the upper end of a window

    @classmethod
    def of_window(cls, size: int) -> 'AxisGeometry':
        """
        :param size: of the network's window, voxels
        :return: the geometry of the network's input
        """
        itself = np.zeros((1, 2), dtype=np.int64)
        return cls(size, 1, itself, itself, 1, False, (0, 0))

    @property
    def phases(self) -> int:
        """Samples of a period."""
        return len(self.bounds)

    @property
    def stride(self) -> float:
        """Voxels from sample to sample, on the average of a period."""
        return self.period / self.phases

    @property
    def even(self) -> bool:
        """Whether samples lie whole voxels apart, or whole parts of one."""
        return self.period % self.phases == 0 or self.phases % self.period == 0

    @property
    def offset(self) -> float:
        """Centre of sample 0, in voxels; the mean over a period where it changes with the phase."""
        middle = self.period * (self.phases - 1) / (2.0 * self.phases)
        return float(self.counting.mean()) - middle

    @property
    def receptive_field(self) -> Optional[int]:
        """Voxels, of the sample with the largest one; None where it spans the window."""
        return None if self.spans else field(self.bounds)

    def interval(self, samples: np.ndarray) -> Tuple[np.ndarray, np.ndarray]:
        """
        :param samples: (n,) int, which samples
        :return: first and last voxel that each depends on, (n,) int each; the whole window, and as
            much again on both sides, where the axis spans it
        """
        found = periodic(self.bounds, self.period, np.asarray(samples, dtype=np.int64))
        return found[:, 0], found[:, 1]

    def continues_as(self, other: 'AxisGeometry', longer: int) -> bool:
        """
        :param other: geometry of the same tensor in the network built on a longer axis
        :param longer: by how many voxels
        :return: whether the same samples follow one another there
        """
        if self.bounds.shape != other.bounds.shape:
            return False
        same = np.array_equal(self.bounds, other.bounds)
        same = same and np.array_equal(self.counting, other.counting)
        # a short axis may be touched all over
        there = tuple(min(count, self.size) for count in other.touched)
        same = same and self.touched == there
        return same and self.grows_as(other, longer)

    def grows_as(self, other: 'AxisGeometry', longer: int) -> bool:
        """
        :param other: geometry of the same tensor in the network built on a longer axis
        :param longer: by how many voxels
        :return: whether there are as many more samples there as that many voxels have
        """
        more = other.size - self.size
        return self.period == other.period and more * self.period == longer * self.phases

    # --- what operations do ---------------------------------------------------------------

    def taps(self, size: int, step: int, first: Places, last: Places) -> 'AxisGeometry':
        """
        Apply any operation that makes each sample of a range of neighbouring ones.

        The first and the last sample are given for the outputs 0 to n - 1; output ``i + n`` takes
        the samples of output ``i``, moved on by ``step``.

        :param size: samples afterwards
        :param step: samples from the range of output ``i`` to that of output ``i + n``
        :param first: (n,) the first sample that each output takes
        :param last: (n,) the last sample that each output takes, inclusive
        :return: the geometry afterwards
        """
        repeats = self.phases // gcd(self.phases, step)
        outputs = np.arange(repeats * len(first))
        turn, phase = np.divmod(outputs, len(first))
        low = np.asarray(first)[phase] + turn * step
        high = np.asarray(last)[phase] + turn * step
        period = self.period * repeats * step // self.phases

        def gathered(bounds: np.ndarray) -> np.ndarray:
            return np.stack(
                [
                    periodic(bounds, self.period, low)[:, 0],
                    periodic(bounds, self.period, high)[:, 1],
                ],
                axis=1,
            )

        return self._replace(
            size=size,
            period=period,
            bounds=gathered(self.bounds),
            counting=gathered(self.counting),
            touched=self._touched(size, step, first, last),
        )

    def _touched(self, size: int, step: int, first: Places, last: Places) -> Tuple[int, int]:
        """How many samples at both ends of a window are touched behind :meth:`taps`."""
        turn, phase = np.divmod(np.arange(size), len(first))
        low = np.asarray(first)[phase] + turn * step < self.touched[0]
        high = np.asarray(last)[phase] + turn * step >= self.size - self.touched[1]
        return _last_true(low) + 1, _last_true(high[::-1]) + 1

    def convolve(
        self, size: int, kernel: int, stride: int = 1, dilation: int = 1, padding: int = 0
    ) -> 'AxisGeometry':
        """
        Apply a convolution or a pooling.

        :param size: samples afterwards, in ordinary space
        :param kernel: its width in taps
        :param stride: of the operation
        :param dilation: of the operation
        :param padding: samples that it adds before the first one
        :return: the geometry afterwards
        :raises GeometryError: for strides inside a dilated block
        """
        if self.fold > 1 and stride > 1:
            raise GeometryError('a stride inside a dilated block has no place in ordinary space')
        first = -padding * self.fold
        reach = (kernel - 1) * dilation * self.fold
        return self.taps(size, stride, [first], [first + reach])

    def transpose_convolve(
        self, size: int, kernel: int, stride: int, padding: int
    ) -> 'AxisGeometry':
        """
        Apply a transposed convolution: the transpose of :meth:`convolve` with these numbers.

        :param size: samples afterwards
        :param kernel: its width in taps
        :param stride: how many output samples come from one input sample
        :param padding: what the forward convolution would add before the first sample
        :return: the geometry afterwards
        """
        outputs = np.arange(stride) + padding
        first = -((kernel - 1 - outputs) // stride)
        return self.taps(size, 1, np.minimum(first, outputs // stride), outputs // stride)

    def shift(self, size: int, start: int, step: int = 1) -> 'AxisGeometry':
        """
        Apply slicing, cropping or padding.

        :param size: samples afterwards, in ordinary space
        :param start: which sample becomes the first one; negative for padding
        :param step: samples from one kept sample to the next
        :return: the geometry afterwards
        """
        return self.taps(size, step, [start * self.fold], [start * self.fold])

    def folded(self, factor: int) -> 'AxisGeometry':
        """
        :param factor: block size along this axis, of an operation that moves space into the batch
            (``SpaceToBatchND``)
        :return: the geometry inside of the block
        """
        return self._replace(fold=self.fold * factor)

    def unfolded(self, factor: int) -> 'AxisGeometry':
        """
        :param factor: block size along this axis, of the dilated block that ends
        :return: the geometry behind it
        """
        return self._replace(fold=self.fold // factor)

    def spanning(self, size: int) -> 'AxisGeometry':
        """
        :param size: samples afterwards
        :return: the geometry where each sample depends on the whole window
        """
        return self._replace(size=size, spans=True)

    def collapsed(self) -> 'AxisGeometry':
        """
        :return: the geometry of one sample that is made of all samples of the window, as by a mean
            over the axis; it lies in the middle of them
        """
        if self.fold > 1:
            return self.spanning(self.fold)
        half = (self.stride - 1) / 2
        ends = periodic(self.counting, self.period, np.array([0, self.size - 1])).mean(axis=1)
        whole = np.rint(ends + [-half, half]).astype(np.int64)
        bounds = whole + np.arange(self.phases)[:, None] * self.period // self.phases
        return self._replace(size=1, bounds=bounds, counting=bounds, spans=True, touched=(0, 0))

    def spread(self, size: int) -> 'AxisGeometry':
        """
        :param size: samples afterwards, all equal to the one that there is
        :return: the geometry afterwards: the new samples share evenly the interval of the old one
        """
        if self.fold > 1:
            return self.spanning(size)
        first, last = self.counting[0]
        step = max((last - first + 1) // size, 1)
        start = first + (last - first + 1 - step * size) // 2
        itself = np.array([[start, start + step - 1]], dtype=np.int64)
        return AxisGeometry(size, int(step), itself, itself, 1, True, (0, 0))


def periodic(bounds: np.ndarray, period: int, samples: np.ndarray) -> np.ndarray:
    """
    :param bounds: (samples of a period, 2) of the first period
    :param period: in voxels
    :param samples: (n,) int; negative ones lie before the window
    :return: (n, 2), the bounds of these samples
    """
    turn, phase = np.divmod(samples, len(bounds))
    return bounds[phase] + turn[:, None] * period


def _last_true(flags: np.ndarray) -> int:
    """The index of the last True; -1 where there is none."""
    places = np.flatnonzero(flags)
    return int(places[-1]) if places.size else -1


def field(bounds: np.ndarray) -> int:
    """
    :param bounds: (samples of a period, 2)
    :return: the size in voxels of the largest of these intervals
    """
    return int((bounds[:, 1] - bounds[:, 0]).max()) + 1


def same_padding(size: int, kernel: int, stride: int, dilation: int = 1) -> int:
    """
    :param size: samples before
    :param kernel: its width in taps
    :param stride: of the operation
    :param dilation: of the operation
    :return: samples that TensorFlow's SAME adds before the first one; the smaller half of all,
        see the documentation of ``tf.nn.convolution``
    """
    reach = (kernel - 1) * dilation + 1
    return max((-(-size // stride) - 1) * stride + reach - size, 0) // 2
