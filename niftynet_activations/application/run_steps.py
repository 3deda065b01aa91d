# -*- coding: utf-8 -*-
"""
The steps of a run that makes maps, from its plan to its end.

NiftyNet's engine calls them through the application's methods; for ``na.Extractor``
:mod:`niftynet_activations.application.built_network` calls them. The steps before the plan are in
:mod:`niftynet_activations.application.graph_steps`.
"""

from typing import Dict, List, NamedTuple, Optional, Sequence, Tuple

import numpy as np

from niftynet_activations.application.final_batch import (
    as_left_out,
    check_some_left,
    dropped_subjects,
)
from niftynet_activations.application.graph_steps import GraphSteps
from niftynet_activations.application.network_facts import NetworkFacts
from niftynet_activations.application.planned_run import PlannedRun, plan_run
from niftynet_activations.application.preparation import outline_of_windows
from niftynet_activations.application.whole import WholePasses
from niftynet_activations.capturing.fetched_layers import SavedLayer
from niftynet_activations.errors import InputError
from niftynet_activations.hints import (
    Tensor,
)
from niftynet_activations.host.left_out import LeftOut, log_left_out, message
from niftynet_activations.host.subjects import Subject
from niftynet_activations.planning.outline import Outline
from niftynet_activations.planning.plan import SubjectPlan
from niftynet_activations.planning.window_grids import Alignment
from niftynet_activations.running.taking import WindowTaking


class Taking(NamedTuple):
    """The objects that take the windows of a run."""

    run: WindowTaking
    whole: Optional[WholePasses]  # None: windows


