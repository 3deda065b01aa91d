# -*- coding: utf-8 -*-
"""
What plans need to know of a built network, worked out once however many subjects follow.
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
from niftynet_activations.host.subjects import spatial_axes_of
from niftynet_activations.inventory.listing import layers_of_network
from niftynet_activations.options import parse_options
from niftynet_activations.planning.provenance import graph_digests
from niftynet_activations.planning.run_settings import RunSettings
from niftynet_activations.planning.subject_plans import OWN_RESULT


class NetworkFacts(object):
    """
    :ivar layers: all that maps may be made of
    :ivar measured: of which the geometry is known: these, or what the network returns
    :ivar axes: which of x, y, z the network sees
    :ivar references: finds reference volumes
    :ivar geometries: of the layers
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
        :param layers: all that maps may be made of; none where the whole pass gives the result
            alone
        :param window: (x, y, z), the size that the network is built on
        """
        self.application = application
        self.record = record
        self.layers = list(layers)
        cut = application.activation_sampler().window
        self.axes = spatial_axes_of(cut, application.activation_field)
        image: Tensor = record.image
        self._modalities = image.shape.as_list()[-1]
        self.references = ReferenceShapes(application, window, self.axes, self._modalities)
        # where no map is made, what the network returns tells which volumes suit it
        self.measured = self.layers or choose_layers(
            record, parse_options({'activation_layers': 'logits'})
        )
        self.geometries = LayerGeometries(record, self.measured, self.axes, self.references)
        self._digests: Optional[Dict[str, str]] = None
        self._inventory: Optional[List[JsonObject]] = None
        self._whole: Optional[WholePasses] = None

    def digests(self) -> Dict[str, str]:
        """
        :return: name of a layer's tensor -> digest of what its values depend on in the graph; that
            of what the network returns under OWN_RESULT
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
        :param settings: of a run; those of the first one count for what stays the same in all
        :param keys: of the layers that are wanted in this run
        :return: the passes, without a subject yet
        :raises OptionError: if there is no such pass
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
