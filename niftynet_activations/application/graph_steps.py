# -*- coding: utf-8 -*-
"""
The first steps of a run that makes maps: its settings and subjects, and the graph that NiftyNet
builds.
"""

from typing import List, Optional

from niftynet_activations.application.input_files import InputFiles
from niftynet_activations.application.network_facts import NetworkFacts
from niftynet_activations.application.substitution import check_takes_whole, our_aggregator
from niftynet_activations.capturing.building import explained
from niftynet_activations.capturing.fetched_layers import SavedLayer, choose_layers
from niftynet_activations.capturing.intervened import intervene, warn_of_interventions
from niftynet_activations.capturing.recording import NetworkRecord, record_layers
from niftynet_activations.errors import OptionError
from niftynet_activations.hints import Aggregator, Application, Collector, Tensor
from niftynet_activations.host.checkpoint import check_checkpoint, find_checkpoint
from niftynet_activations.host.folders import check_writable
from niftynet_activations.host.image_place import tell_of_places
from niftynet_activations.host.subjects import Subject, describe_subjects
from niftynet_activations.options import Options
from niftynet_activations.planning.component_maps import load_bases
from niftynet_activations.planning.provenance import preprocessing_state
from niftynet_activations.planning.run_settings import RunSettings


class GraphSteps(InputFiles):
    """The part of :class:`niftynet_activations.ActivationMixin` that begins a run."""

    # NiftyNet's objects
    output_decoder: Aggregator
    # values of a run, set when it begins
    options: Options
    _settings: RunSettings
    _subjects: List[Subject]

    def _application(self) -> Application:
        """
        The methods of NiftyNet's application itself, the class that follows this one among the base
        classes.
        """
        return super(GraphSteps, self)

    def activation_settings(self) -> RunSettings:
        """
        :return: what the config says about the run
        """
        checkpoint = find_checkpoint()
        return RunSettings(
            options=self.options,
            checkpoint=checkpoint,
            network=self.net_param.name,
            postfix=self.action_param.output_postfix,
            save_seg_dir=self.action_param.save_seg_dir,
            sampling='resize' if self.activation_resizes(self.net_param) else 'grid',
            border=tuple(self.action_param.border),
            batch=self.net_param.batch_size,
            final_batch=self.activation_sampler().smaller_final_batch_mode,
            preprocessing=preprocessing_state(self.net_param),
            result=self.activation_state(),
            result_file=self.activation_result_file,
            bases=load_bases(self.options.basis, checkpoint.model_dir),
        )

    def activation_begin(self, settings: RunSettings) -> None:
        """
        Begin a run of the readers' subjects.

        :param settings: of the run
        :raises ActivationError: if its folder cannot be written
        """
        self._settings, self.options = settings, settings.options
        if self.options.segmentation != 'none':
            check_writable(settings.save_seg_dir, 'save_seg_dir')
        window = self.activation_sampler().window
        self._subjects = describe_subjects(self.readers[0], window, self.activation_field)
        tell_of_places(self._subjects)

    def activation_build(
        self, outputs_collector: Collector, gradients_collector: Collector
    ) -> Optional[NetworkFacts]:
        """
        Build the graph as NiftyNet does, and choose among its layers.

        :param outputs_collector: NiftyNet's
        :param gradients_collector: NiftyNet's
        :return: what plans need to know of the network; None where only the application's own
            result is wanted
        :raises ActivationError: if the network refuses the window, the checkpoint does not fit, or
            layers are not there
        """
        with record_layers(
            self.net, self.activation_image, self.activation_named, intervene
        ) as record, explained(
            self.net_param.name, lambda: None if record.results else record.image
        ):
            self._application().connect_data_and_network(outputs_collector, gradients_collector)
        warn_of_interventions(record)
        self.output_decoder = our_aggregator(self.output_decoder)
        if self.options.segmentation == 'whole':
            check_takes_whole(self.output_decoder)
        if self.options.segmentation != 'windows':
            # NiftyNet's result is not fetched, so that it is not computed on windows
            for name in self.activation_results:
                del outputs_collector.output_vars[name]
        image: Tensor = record.image
        modalities = image.shape.as_list()[-1]
        check_checkpoint(
            self._settings.checkpoint, self.net_param, self.activation_classes(), modalities
        )
        layers = self.activation_saved(
            record,
            choose_layers(record, self.options),
            outputs_collector.output_vars.get(self.activation_location),
        )
        if not layers and self.options.segmentation == 'none':
            raise OptionError(
                'activation_layers = none with activation_segmentation = none leaves nothing to '
                'do: choose a layer'
            )
        if not layers and self.options.segmentation != 'whole':
            return None
        return NetworkFacts(self, record, layers, self._subjects[0].window)

    def activation_saved(
        self, record: NetworkRecord, layers: List[SavedLayer], location: Tensor
    ) -> List[SavedLayer]:
        """
        Hook: may replace the chosen layers by other tensors of which maps are made.

        :param record: the network
        :param layers: the chosen ones
        :param location: tensor (batch, 7), NiftyNet's locations of the windows: image id, first
            corner, end
        :return: the layers to fetch; by default those chosen
        """
        return layers
