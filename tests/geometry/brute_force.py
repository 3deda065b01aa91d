# -*- coding: utf-8 -*-
"""
An axis the slow way: each sample is the set of the window's voxels that it has been made from.

Written from TensorFlow's documentation of its operations, without the package's own arithmetic.
"""

import math


def voxels(size):
    return [{voxel} for voxel in range(size)]


def pick(samples, places):
    """One result for each list of places; places outside are padding and hold no voxel."""
    inside = range(len(samples))
    return [set().union(*[samples[p] for p in row if p in inside]) for row in places]


def convolve(samples, kernel, stride, dilation, padding):
    extent = (kernel - 1) * dilation + 1
    if padding == 'SAME':
        size = math.ceil(len(samples) / stride)
        below = max((size - 1) * stride + extent - len(samples), 0) // 2
    else:
        size = math.ceil((len(samples) - extent + 1) / stride)
        below = 0
    return pick(
        samples,
        [[i * stride - below + k * dilation for k in range(kernel)] for i in range(size)],
    )


def transpose_convolve(samples, kernel, stride, size, padding):
    """Scatter: sample j of the source goes where the convolution from there would have read."""
    result = [set() for _ in range(size)]
    below = 0
    if padding == 'SAME':
        below = max((len(samples) - 1) * stride + kernel - size, 0) // 2
    for j, sample in enumerate(samples):
        for k in range(kernel):
            place = j * stride - below + k
            if 0 <= place < size:
                result[place] |= sample
    return result


def resize_linear(samples, size):
    result = []
    for i in range(size):
        whole, rest = divmod(i * len(samples), size)
        top = min(whole + (1 if rest else 0), len(samples) - 1)
        result.append(samples[whole] | samples[top])
    return result


def repeat(samples, factor):
    return [samples[i // factor] for i in range(len(samples) * factor)]
