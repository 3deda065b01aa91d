# -*- coding: utf-8 -*-
"""
The second run of ``net_activations attribute``: it writes the maps. Maps of gradients need only the
windows that hold a part of the target (the voxels whose logits are explained), since gradients are
0 elsewhere.
"""

from functools import partial
from typing import Dict, FrozenSet, List, Optional

import numpy as np

from niftynet_activations.application.network_facts import NetworkFacts
from niftynet_activations.attribution.application import Asked, Attributing
from niftynet_activations.attribution.gradients import (
    gradients_of,
    weighted_sum,
)
from niftynet_activations.attribution.judging import judge_both
from niftynet_activations.attribution.methods import (
    Measurement,
)
from niftynet_activations.capturing.fetched_layers import SavedLayer
from niftynet_activations.capturing.reduction import pick_channels
from niftynet_activations.errors import OptionError
from niftynet_activations.exactness.judgement import Judgement, MapVerdict, Wanted
from niftynet_activations.hints import Tensor
from niftynet_activations.host.tensorflow import tf
from niftynet_activations.planning.plan import MapPlan, Plan, Start, SubjectPlan
from niftynet_activations.planning.run_settings import output_folder
from niftynet_activations.store.description import Attribution


class Drawing(Attributing):
    """The application of the second run; it writes maps of the subjects in ``measured``."""

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

    def activation_plan(self, network: Optional[NetworkFacts]) -> None:
        super(Drawing, self).activation_plan(network)
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

    def _judge(self, index: int, plan: MapPlan, wanted: Wanted) -> MapVerdict:
        aligned = self.options.grid == 'aligned'
        layer = next(each for each in self._layers if each.key == plan.key)
        return judge_both(
            self._geometries, layer, plan, self._counting.plan_of(index), aligned, wanted
        )

    def _told(self, plan: MapPlan, index: int, measured: Measurement) -> Attribution:
        question, method = self.question, self._method
        layer = self._plain[plan.key]
        of_voxels = self._geometries.result is not None
        told = Attribution(
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

    def activation_take(self, batch_output: Dict[str, np.ndarray]) -> bool:
        self._counting.check()
        return super(Drawing, self).activation_take(batch_output)


def _chosen(layer: SavedLayer) -> Tensor:
    return tf.cast(pick_channels(layer.spatial, layer.channels), tf.float32)
