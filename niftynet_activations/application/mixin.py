# -*- coding: utf-8 -*-
"""
Activation maps for any of NiftyNet's applications::

    class App(ActivationMixin, TheirApplication):
        pass

Only inference changes: the network's layers are recorded while NiftyNet builds the graph, the
tensors of the chosen layers are added to the outputs that NiftyNet fetches, and a run of this
package stitches them to maps. The application's own result is made by the application's own code.
"""

from typing import Callable, Tuple

from niftynet.engine.application_variables import NETWORK_OUTPUT
from niftynet.engine.signal import SESS_FINISHED, SESS_STARTED

from niftynet_activations.application.differences import SHARED_PARAMETERS
from niftynet_activations.application.ending import end_run
from niftynet_activations.application.final_batch import (
    as_left_out,
    dropped_subjects,
)
from niftynet_activations.application.held_steps import HeldSteps
from niftynet_activations.application.substitution import our_samplers
from niftynet_activations.capturing.interventions import (
    intervened_postfix,
    registered_interventions,
)
from niftynet_activations.errors import InputError, OptionError
from niftynet_activations.hints import (
    Collector,
    Parameters,
    Partitioner,
    Sections,
)
from niftynet_activations.host import collector
from niftynet_activations.host.left_out import message
from niftynet_activations.host.log import LOGGER
from niftynet_activations.host.networks import making_network
from niftynet_activations.options import OPTIONS, parse_options
from niftynet_activations.whole_pass.pool import take_from_system


class ActivationMixin(HeldSteps):
    """
    Makes an application of NiftyNet's write activation maps. It has to come before the application
    in the list of base classes. Methods and attributes that begin with ``activation_`` are hooks
    for what differs between applications.

    :param net_param: values of [NETWORK]
    :param action_param: values of [INFERENCE] (or [TRAINING], [EVALUATION])
    :param action: NiftyNet's name of the action
    :raises OptionError: if one of this package's options has a value that is not allowed
    """

    is_inference: bool  # NiftyNet's

    def __init__(self, net_param: Parameters, action_param: Parameters, action: str) -> None:
        self._application().__init__(net_param, action_param, action)
        given = [name for name, value in vars(self).items() if value is not None]
        self._own_parameters = SHARED_PARAMETERS + tuple(given)
        self._no_run_yet()
        self._receivers: Tuple[Callable[..., None], ...] = ()
        if self.is_inference:
            collector.spare()
            # set here, so that NiftyNet's own files have the suffix too
            action_param.output_postfix = intervened_postfix(action_param.output_postfix)
            self.options = parse_options(
                {name: getattr(action_param, name, OPTIONS[name].default) for name in OPTIONS}
            )
            if self.options.pass_ == 'whole':
                take_from_system()

    def initialise_dataset_loader(
        self,
        data_param: Sections = None,
        task_param: Parameters = None,
        data_partitioner: Partitioner = None,
    ) -> None:
        """
        Make the readers as NiftyNet does, without subjects that it cannot take.

        :param data_param: NiftyNet's input sections
        :param task_param: values of the application's own section
        :param data_partitioner: NiftyNet's
        :raises InputError: if no subject's image can be read, or there is none
        """
        initialise = self._application().initialise_dataset_loader
        prevented = self.activation_prevented(task_param) if self.is_inference else ''
        self._makes_maps = self.is_inference and not prevented
        if prevented and registered_interventions():
            raise OptionError(
                'register_intervention: the network cannot be changed, since no layer of it is '
                'seen: {}'.format(prevented)
            )
        if prevented:
            LOGGER.warning('no activation maps are made: %s', prevented)
        if self._makes_maps:
            self._read_files(initialise, data_param, task_param, data_partitioner)
            self.activation_has_read()
        else:
            initialise(data_param, task_param, data_partitioner)

    def activation_has_read(self) -> None:
        """Hook: called when the headers of all images have been read, before anything else."""

    def initialise_sampler(self) -> None:
        """
        :raises OptionError: if the windows cannot be cut as asked
        """
        self._application().initialise_sampler()
        if self._makes_maps:
            self.sampler = our_samplers(self.sampler, self.options, self.activation_skips_windows())

    def initialise_network(self) -> None:
        """
        :raises OptionError: if the network that the config names cannot be imported or made
        """
        with making_network(self.net_param.name):
            self._application().initialise_network()

    def connect_data_and_network(
        self, outputs_collector: Collector = None, gradients_collector: Collector = None
    ) -> None:
        """
        Build the graph as NiftyNet does, and choose the tensors to fetch beside its own.

        :param outputs_collector: NiftyNet's
        :param gradients_collector: NiftyNet's
        :raises ActivationError: if the maps cannot be made or written as asked
        """
        connect = self._application().connect_data_and_network
        if not self._makes_maps:
            connect(outputs_collector, gradients_collector)
            return
        self.activation_begin(self.activation_settings())
        facts = self.activation_build(outputs_collector, gradients_collector)
        self.activation_plan(facts)
        self._listen_to_session()
        for layer in self._fetched:
            outputs_collector.add_to_collection(
                var=layer.fetched,
                name=layer.key,
                average_over_devices=False,
                collection=NETWORK_OUTPUT,
            )

    def stop(self) -> None:
        """
        End the application as NiftyNet does.

        :raises ActivationError: if the run ended before every map was written, which NiftyNet
            itself may have taken for a normal end, if a table or the report cannot be made, or
            if subjects were left out
        """
        self._application().stop()
        if not self._makes_maps:
            return
        unread, settings = self.readers[0].left_out, self._settings
        dropped = dropped_subjects(settings, self._subjects_to_do())
        if self._planned is not None:
            number = self.readers[0].num_subjects
            end_run(settings, self._planned, unread, dropped, number)
        left_out = self.activation_left_out() + as_left_out(settings, dropped)
        if left_out:
            raise InputError(message(left_out))

    def _listen_to_session(self) -> None:
        # NiftyNet's signals keep weak references only, so the application keeps the receivers
        self._receivers = (
            lambda _, **__: self.activation_start(),
            lambda _, **__: self.activation_end(),
        )
        SESS_STARTED.connect(self._receivers[0])
        SESS_FINISHED.connect(self._receivers[1])
