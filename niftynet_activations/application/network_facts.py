# -*- coding: utf-8 -*-
"""
Facts of a built network that the plans of all subjects need; each is worked out once.
"""

from typing import Collection, Dict, List, Optional, Sequence

from niftynet_activations.application.volume_networks import VolumeNetworks
from niftynet_activations.application.whole import WholePasses
from niftynet_activations.capturing.fetched_layers import SavedLayer, choose_layers
from niftynet_activations.capturing.recording import NetworkRecord
from niftynet_activations.errors import OptionError
from niftynet_activations.exactness.layer_geometry import LayerGeometries
from niftynet_activations.exactness.reference_volume import ReferenceShapes
from niftynet_activations.hints import Application, JsonObject, Tensor
from niftynet_activations.host.checkpoint import network_variables
from niftynet_activations.host.subjects import spatial_axes_of
from niftynet_activations.inventory.listing import layers_of_network
from niftynet_activations.options import parse_options
from niftynet_activations.planning.provenance import graph_digests
from niftynet_activations.planning.run_settings import RunSettings
from niftynet_activations.planning.subject_plans import OWN_RESULT


class NetworkFacts(object):
    """
    :ivar layers: the layers of which maps may be made
    :ivar measured: the layers whose geometry is read: the same, or the logits where there are none
    :ivar axes: which of x, y, z the network sees
    :ivar references: finds reference volumes
    :ivar geometries: geometry of the layers, and their verdicts on exactness
    """

    def __init__(
        self,
        application: Application,
        record: NetworkRecord,
        layers: Sequence[SavedLayer],
        window: Sequence[int],
    ) -> None:
        """
        :param application: NiftyNet's, whose network it is
        :param record: the network
        :param layers: the layers of which maps may be made; none where the whole pass gives only
            NiftyNet's own result
        :param window: (x, y, z) in voxels, the size that the network is built on
        """
        self.application = application
        self.record = record
        self.layers = list(layers)
        cut = application.activation_sampler().window
        self.axes = spatial_axes_of(cut, application.activation_field)
        image: Tensor = record.image
        self._modalities = image.shape.as_list()[-1]
        with image.graph.as_default():
            weights = {name: shape for name, (shape, _) in network_variables().items()}
        self.references = ReferenceShapes(application, window, self.axes, self._modalities, weights)
        # where no map is made, the logits tell which volumes the network accepts
        self.measured = self.layers or choose_layers(
            record, parse_options({'activation_layers': 'logits'})
        )
        self.geometries = LayerGeometries(record, self.measured, self.axes, self.references)
        self._digests: Optional[Dict[str, str]] = None
        self._inventory: Optional[List[JsonObject]] = None
        self._whole: Optional[WholePasses] = None

    def digests(self) -> Dict[str, str]:
        """
        :return: tensor name -> digest (short text) of what its values depend on in the graph, for
            each layer; under OWN_RESULT the digest of the network's results
        """
        if self._digests is None:
            results = list(self.record.results.values())
            tensors = [layer.fetched for layer in self.layers] + results
            digests = self._digests = graph_digests(tensors, self.record.image)
            digests[OWN_RESULT] = ' '.join(digests[each.name] for each in results)
        return self._digests

    def inventory(self) -> List[JsonObject]:
        """
        :return: all layers of the network, as ``layers.csv`` lists them
        """
        if self._inventory is None:
            self._inventory = [layer._asdict() for layer in layers_of_network(self.record)]
        return self._inventory

    def whole_passes(self, settings: RunSettings, keys: Collection[str]) -> WholePasses:
        """
        :param settings: of the run that begins
        :param keys: keys of the layers that are wanted in this run
        :return: the passes, to which subjects are added later
        :raises OptionError: if the application's network needs more than the image
        """
        if not self.application.activation_image_alone:
            raise OptionError(
                'activation_pass = whole: what the network of this application computes depends on '
                'more than the image; use activation_pass = windows'
            )
        if self._whole is None:
            networks = VolumeNetworks(
                self.application, settings, self.references, self.axes, self._modalities
            )
            self._whole = WholePasses(networks)
        self._whole.begin(settings, keys)
        return self._whole