class RunSteps(GraphSteps):
    """The part of :class:`niftynet_activations.ActivationMixin` that makes the maps."""

    def _no_run_yet(self) -> None:
        self._makes_maps = False
        self._layers: List[SavedLayer] = []
        self._fetched: List[SavedLayer] = []  # the layers of which a map is to be made
        self._subjects: List[Subject] = []
        # None: no layer is chosen, and NiftyNet makes its own result as always
        self._planned: Optional[PlannedRun] = None
        self._taking: Optional[Taking] = None

    def activation_plan(self, network: Optional[NetworkFacts]) -> None:
        """
        Plan the run that has begun.

        :param network: facts of the built network; None where no layer is chosen
        :raises ActivationError: if the maps cannot be made or written as asked
        """
        if network is not None:
            layers = self._layers = network.layers
            planned = plan_run(network, self._settings, layers, self._subjects, self._table())
            self._planned = planned
            self._take_plan(planned.run, planned.alignments, planned.whole, layers)
            self.output_decoder.activations = planned.run
            self.readers[0].passed_over = set(planned.run.kept_subjects)
        check_some_left(self._settings, self._subjects_to_do())
        dropped = dropped_subjects(self._settings, self._subjects_to_do())
        log_left_out(as_left_out(self._settings, dropped))

    def _take_plan(
        self,
        run: WindowTaking,
        alignments: Dict[int, Alignment],
        whole: Optional[WholePasses],
        layers: Sequence[SavedLayer],
    ) -> None:
        self._taking = Taking(run, whole)
        self._fetched = [each for each in layers if whole is None and each.key in run.keys]
        if alignments:
            self.activation_sampler().alignments = alignments
            self.output_decoder.alignments = alignments
        if self.activation_skips_windows():
            self.activation_sampler().unneeded = run.unneeded

    def interpret_output(self, batch_output: Dict[str, np.ndarray]) -> bool:
        """
        :param batch_output: name -> array for one batch: NiftyNet's network outputs, and the chosen
            layers
        :return: whether more windows are expected
        """
        if not self._makes_maps:
            return self._application().interpret_output(batch_output)
        goes_on = self.activation_take(batch_output)
        if self._planned is not None and self.options.segmentation != 'windows':
            return goes_on
        return self._application().interpret_output(batch_output)

    def activation_take(self, batch_output: Dict[str, np.ndarray]) -> bool:
        """
        Pass the chosen layers' outputs on to the maps.

        :param batch_output: name -> array for one batch: the chosen layers' outputs, and the
            windows' locations
        :return: whether more windows are expected
        """
        location = batch_output[self.activation_location]
        taking = self._taking
        if taking is not None and taking.whole is not None:
            return self._run_whole(taking.whole, taking.run, location)
        if taking is not None:
            windows = {layer.key: batch_output[layer.key] for layer in self._fetched}
            taking.run.add_windows(windows, location)
        return bool(location.min() >= 0)

    def activation_planned(self, index: int, plan: SubjectPlan) -> SubjectPlan:
        """
        Hook: may change the plan of a subject.

        :param index: NiftyNet's image id
        :param plan: of the subject
        :return: the plan that is used
        """
        return plan

    def activation_skips_windows(self) -> bool:
        """
        :return: whether windows may be left out that no map needs
        """
        return bool(self.options.mask) and self.options.segmentation == 'none'

    def activation_fetches(self) -> Dict[str, Tensor]:
        """
        :return: key -> tensor of each layer that is to be fetched
        """
        return {layer.key: layer.fetched for layer in self._fetched}

    def _run_whole(self, whole: WholePasses, run: WindowTaking, location: np.ndarray) -> bool:
        """
        :param whole: the passes of the run
        :param run: takes the maps
        :param location: NiftyNet's, of one step
        :return: whether more subjects are expected
        """
        goes_on = True
        for place in location:
            if (place < 0).any():
                goes_on = False
                continue
            image_id = int(place[0])
            try:
                result = whole.run(image_id, self.activation_read, run, self.activation_fill)
            except InputError:
                continue  # the reader has logged it, and keeps it for the message at the end
            if result is not None:
                self._take_result(image_id, result)
                self.output_decoder.end_whole()
        return goes_on

    @property
    def activation_fill(self) -> float:
        """NiftyNet's ``fill_constant``, which its resizing does not know."""
        return float(getattr(self.output_decoder, 'fill_constant', 0.0))

    def _take_result(self, image_id: int, result: np.ndarray) -> None:
        """Give NiftyNet the result of a whole volume as if it were one window."""
        place = self.output_decoder.whole_location(image_id, result)
        output = {name: result[None] for name in self.activation_results}
        output[self.activation_location] = place
        with self.output_decoder.nothing_cropped():
            self._application().interpret_output(output)

    @property
    def activation_passes(self) -> Optional[WholePasses]:
        """The whole passes of the run that is planned; None where there are none."""
        return None if self._planned is None else self._planned.whole

    def activation_read(self, image_id: int) -> np.ndarray:
        """
        :param image_id: NiftyNet's
        :return: the volume that windows would be cut from, (x, y, z, 1, modality)
        :raises InputError: if it cannot be read
        """
        reader = self.readers[0]
        if self._settings.sampling == 'grid':
            return self.activation_volume(reader(idx=image_id)[1])
        windows = self.activation_sampler().layer_op(image_id)
        if image_id in reader.left_out:
            raise InputError(message([reader.left_out[image_id]]))
        return self.activation_volume({name: values[0] for name, values in windows.items()})

    def activation_outline(self) -> Outline:
        """
        :return: what the run will do, once its graph is there
        """
        if self._planned is None:
            return outline_of_windows(self._settings, self._subjects)
        return self._planned.outline

    def maps_of_run(self) -> List[Tuple[str, str]]:
        """
        :return: subject and layer of each map of the run, those that were complete before too
        """
        if self._planned is None or not self._planned.summaries.keeps_maps:
            return []
        return self._planned.run.maps_of_run()

    def _subjects_to_do(self) -> List[Subject]:
        """Subjects of which windows come: not complete before, and readable as far as is known."""
        reader = self.readers[0]
        return [
            each
            for each in self._subjects
            if each.index not in reader.left_out and each.index not in reader.passed_over
        ]

    def activation_left_out(self) -> List[LeftOut]:
        """
        :return: the subjects that cannot be done, as far as is known by now
        """
        reader = self.readers[0] if self.readers else None
        unread: Dict[int, LeftOut] = getattr(reader, 'left_out', {})
        return self._files.left_out + list(unread.values())

    def activation_start(self) -> None:
        """
        Begin to take windows.

        :raises EOFError: if no windows are needed
        :raises WriteError: if a folder cannot be written, or another run holds it
        """
        if self._planned is not None:
            run = self._planned.run
            run.start()
            if run.nothing_left:
                # NiftyNet takes this error for the end of the images
                raise EOFError('nothing is to be done')

    def activation_end(self) -> None:
        """
        Take no more windows, and wait for what is being written.

        :raises InputError: if no subject could be read
        """
        kept = False
        if self._planned is not None:
            run = self._planned.run
            kept = bool(run.kept_subjects)
            if run.started and kept:
                self.output_decoder.list_kept()
            run.close()
        if self.readers[0].none_can_be_read():
            # raised here, since the reason would be lost among the lines of TensorFlow's own error
            unread = list(self.readers[0].left_out.values())
            raise InputError(message(unread, 'not all subjects' if kept else 'no subject'))
