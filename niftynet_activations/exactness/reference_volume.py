# -*- coding: utf-8 -*-
"""
The reference volume: which sizes of volume a network accepts, found by building it on them.

A network's own code refuses sizes for many reasons (asserts, concatenations that do not fit,
dilated blocks); building it on a placeholder checks them all. That takes no memory, but seconds for
a large network, so not every size can be tried. Networks accept sizes by divisibility: those that
are congruent to the window's size modulo some *modulus*, on each axis one of its own. The moduli
are found once, on windows that are longer than the config's window, and used for all volumes.

A network may also do something else on another size, such as crop or resize by other numbers. So
its geometry is read again on the reference volume.

All this may take long, so it can run in the background and be given up.
"""

import copy
import threading
import time
from typing import Callable, Dict, List, Optional, Sequence, Tuple

import numpy as np

from niftynet_activations.capturing.building import build_on_placeholder
from niftynet_activations.capturing.recording import NetworkRecord
from niftynet_activations.errors import GeometryError
from niftynet_activations.exactness.judgement import Wanted, always
from niftynet_activations.exactness.verdict import reference_size
from niftynet_activations.geometry.state import TensorGeometry
from niftynet_activations.hints import Application, Graph
from niftynet_activations.host.checkpoint import network_variables
from niftynet_activations.host.log import LOGGER
from niftynet_activations.host.quiet import silent_thread
from niftynet_activations.host.refusals import refusal
from niftynet_activations.host.tensorflow import tf
from niftynet_activations.space.sizes import as_product

# voxels that are tried: multiples of most networks' moduli, small ones first
MODULI = (8, 16, 576, 5 * 576, 7 * 576, 35 * 576)
PRIMES = (2, 3, 5, 7)
MOST_BUILDS = 60  # of the network, in one search
LONG = 3.0  # seconds; a search that takes longer is logged

Sizes = Tuple[int, ...]


