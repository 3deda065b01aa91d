# -*- coding: utf-8 -*-
"""
The applications that ``net_activations attribute`` runs, one after the other.

- *measuring* goes over all windows of each subject and finds how many voxels its target has, which
  windows hold them, the score, and for Grad-CAM the sum of the gradient of each channel;
- *drawing* makes the maps. Gradients are drawn from the windows with a part of the target alone:
  elsewhere they are 0.

Both are inference runs of the config's own application, with its readers and windows; NiftyNet's
own result is not made.
"""

from functools import partial
from types import new_class
from typing import Any, ClassVar, Collection, Dict, FrozenSet, List, NamedTuple, Optional, Type

import numpy as np

from niftynet_activations.application.mixin import ActivationMixin
from niftynet_activations.application.network_facts import NetworkFacts
from niftynet_activations.attribution.counting import Counting, Place, class_index, label_of
from niftynet_activations.attribution.gradients import (
    Score,
    channel_sums,
    gradients_of,
    score_of,
    weighted_sum,
)
from niftynet_activations.attribution.judging import AttributedGeometries, judge_both
from niftynet_activations.attribution.methods import (
    INPUT,
    Measurement,
    Method,
    Question,
    method_named,
)
from niftynet_activations.capturing.fetched_layers import SavedLayer, choose_layers
from niftynet_activations.capturing.recording import NetworkRecord
from niftynet_activations.capturing.reduction import pick_channels
from niftynet_activations.errors import OptionError
from niftynet_activations.exactness.judgement import Judgement
from niftynet_activations.hints import Collector, JsonObject, Tensor
from niftynet_activations.host.log import LOGGER
from niftynet_activations.host.tensorflow import tf
from niftynet_activations.options import parse_options
from niftynet_activations.planning.plan import MapPlan, Plan, Start, SubjectPlan
from niftynet_activations.planning.run_settings import RunSettings, output_folder
from niftynet_activations.planning.window_grids import align
from niftynet_activations.running.progress import Progress

RESULT = 'attribution_result'
COUNTED, SCORE, PRESENT, SUMS = 'counted', 'score', 'present', 'sums_'


class Asked(NamedTuple):
    """The network with its score."""

    record: NetworkRecord
    layers: List[SavedLayer]  # those of the question
    result: SavedLayer  # what the network returns
    score: Score
    location: Tensor


def application_for(kind: Type, base: Type, **values: object) -> str:
    """
    :param kind: an application with maps
    :param base: :class:`Measuring` or :class:`Drawing`
    :param values: attributes of the class that is made
    :return: the name, as behind ``net_run -a``, of such an application
    """
    # NiftyNet finds an application by its name in a module
    name = base.__name__ + kind.__name__
    globals()[name] = new_class(name, (base, kind), exec_body=lambda space: space.update(values))
    return '{}.{}'.format(__name__, name)


