# -*- coding: utf-8 -*-
"""
What the two runs of ``net_activations attribute`` have in common.

- the *target* is the set of voxels whose logits are explained, and the *score* is their sum, see
  :mod:`niftynet_activations.attribution.methods`;
- *measuring* (:mod:`niftynet_activations.attribution.measuring`) goes over all windows of each
  subject and finds how many voxels the target has, which windows hold them, the score, and for
  Grad-CAM the sum of the gradient of each channel;
- *drawing* (:mod:`niftynet_activations.attribution.drawing`) makes the maps.

Both are inference runs of the config's own application, with its readers and windows; NiftyNet's
own result is not made.
"""

from types import new_class
from typing import ClassVar, Dict, List, NamedTuple, Optional, Type

from niftynet_activations.application.mixin import ActivationMixin
from niftynet_activations.application.network_facts import NetworkFacts
from niftynet_activations.attribution.counting import Counting, Place, class_index
from niftynet_activations.attribution.gradients import (
    Score,
    score_of,
)
from niftynet_activations.attribution.judging import AttributedGeometries
from niftynet_activations.attribution.methods import (
    INPUT,
    Measurement,
    Method,
    Question,
    method_named,
)
from niftynet_activations.capturing.fetched_layers import SavedLayer, choose_layers
from niftynet_activations.capturing.recording import NetworkRecord
from niftynet_activations.errors import OptionError
from niftynet_activations.hints import Application, Collector, Tensor
from niftynet_activations.host.tensorflow import tf
from niftynet_activations.options import parse_options
from niftynet_activations.planning.run_settings import RunSettings

RESULT = 'attribution_result'


class Asked(NamedTuple):
    """The network, and the tensors of the question that is asked."""

    record: NetworkRecord
    layers: List[SavedLayer]  # the layers that are asked about
    result: SavedLayer  # the logits
    score: Score
    location: Tensor


def application_for(kind: Type[Application], base: Type[Application], **values: object) -> str:
    """
    :param kind: an application with maps
    :param base: the class of one of the two runs
    :param values: attributes of the class that is made
    :return: the name, as behind ``net_run -a``, of a class derived from both
    """
    # NiftyNet finds an application by its name in a module
    name = base.__name__ + kind.__name__
    globals()[name] = new_class(name, (base, kind), exec_body=lambda space: space.update(values))
    return '{}.{}'.format(__name__, name)


class Attributing(ActivationMixin):
    """
    The base of the applications of both runs.

    :cvar question: method, label and mask
    :cvar measured: name of a subject -> results of the first run
    """

    question: ClassVar[Question]
    measured: ClassVar[Dict[str, Measurement]]
    _asked: Asked
    _geometries: AttributedGeometries
    _counting: Counting

    @property
    def _method(self) -> Method:
        return method_named(self.question.method)

    def activation_settings(self) -> RunSettings:
        settings = super(Attributing, self).activation_settings()
        options = settings.options._replace(stitch=self._method.stitch)
        return settings._replace(options=options)

    def activation_saved(
        self, record: NetworkRecord, layers: List[SavedLayer], location: Tensor
    ) -> List[SavedLayer]:
        result = _only_result(record)._replace(key=RESULT)
        if not self._method.of_layers:
            layers = [_input_layer(record)]
        index = class_index(self, self.question, result.spatial)
        self._counting = Counting(result)
        weights = tf.py_func(self._counting.weights, [location], tf.float32)
        shape: Tensor = result.spatial.shape
        weights.set_shape(shape[:-1])
        score = score_of(result.spatial, index, weights, not self.question.mask)
        self._asked = Asked(record, layers, result, score, location)
        return self._fetches(self._asked)

    def _fetches(self, asked: Asked) -> List[SavedLayer]:
        """The layers to fetch in each step."""
        raise NotImplementedError

    def activation_build(
        self, outputs_collector: Collector, gradients_collector: Collector
    ) -> Optional[NetworkFacts]:
        facts = super(Attributing, self).activation_build(outputs_collector, gradients_collector)
        if facts is not None:
            self._geometries = AttributedGeometries(
                facts.record, facts.layers, facts.axes, facts.references, self._asked.result
            )
            facts.geometries = self._geometries
        return facts

    def _place(self) -> Place:
        return Place(self._settings, self._geometries, self._subjects, self._table(), self.question)


def _only_result(record: NetworkRecord) -> SavedLayer:
    """
    :raises OptionError: the network returns several results
    """
    results = choose_layers(record, parse_options({'activation_layers': 'logits'}))
    if len(results) > 1:
        raise OptionError(
            'attributions explain a label of the one result of a network for segmentation or '
            'classification, and this network returns {} results ({}): net_activations units and '
            'compare tell about layers of such a network'.format(
                len(results), ', '.join(each.name for each in results)
            )
        )
    return results[0]


def _input_layer(record: NetworkRecord) -> SavedLayer:
    image: Tensor = record.image
    channels = list(range(image.shape.as_list()[-1]))
    return SavedLayer('activation_input', INPUT, '', image, image, image, channels)
