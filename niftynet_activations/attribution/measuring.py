# -*- coding: utf-8 -*-
"""
The first run of ``net_activations attribute``: it finds the target of each subject (the voxels
whose logits are explained), their score, and for Grad-CAM the sums of gradients.
"""

from typing import Dict, List, Optional

import numpy as np

from niftynet_activations.application.network_facts import NetworkFacts
from niftynet_activations.attribution.application import Asked, Attributing
from niftynet_activations.attribution.counting import labels_of
from niftynet_activations.attribution.gradients import (
    channel_sums,
    gradients_of,
)
from niftynet_activations.attribution.methods import (
    Measurement,
)
from niftynet_activations.capturing.fetched_layers import SavedLayer
from niftynet_activations.hints import Tensor
from niftynet_activations.host.log import LOGGER
from niftynet_activations.planning.window_grids import align
from niftynet_activations.running.progress import Progress

COUNTED, SCORE, PRESENT, SUMS = 'counted', 'score', 'present', 'sums_'


class Measuring(Attributing):
    """The application of the first run. It fills ``measured`` and writes no file."""

    def _fetches(self, asked: Asked) -> List[SavedLayer]:
        self._sums: Dict[str, Tensor] = {}
        if self.question.method == 'gradcam':
            found = gradients_of(asked.score.score, asked.layers, asked.record)
            self._sums = {each.name: channel_sums(found[each.key]) for each in asked.layers}
        return asked.layers

    def activation_plan(self, network: Optional[NetworkFacts]) -> None:
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

    def interpret_output(self, batch_output: Dict[str, np.ndarray]) -> bool:
        return self.activation_take(batch_output)

    def activation_take(self, batch_output: Dict[str, np.ndarray]) -> bool:
        self._counting.check()
        location = batch_output[self.activation_location]
        for row, place in enumerate(location):
            if (place < 0).any():
                continue
            image_id, x, y, z = (int(each) for each in place[:4])
            name = self._counting.name_of(image_id)
            found = self.measured.setdefault(name, Measurement())
            if (x, y, z) in found.seen:
                continue  # NiftyNet repeats windows to fill a batch
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
        self._application().stop()  # subjects left out are reported at the end of the second run
        for each in self.measured.values():
            labels = labels_of(self, np.size(each.present))
            each.labels = [labels[index] for index in np.flatnonzero(each.present)]
