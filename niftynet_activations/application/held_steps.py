# -*- coding: utf-8 -*-
"""
The steps of a run whose maps are arrays in memory (*held*), for ``na.Extractor``. Most steps are
those of a run that writes files.
"""

from typing import Collection, Optional

from niftynet_activations.application.held_planning import PlannedHeldRun, plan_held_run
from niftynet_activations.application.network_facts import NetworkFacts
from niftynet_activations.application.run_steps import RunSteps, Taking
from niftynet_activations.running.held_run import HeldRun


class HeldSteps(RunSteps):
    """The part of :class:`niftynet_activations.ActivationMixin` that an Extractor uses."""

    def activation_hold(
        self, network: NetworkFacts, keys: Optional[Collection[str]]
    ) -> PlannedHeldRun:
        """
        Plan the run of one subject that has begun, whose maps are held.

        :param network: facts of the built network
        :param keys: keys of the layers of which maps are made; None for all
        :return: the plan
        :raises ActivationError: if the maps cannot be made as asked
        """
        layers = [each for each in network.layers if keys is None or each.key in keys]
        (subject,) = self._subjects
        planned = plan_held_run(network, self._settings, layers, subject, self._table())
        self._take_plan(planned.run, planned.alignments, planned.whole, layers)
        return planned

    def activation_use(self, run: HeldRun) -> None:
        """
        :param run: the run that takes the windows from now on, planned like the one before
        """
        if self._taking is not None:
            self._taking = Taking(run, self._taking.whole)