class Attributing(ActivationMixin):
    """
    What both have in common.

    :cvar question: what is asked
    :cvar measured: name of a subject -> what was found of it
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
        (result,) = choose_layers(record, parse_options({'activation_layers': 'logits'}))
        result = result._replace(key=RESULT)
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
        """What is fetched of each step."""
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


class Measuring(Attributing):
    """Fills ``measured``; writes nothing."""

    def _fetches(self, asked: Asked) -> List[SavedLayer]:
        self._sums: Dict[str, Tensor] = {}
        if self.question.method == 'gradcam':
            found = gradients_of(asked.score.score, asked.layers, asked.record)
            self._sums = {each.name: channel_sums(found[each.key]) for each in asked.layers}
        return asked.layers

    def activation_plan(
        self, network: Optional[NetworkFacts], keys: Optional[Collection[str]] = None
    ) -> None:
        super(Measuring, self).activation_plan(None)
        if network is None:
            return
        alignments = {}
        if self.options.grid == 'aligned' and self._settings.sampling == 'grid':
            periods = self._geometries.common_periods(network.layers)
            alignments = align(
                self._subjects, self._settings.border, periods, network.references.find
            )
            self.activation_sampler().alignments = alignments
        self._counting.place(self._place(), alignments)
        asked = self._asked
        tensors = {
            COUNTED: asked.score.counted,
            SCORE: asked.score.score,
            PRESENT: asked.score.present,
        }
        tensors.update((SUMS + name, tensor) for name, tensor in self._sums.items())
        self._fetched = [asked.result._replace(key=key, fetched=t) for key, t in tensors.items()]
        self._progress = Progress(self._counting.windows, LOGGER)

    def interpret_output(self, batch_output: JsonObject) -> bool:
        return self.activation_take(batch_output)

    def activation_take(self, batch_output: JsonObject) -> bool:
        self._counting.check()
        location = batch_output[self.activation_location]
        for row, place in enumerate(location):
            if (place < 0).any():
                continue
            image_id, x, y, z = (int(each) for each in place[:4])
            name = self._counting.name_of(image_id)
            found = self.measured.setdefault(name, Measurement())
            if (x, y, z) in found.seen:
                continue  # repeated to fill a batch
            found.seen.add((x, y, z))
            self._progress.subject(name)
            self._progress.window('measuring')
            if batch_output[COUNTED][row] > 0:
                found.windows.add((x, y, z))
            found.voxels += float(batch_output[COUNTED][row])
            found.score += float(batch_output[SCORE][row])
            found.present = found.present + batch_output[PRESENT][row].astype(np.float64)
            for layer in self._sums:
                sums = batch_output[SUMS + layer][row].astype(np.float64)
                found.sums[layer] = found.sums.get(layer, 0.0) + sums
        return not (location < 0).any()

    def activation_end(self) -> None:
        self._progress.close()
        super(Measuring, self).activation_end()

    def stop(self) -> None:
        self._application().stop()  # who is left out is told at the end of drawing
        for each in self.measured.values():
            each.labels = [label_of(self, int(index)) for index in np.flatnonzero(each.present)]


class Drawing(Attributing):
    """Writes the maps of subjects that ``measured`` has."""

    def _fetches(self, asked: Asked) -> List[SavedLayer]:
        drawn = self._drawn_by_gradients if self._method.gradient else self._drawn_by_weights
        tensors = drawn(asked)
        self._plain = {layer.key: layer for layer in asked.layers}
        self._samples: Dict[int, Dict[str, int]] = {}
        found = []
        for layer in asked.layers:
            name = self.question.name_of_map(layer.name)
            if any(name in (call.name, layer.name) for call in asked.record.calls):
                raise OptionError(
                    "the network has a layer of the name '{}', which the map would have".format(
                        name
                    )
                )
            tensor = tensors[layer.key]
            found.append(
                layer._replace(
                    name=name,
                    type=self._method.title,
                    fetched=tensor,
                    lattice=layer.spatial,
                    channels=list(range(tensor.shape.as_list()[-1])),
                    also=(),
                )
            )
        return found

    def _drawn_by_gradients(self, asked: Asked) -> Dict[str, Tensor]:
        found = gradients_of(asked.score.score, asked.layers, asked.record)
        if not self._method.of_layers:
            return found
        return {layer.key: weighted_sum(_chosen(layer), found[layer.key]) for layer in asked.layers}

    def _drawn_by_weights(self, asked: Asked) -> Dict[str, Tensor]:
        found = {}
        for layer in asked.layers:
            weights = tf.py_func(partial(self._weights, layer), [asked.location], tf.float32)
            weights.set_shape([layer.spatial.shape.as_list()[0], len(layer.channels)])
            found[layer.key] = tf.nn.relu(weighted_sum(_chosen(layer), weights))
        return found

    def _weights(self, layer: SavedLayer, location: np.ndarray) -> np.ndarray:
        """Grad-CAM's weights of a layer's channels, (batch, channels)."""
        weights = np.zeros((len(location), len(layer.channels)), np.float32)
        for row, place in enumerate(location):
            if (place >= 0).all():
                weights[row] = self._weights_of(layer, int(place[0]))
        return weights

    def _weights_of(self, layer: SavedLayer, index: int) -> np.ndarray:
        sums = self.measured[self._counting.name_of(index)].sums[layer.name]
        return np.asarray(sums) / self._samples[index][layer.key]

    def activation_skips_windows(self) -> bool:
        return self._method.gradient

    def activation_folder(self) -> str:
        """
        :return: absolute path of the folder of the maps
        """
        return output_folder(self._settings)

    def activation_plan(
        self, network: Optional[NetworkFacts], keys: Optional[Collection[str]] = None
    ) -> None:
        super(Drawing, self).activation_plan(network, keys)
        alignments = {} if self._planned is None else self._planned.alignments
        self._counting.place(self._place(), alignments)

    def activation_planned(self, index: int, plan: SubjectPlan) -> SubjectPlan:
        measured = self.measured[plan.name]
        unneeded: FrozenSet[Start] = frozenset()
        if self._method.gradient and self._settings.sampling == 'grid':
            along_x, along_y, along_z = plan.starts
            every = frozenset((x, y, z) for x in along_x for y in along_y for z in along_z)
            unneeded = every - measured.windows
        maps: List[Plan] = []
        for each in plan.maps:
            if not isinstance(each, MapPlan):
                raise OptionError(
                    "layer '{}' has no spatial axes, and attribution is a map: choose layers that "
                    'have'.format(self._plain[each.key].name)
                )
            shape = each.stitching.shape
            self._samples.setdefault(index, {})[each.key] = int(np.prod(shape, dtype=np.int64))
            told = each.description._replace(attribution=self._told(each, index, measured))
            maps.append(
                each._replace(
                    description=told,
                    unneeded=unneeded,
                    verdict=Judgement(partial(self._judge, index, each)),
                )
            )
        return plan._replace(maps=maps, unneeded=unneeded)

    def _judge(self, index: int, plan: MapPlan, wanted: Any) -> Any:
        aligned = self.options.grid == 'aligned'
        layer = next(each for each in self._layers if each.key == plan.key)
        return judge_both(
            self._geometries, layer, plan, self._counting.plan_of(index), aligned, wanted
        )

    def _told(self, plan: MapPlan, index: int, measured: Measurement) -> JsonObject:
        question, method = self.question, self._method
        layer = self._plain[plan.key]
        of_voxels = self._geometries.result is not None
        told: JsonObject = dict(
            method=question.method,
            label=question.label,
            target=(question.mask or 'segmentation') if of_voxels else 'image',
            voxels=measured.voxels if of_voxels else None,
            score=measured.score,
            layer=layer.name,
            channels=list(layer.channels),
            formula=method.formula,
            source=method.source,
        )
        if layer.name in measured.sums:
            sums = np.asarray(measured.sums[layer.name])
            told['weights'] = (sums / self._samples[index][plan.key]).tolist()
        return told

    def activation_take(self, batch_output: JsonObject) -> bool:
        self._counting.check()
        return super(Drawing, self).activation_take(batch_output)


def _chosen(layer: SavedLayer) -> Tensor:
    return tf.cast(pick_channels(layer.spatial, layer.channels), tf.float32)


def _input_layer(record: NetworkRecord) -> SavedLayer:
    image: Tensor = record.image
    channels = list(range(image.shape.as_list()[-1]))
    return SavedLayer('activation_input', INPUT, '', image, image, image, channels)