class ReferenceShapes(object):
    """
    Finds reference volumes; each size is tried once. Several threads may ask.

    :param application: NiftyNet's, whose network it is; it is not changed
    :param window: (x, y, z) in voxels, a size that the network accepts
    :param spatial_axes: which of x, y, z the network sees
    :param modalities: of its input
    :param weights: name -> shape of the weights that the network has on the window. A size on which
        they have other shapes is refused, since no checkpoint holds those
    """

    def __init__(
        self,
        application: Application,
        window: Sequence[int],
        spatial_axes: Sequence[int],
        modalities: int,
        weights: Optional[Dict[str, Sizes]] = None,
    ) -> None:
        self._application = application
        self.window = tuple(window)
        self._spatial_axes = tuple(spatial_axes)
        self._modalities = modalities
        self._weights = weights or {}
        self._accepted: Dict[Sizes, bool] = {self.window: True}
        self._refusals: Dict[Sizes, str] = {}  # what was said against sizes that are not accepted
        self._records: Dict[Sizes, NetworkRecord] = {}
        self._geometries: Dict[Sizes, Dict[str, TensorGeometry]] = {}
        self._moduli: Optional[List[int]] = None  # of the network, once they were needed
        self._built = 0  # how often the network was built
        self._left = MOST_BUILDS
        self._found: Dict[Tuple[Sizes, Sizes], Optional[Sizes]] = {}
        self._one_at_a_time = threading.Lock()
        self._wanted: Wanted = always

    def find(
        self, volume: Sequence[int], periods: Sequence[int], wanted: Wanted = always
    ) -> Optional[Sizes]:
        """
        :param volume: (x, y, z) voxels of the volume that windows are cut from
        :param periods: of the layer, voxels for x, y and z
        :param wanted: called before every build; the search goes on while it returns True
        :return: the reference volume's size, None where the network accepts no near size
        :raises GeometryError: if the search was given up
        """
        key = (tuple(volume), tuple(periods))
        with self._one_at_a_time:
            if key not in self._found:
                self._wanted = wanted
                self._found[key] = self._timed_search(*key)
                kept = self._found.values()
                self._records = {size: each for size, each in self._records.items() if size in kept}
            return self._found[key]

    def why_not(self, volume: Sequence[int], periods: Sequence[int]) -> str:
        """
        :param volume: (x, y, z), for which no reference volume was found
        :param periods: of the layer, voxels for x, y and z
        :return: which size was tried, what the network says against it, and sizes that it takes
        """
        moduli = self._moduli or [1] * 3
        tried = self._nearest(tuple(volume), tuple(periods), moduli)
        longer = ''
        if self._moduli is not None:
            by = ' by multiples of {}'.format(as_product(moduli)) if max(moduli) > 1 else ''
            longer = ' and some that are longer' + by
        return 'not {}: {}; it takes {}{}'.format(
            as_product(tried),
            self._refusals.get(tried, 'too many sizes would have to be tried'),
            as_product(self.window),
            longer,
        )

    def geometries(self, sizes: Sequence[int], names: Sequence[str]) -> Dict[str, TensorGeometry]:
        """
        :param sizes: (x, y, z), a reference volume that was found
        :param names: of tensors of the network, the same in every call
        :return: name -> geometry in the network that is built on those sizes; without tensors that
            it does not have, and empty for the window's own size
        """
        key = tuple(sizes)
        with self._one_at_a_time:
            if key in self._records:
                record = self._records.pop(key)
                graph = record.image.graph
                there = [name for name in names if _has_tensor(graph, name)]
                tensors = [graph.get_tensor_by_name(name) for name in there]
                self._geometries[key] = record.read(tensors)
            return self._geometries.get(key, {})

    def _timed_search(self, volume: Sizes, periods: Sizes) -> Optional[Sizes]:
        began, built = time.time(), self._built
        self._left = MOST_BUILDS
        found = self._search(volume, periods)
        if time.time() - began > LONG:
            LOGGER.info(
                'finding the reference volume took %.0f s: the network was built on %d sizes',
                time.time() - began,
                self._built - built,
            )
        return found

    def _search(self, volume: Sizes, periods: Sizes) -> Optional[Sizes]:
        nearest = self._nearest(volume, periods, self._moduli or [1] * 3)
        if self._accepts(nearest):
            return nearest
        if self._moduli is None:
            self._moduli = self._find_moduli()
        if self._moduli is None:
            return None
        sizes = self._nearest(volume, periods, self._moduli)
        return sizes if self._accepts(sizes) else None

    def _nearest(self, volume: Sizes, periods: Sizes, moduli: Sequence[int]) -> Sizes:
        return tuple(
            reference_size(size, window, int(np.lcm(period, modulus)))
            if axis in self._spatial_axes
            else size
            for axis, (size, window, period, modulus) in enumerate(
                zip(volume, self.window, periods, moduli)
            )
        )

    def _find_moduli(self) -> Optional[List[int]]:
        """The modulus of each axis: a window that is longer by a multiple of it is accepted."""
        axes = self._spatial_axes
        common = next((each for each in MODULI if self._takes_longer({a: each for a in axes})), 0)
        if not common:
            return None
        # most networks treat all axes alike, so a common modulus is looked for first
        common = _divided(common, lambda each: self._takes_longer({a: each for a in axes}))
        return [
            self._modulus(axis, common) if axis in axes else 1 for axis in range(len(self.window))
        ]

    def _modulus(self, axis: int, multiple: int) -> int:
        return _divided(multiple, lambda each: self._takes_longer({axis: each}))

    def _takes_longer(self, longer: Dict[int, int]) -> bool:
        return self._accepts(
            tuple(size + longer.get(axis, 0) for axis, size in enumerate(self.window))
        )

    def _accepts(self, sizes: Sizes) -> bool:
        if sizes not in self._accepted:
            if not self._left:
                return False
            if not self._wanted():
                raise GeometryError('the reference volume is no longer looked for')
            self._left -= 1
            self._built += 1
            self._accepted[sizes] = self._builds(sizes)
        return self._accepted[sizes]

    def _builds(self, sizes: Sizes) -> bool:
        application = copy.copy(self._application)  # a copy, since building sets its network
        shape = [1] + [sizes[axis] for axis in self._spatial_axes] + [self._modalities]
        try:
            with tf.Graph().as_default(), silent_thread():
                record = build_on_placeholder(application, shape)
                said = self._other_weights()
        except Exception as error:  # any error of the network's code means that it refuses the size
            said = getattr(error, 'reason', '') or refusal(error)
        if said:
            self._refusals[sizes] = said
            return False
        self._records[sizes] = record
        return True

    def _other_weights(self) -> str:
        """Which of the weights in the default graph has another shape than on the window."""
        for name, (shape, _) in network_variables().items():
            known = self._weights.get(name, shape)
            if known != shape:
                return "its weights '{}' would be {} and are {}".format(
                    name, as_product(shape), as_product(known)
                )
        return ''


def _has_tensor(graph: Graph, name: str) -> bool:
    try:
        graph.get_tensor_by_name(name)
    except (KeyError, ValueError):
        return False
    return True


def _divided(modulus: int, takes: Callable[[int], bool]) -> int:
    """The smallest number that *modulus* can be reduced to, prime by prime, and is still taken."""
    for prime in PRIMES:
        while modulus % prime == 0 and takes(modulus // prime):
            modulus //= prime
    return modulus
