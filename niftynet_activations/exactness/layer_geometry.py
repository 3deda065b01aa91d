# -*- coding: utf-8 -*-
"""
The geometry (lattice, period, receptive field) of the chosen layers as read from the graph, and the
verdict on their maps. Where the graph does not tell, the lattice is guessed from the number of
samples, and the sidecar says so.
"""

from typing import List, Optional, Sequence, Tuple

import numpy as np

from niftynet_activations.capturing.fetched_layers import SavedLayer
from niftynet_activations.capturing.recording import NetworkRecord
from niftynet_activations.errors import GeometryError, SelectionError
from niftynet_activations.exactness.borders import advice, least_border
from niftynet_activations.exactness.judgement import MapVerdict, Wanted, always
from niftynet_activations.exactness.reference_volume import ReferenceShapes
from niftynet_activations.exactness.verdict import judge
from niftynet_activations.geometry.axis import AxisGeometry
from niftynet_activations.geometry.guessed import AxisBySize, AxisReading
from niftynet_activations.space.sizes import as_product
from niftynet_activations.stitching.axis_plan import StitchPlan
from niftynet_activations.store.description import RowVerdict


class LayerGeometries(object):
    """
    :ivar spatial_axes: which of x, y, z the network's windows have
    """

    def __init__(
        self,
        record: NetworkRecord,
        layers: Sequence[SavedLayer],
        spatial_axes: Sequence[int],
        references: ReferenceShapes,
    ) -> None:
        """
        :param record: the network
        :param layers: the chosen layers; their fetched tensors count, a reducer included
        :param spatial_axes: which of x, y, z the network's windows have
        :param references: finds reference volumes
        """
        self.spatial_axes = tuple(spatial_axes)
        self._references = references
        self._read = record.read([layer.located for layer in layers])
        self._sources = [layer.source.name for layer in layers]
        self._of_source = record.read([layer.source for layer in layers])
        self._window = references.window
        self._least = least_border(self._window, output_of(record, self._window))

    def axes(self, layer: SavedLayer, window: Sequence[int]) -> List[AxisReading]:
        """
        :param layer: one of the chosen layers
        :param window: (x, y, z) in voxels
        :return: its geometry on x, y and z; guessed from the number of samples where the graph
            does not tell
        :raises SelectionError: if it does not have the window's axes
        """
        sizes = layer.located.shape.as_list()[1:-1]
        if len(sizes) != len(self.spatial_axes) or None in sizes:
            raise SelectionError(
                "layer '{}' returns windows of shape {}, which do not have the {} spatial axes of "
                'the image; leave it out of activation_layers'.format(
                    layer.name, layer.located.shape, len(self.spatial_axes)
                )
            )
        known = self._known(layer)
        if known is not None:
            return list(known)
        guessed: List[AxisReading] = [AxisGeometry.of_window(1)] * 3
        for axis, size in zip(self.spatial_axes, sizes):
            guessed[axis] = AxisBySize.guess(window[axis], size)
        return guessed

    def judge_map(
        self,
        layer: SavedLayer,
        volume: Sequence[int],
        aligned: bool,
        stitching: StitchPlan,
        wanted: Wanted = always,
    ) -> MapVerdict:
        """
        Tell whether a map is exact; the first call for a volume may take long.

        :param layer: one of the chosen layers
        :param volume: (x, y, z) voxels of the volume that windows are cut from
        :param aligned: whether that is the common reference volume
        :param stitching: which window each sample is taken from
        :param wanted: whether the search for the reference volume is to go on
        :return: the verdict
        :raises GeometryError: if the search was given up
        """
        axes = self._known(layer)
        reference: Optional[Sequence[int]] = None
        if axes is not None:
            periods = [axis.period for axis in axes]
            reference = volume if aligned else self._references.find(volume, periods, wanted)
        read = self._read[layer.located.name]
        reasons = tuple(each for each in read.inexact_because if each not in read.unknown)
        if reference is not None:
            reasons += self._size_dependence(layer, reference)
        verdict = judge(stitching.axes, axes, reference, reasons, read.unknown)
        because = verdict.because
        if axes is not None and verdict.exact is False and not reasons:
            if not any(axis.spans for axis in axes):
                because = '{}; {}'.format(because, advice(axes, self._window, self._least))
        shape: List[Optional[int]] = list(reference) if reference else [None] * 3
        return MapVerdict(verdict.exact, because, shape)

    def judge_row(self, layer: SavedLayer) -> RowVerdict:
        """
        :param layer: one of the chosen layers, without spatial axes
        :return: ``exact`` and ``inexact_because``
        """
        read = self._read[layer.located.name]
        sure = len(read.inexact_because) > len(read.unknown) or not read.unknown
        return RowVerdict(
            exact=False if sure else None,
            inexact_because='; '.join(read.inexact_because) or 'it has a row for each window',
        )

    def _size_dependence(self, layer: SavedLayer, reference: Sequence[int]) -> Tuple[str, ...]:
        """A sentence if the layer's geometry on the reference volume is not that of the windows."""
        known = self._references.geometries(reference, self._sources).get(layer.source.name)
        if known is None:
            return ()
        own = self._of_source[layer.source.name]
        same = own.axes is not None and known.axes is not None
        same = same and all(
            here.spans or here.continues_as(there, reference[axis] - self._window[axis])
            for axis, here, there in zip(self.spatial_axes, own.axes or (), known.axes or ())
        )
        if same:
            return ()
        sizes = as_product(reference)
        return ('the network does otherwise on {} voxels than on a window'.format(sizes),)

    def common_periods(self, layers: Sequence[SavedLayer]) -> List[int]:
        """
        :param layers: the chosen layers
        :return: for x, y and z, the least common multiple of their periods, voxels; layers whose
            geometry the graph does not tell, and axes resized by a ratio that is no whole number,
            are left out
        :raises GeometryError: if the geometry of no layer is known
        """
        known = [axes for axes in map(self._known, layers) if axes is not None]
        if not known:
            raise GeometryError(
                'activation_grid = aligned: the graph tells the place of none of the chosen layers '
                '({}); choose others or activation_grid = niftynet'.format(
                    '; '.join(self._read[layers[0].located.name].inexact_because)
                )
            )
        periods = [1, 1, 1]
        for axes in known:
            periods = [
                each if axis.spans and not axis.even else int(np.lcm(each, axis.period))
                for each, axis in zip(periods, axes)
            ]
        return periods

    def _known(self, layer: SavedLayer) -> Optional[List[AxisGeometry]]:
        read = self._read[layer.located.name].axes
        if read is None:
            return None
        axes = [AxisGeometry.of_window(1)] * 3
        for axis, geometry in zip(self.spatial_axes, read):
            axes[axis] = geometry
        return axes


def output_of(record: NetworkRecord, window: Sequence[int]) -> List[Optional[int]]:
    """
    :param record: the network
    :param window: (x, y, z) in voxels
    :return: samples of the network's output on x, y and z; None where that is not known
    """
    spatial = [axis for axis, size in enumerate(window) if size != 1]
    logits = record.logits
    sizes = logits.shape.as_list()[1:-1] if logits is not None and logits.shape.ndims else []
    found: List[Optional[int]] = [None] * len(window)
    if len(sizes) == len(spatial):
        for axis, size in zip(spatial, sizes):
            found[axis] = size
    return found
