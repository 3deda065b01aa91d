# -*- coding: utf-8 -*-
"""
The network built on whole reference volumes, in graphs beside the one that NiftyNet runs.

A *reference volume* is the volume in network space, extended at its upper ends to a size that the
network accepts. For each size the network is built once, by the application's own methods.
"""

import copy
from typing import Collection, Dict, List, NamedTuple, Optional, Sequence, Tuple

import numpy as np

from niftynet_activations.application.result_place import ResultPlace, find_result
from niftynet_activations.capturing.building import build_on_placeholder
from niftynet_activations.capturing.fetched_layers import SavedLayer, choose_layers
from niftynet_activations.capturing.recording import NetworkRecord
from niftynet_activations.exactness.judgement import MapVerdict, Wanted, always
from niftynet_activations.exactness.layer_geometry import LayerGeometries
from niftynet_activations.exactness.reference_volume import ReferenceShapes
from niftynet_activations.hints import Application, Tensor
from niftynet_activations.host.quiet import silent_thread
from niftynet_activations.host.tensorflow import tf
from niftynet_activations.planning.provenance import graph_digests
from niftynet_activations.planning.run_settings import RunSettings
from niftynet_activations.planning.subject_plans import OWN_RESULT
from niftynet_activations.stitching.axis_plan import StitchPlan
from niftynet_activations.store.description import RowVerdict

Sizes = Tuple[int, ...]
RANDOM = 'random numbers'  # words by which `geometry/graph.py` names a random operation


class WholeGeometries(LayerGeometries):
    """
    The geometry of layers in the network that is built on the reference volume, where every map is
    exact.
    """

    def judge_map(
        self,
        layer: SavedLayer,
        volume: Sequence[int],
        aligned: bool,
        stitching: StitchPlan,
        wanted: Wanted = always,
    ) -> MapVerdict:
        reasons = self._random(layer)
        return MapVerdict(not reasons, '; '.join(reasons) or None, list(volume))

    def judge_row(self, layer: SavedLayer) -> RowVerdict:
        reasons = self._random(layer)
        return RowVerdict(exact=not reasons, inexact_because='; '.join(reasons) or None)

    def _random(self, layer: SavedLayer) -> List[str]:
        read = self._read[layer.fetched.name]
        return [reason for reason in read.inexact_because if RANDOM in reason]


class BuiltOnVolume(NamedTuple):
    """The network on one reference volume."""

    size: Sizes  # (x, y, z)
    layers: List[SavedLayer]
    geometries: WholeGeometries
    computed: Dict[str, str]  # tensor name -> digest of what its values depend on in the graph
    place: ResultPlace  # of NiftyNet's own result
    result: int = 0  # bytes of NiftyNet's own result, where the whole pass makes it


class VolumeNetworks(object):
    """
    The networks of a run's reference volumes.

    :ivar settings: of the run; the next run of the same network may have others
    :ivar references: finds reference volumes
    :ivar axes: which of x, y, z the network sees
    :ivar modalities: of its input
    """

    def __init__(
        self,
        application: Application,
        settings: RunSettings,
        references: ReferenceShapes,
        axes: Sequence[int],
        modalities: int,
    ) -> None:
        """
        :param application: NiftyNet's, whose network it is; it is not changed
        :param settings: of the run
        :param references: finds reference volumes
        :param axes: which of x, y, z the network sees
        :param modalities: of its input
        """
        self.settings = settings
        self._application, self.references = application, references
        self.axes, self.modalities = tuple(axes), modalities
        self._built: Dict[Sizes, BuiltOnVolume] = {}

    def on(self, size: Sizes) -> BuiltOnVolume:
        """
        :param size: (x, y, z) of a reference volume
        :return: facts of the network built on that size
        """
        if size not in self._built:
            image, layers, record = self._build([size[axis] for axis in self.axes])
            fetched = [layer.fetched for layer in layers]
            geometries = WholeGeometries(record, layers, self.axes, self.references)
            computed = graph_digests(fetched + [record.logits], image)
            way = self.settings.options.segmentation
            computed[OWN_RESULT] = computed[record.logits.name] + ('' if way == 'windows' else way)
            place = find_result(record, self._on_window)
            self._built[size] = BuiltOnVolume(
                size, layers, geometries, computed, place, self._result_bytes(record)
            )
        return self._built[size]

    def _on_window(self) -> NetworkRecord:
        return self._build([self.references.window[axis] for axis in self.axes])[2]

    def targets(
        self, sizes: Sequence[int], keys: Optional[Collection[str]]
    ) -> Tuple[Tensor, List[Tensor]]:
        """
        :param sizes: of a volume, on the network's axes
        :param keys: keys of the layers of which maps are made; None for all
        :return: the image's tensor and the tensors to compute, in a graph of their own; the last
            one is NiftyNet's own result, where the whole pass makes it
        """
        image, layers, record = self._build(sizes)
        found = [each.fetched for each in layers if keys is None or each.key in keys]
        if self.settings.options.segmentation == 'whole':
            found.append(self._result(record))
        return image, found

    def _result(self, record: NetworkRecord) -> Tensor:
        image: Tensor = record.image
        with image.graph.as_default():
            return self._application.activation_result(record.logits)

    def _result_bytes(self, record: NetworkRecord) -> int:
        if self.settings.options.segmentation != 'whole':
            return 0
        result = self._result(record)
        return int(np.prod(result.shape.as_list(), dtype=np.int64)) * result.dtype.size

    def _build(self, sizes: Sequence[int]) -> Tuple[Tensor, List[SavedLayer], NetworkRecord]:
        application = copy.copy(self._application)  # a copy, since building sets its network
        with tf.Graph().as_default(), silent_thread():
            shape = [1] + [int(size) for size in sizes] + [self.modalities]
            record = build_on_placeholder(application, shape)
            return record.image, choose_layers(record, self.settings.options), record
