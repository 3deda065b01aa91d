# -*- coding: utf-8 -*-
"""
Networks with one spatial axis in plain numpy, and the geometry that the package derives for them.
Only sizes and SAME padding are computed by the package; whether the derived receptive fields are
right is seen from the values.
"""

import numpy as np

from niftynet_activations.geometry.axis import AxisGeometry, same_padding
from niftynet_activations.geometry.meeting import meet
from niftynet_activations.geometry.resized import enlarge


class LineNetwork(object):
    """
    A network of the given layers with random positive kernels.

    :param layers: list of ('conv', kernel, stride, dilation), ('valid', kernel), ('crop', n),
        ('pool', factor), ('up', factor) and ('skip', n), which adds the output of n layers before
    :param seed: of the kernels
    """

    def __init__(self, layers, seed):
        self.layers = layers
        rng = np.random.RandomState(seed)
        self.kernels = [rng.uniform(0.5, 1.5, layer[1]) for layer in layers]

    def run(self, values):
        """
        :param values: (n,) float64, a window or a volume
        :return: (samples,) float64
        """
        outputs = [np.asarray(values, dtype=np.float64)]
        for layer, kernel in zip(self.layers, self.kernels):
            outputs.append(self._apply(outputs, layer, kernel))
        return outputs[-1]

    def _apply(self, outputs, layer, kernel):
        values, kind = outputs[-1], layer[0]
        if kind == 'pool':
            return values[: len(values) // layer[1] * layer[1]].reshape(-1, layer[1]).max(axis=1)
        if kind == 'crop':
            return values[layer[1] : -layer[1]]
        if kind == 'up':
            return np.repeat(values, layer[1])
        if kind == 'skip':
            return values + outputs[-1 - layer[1]]
        stride, dilation = layer[2:] if kind == 'conv' else (1, 1)
        below, above = 0, 0
        if kind == 'conv':
            below = same_padding(len(values), layer[1], stride, dilation)
            above = (layer[1] - 1) * dilation + stride
        padded = np.pad(values, (below, above), 'constant')
        size = self._size(len(values), layer)
        starts = np.arange(size) * stride
        mixed = sum(weight * padded[starts + tap * dilation] for tap, weight in enumerate(kernel))
        return np.tanh(mixed / len(kernel)) + mixed / len(kernel)  # some nonlinear function

    @staticmethod
    def _size(before, layer):
        if layer[0] == 'valid':
            return before - layer[1] + 1
        return -(-before // layer[2])

    def geometry(self, window):
        """
        :param window: its size in voxels
        :return: the last layer's AxisGeometry
        """
        found = [AxisGeometry.of_window(window)]
        for layer in self.layers:
            axis, kind = found[-1], layer[0]
            if kind == 'pool':
                found.append(axis.convolve(axis.size // layer[1], layer[1], layer[1]))
            elif kind == 'crop':
                found.append(axis.shift(axis.size - 2 * layer[1], layer[1]))
            elif kind == 'up':
                found.append(enlarge(axis, layer[1], linear=False))
            elif kind == 'skip':
                found.append(meet([axis, found[-1 - layer[1]]]))
            elif kind == 'valid':
                found.append(axis.convolve(self._size(axis.size, layer), layer[1]))
            else:
                padding = same_padding(axis.size, layer[1], layer[2], layer[3])
                found.append(axis.convolve(self._size(axis.size, layer), *layer[1:], padding))
        return found[-1]
