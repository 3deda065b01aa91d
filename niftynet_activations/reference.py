# -*- coding: utf-8 -*-
"""
Which sizes of volume a network accepts, found by building it on them, and what it does there.

A network's own code refuses sizes for many reasons (asserts, concatenations that do not fit,
dilated blocks); building it on a placeholder asks them all. That takes no memory, but seconds for
a large network, so that not every size can be tried. What networks refuse is a matter of
divisibility: they take the sizes that are congruent to the window's modulo some *modulus*, on each
axis one of its own. Moduli are tried from small to large. With one below the network's the
size that is tried is refused, or is the smallest that suits by chance; with the network's own it
is the smallest that suits.

A network may also choose other numbers for another size, a crop or a resizing: so the geometry is
read again there.
"""

import contextlib
import io
import logging
import time
from typing import Any, Dict, List, Optional, Sequence, Tuple

import niftynet  # noqa: F401  before tensorflow, so that it is what NiftyNet sees
import numpy as np
import tensorflow as tf

from niftynet_activations.capture import NetworkRecord
from niftynet_activations.errors import OptionError
from niftynet_activations.geometry.graph import read_geometry
from niftynet_activations.geometry.state import TensorGeometry
from niftynet_activations.network import build_on_placeholder
from niftynet_activations.stitching.exact import reference_size

MODULI = (1, 2, 3, 4, 6, 8, 9, 12, 16, 18, 24, 32, 48, 64)  # voxels
MOST_BUILDS = 40  # of the network, in one search
LONG = 3.0  # seconds that a search may take without a word
LOGGER = logging.getLogger('tensorflow')  # NiftyNet's

Sizes = Tuple[int, ...]


class ReferenceShapes(object):
    """
    Finds reference volumes; each size is tried once.

    :ivar window: (x, y, z), a size that the network accepts
    :param application: whose network it is; left as it is
    :param window: the same
    :param spatial_axes: which of x, y, z the network sees
    :param modalities: of its input
    """

    def __init__(
        self, application: Any, window: Sequence[int], spatial_axes: Sequence[int], modalities: int
    ) -> None:
        self._application = application
        self.window = tuple(window)
        self._spatial_axes = tuple(spatial_axes)
        self._modalities = modalities
        self._accepted: Dict[Sizes, bool] = {self.window: True}
        self._records: Dict[Sizes, NetworkRecord] = {}
        self._geometries: Dict[Sizes, Dict[str, TensorGeometry]] = {}
        self._built = 0  # how often the network was built
        self._left = MOST_BUILDS
        self._found: Dict[Tuple[Sizes, Sizes], Optional[Sizes]] = {}

    def find(self, volume: Sequence[int], periods: Sequence[int]) -> Optional[Sizes]:
        """
        :param volume: (x, y, z) of what windows are cut from, voxels
        :param periods: of the layer, for x, y and z
        :return: the reference volume's size, None where no near size suits the network
        """
        key = (tuple(volume), tuple(periods))
        if key not in self._found:
            began, built = time.time(), self._built
            self._left = MOST_BUILDS
            self._found[key] = self._search(*key)
            if time.time() - began > LONG:
                LOGGER.info(
                    'finding the reference volume took %.0f s: the network was built on %d sizes',
                    time.time() - began,
                    self._built - built,
                )
        return self._found[key]

    def geometries(self, sizes: Sequence[int], names: Sequence[str]) -> Dict[str, TensorGeometry]:
        """
        :param sizes: (x, y, z), a reference volume that was found
        :param names: of tensors of the network, the same in every call
        :return: name -> geometry in the network that is built on those sizes; without tensors that
            it does not have, and empty for the window's own size
        """
        key = tuple(sizes)
        if key not in self._records:
            return {}
        if key not in self._geometries:
            graph, image = self._records[key].image.graph, self._records[key].image
            there = [name for name in names if _has_tensor(graph, name)]
            tensors = [graph.get_tensor_by_name(name) for name in there]
            self._geometries[key] = read_geometry(tensors, image)
        return self._geometries[key]

    def _search(self, volume: Sizes, periods: Sizes) -> Optional[Sizes]:
        nearest = tuple(
            reference_size(size, window, period) if axis in self._spatial_axes else size
            for axis, (size, window, period) in enumerate(zip(volume, self.window, periods))
        )
        if self._accepts(nearest):
            return nearest
        sizes: List[int] = []
        for axis, period in enumerate(periods):
            size = self._along_axis(axis, nearest[axis], period)
            if size is None:
                return None
            sizes.append(size)
        return tuple(sizes) if self._accepts(tuple(sizes)) else None

    def _along_axis(self, axis: int, nearest: int, period: int) -> Optional[int]:
        """The other axes are as long as the window meanwhile, which the network accepts."""
        window = self.window[axis]
        if axis not in self._spatial_axes:
            return nearest
        for modulus in sorted({int(np.lcm(period, each)) for each in MODULI}):
            size = reference_size(nearest, window, modulus)
            if self._accepts(self.window[:axis] + (size,) + self.window[axis + 1 :]):
                return size
        return None

    def _accepts(self, sizes: Sizes) -> bool:
        if sizes not in self._accepted:
            if not self._left:
                return False
            self._left -= 1
            self._built += 1
            self._accepted[sizes] = self._builds(sizes)
        return self._accepted[sizes]

    def _builds(self, sizes: Sizes) -> bool:
        network = self._application.net
        shape = [1] + [sizes[axis] for axis in self._spatial_axes] + [self._modalities]
        try:
            with tf.Graph().as_default(), contextlib.redirect_stdout(io.StringIO()):
                self._records[sizes] = build_on_placeholder(self._application, shape)
        except OptionError:
            return False
        finally:
            self._application.net = network
        return True


def _has_tensor(graph: Any, name: str) -> bool:
    try:
        graph.get_tensor_by_name(name)
    except (KeyError, ValueError):
        return False
    return True
