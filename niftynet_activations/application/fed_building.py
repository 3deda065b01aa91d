# -*- coding: utf-8 -*-
"""
Have NiftyNet's driver build a graph whose windows are fed by this program, without its queue.
"""

from typing import Optional

from niftynet_activations.application.feeding import Placeholders, placeholders_of
from niftynet_activations.application.network_facts import NetworkFacts
from niftynet_activations.hints import Application, Attribute, Collector


class FedBuilding(object):
    """
    Stands for an application while NiftyNet's driver builds its graph: the samplers' queues become
    placeholders, and no run is planned.

    :ivar fed: the placeholders of each sampler
    :ivar facts: what plans need to know of the network; None where no layer is chosen
    """

    outputs_collector: Collector = None  # given by the driver

    def __init__(self, application: Application) -> None:
        self._application = application
        self.fed: Placeholders = []
        self.facts: Optional[NetworkFacts] = None

    def __getattr__(self, name: str) -> Attribute:
        return getattr(self._application, name)

    def initialise_sampler(self) -> None:
        """Have NiftyNet make the samplers, and replace the queues behind them."""
        self._application.initialise_sampler()
        self.fed = placeholders_of(self._application)

    def connect_data_and_network(self, outputs: Collector, gradients: Collector) -> None:
        """
        :param outputs: NiftyNet's collector
        :param gradients: NiftyNet's collector
        """
        application = self._application
        application.activation_begin(application.activation_settings())
        self.facts = application.activation_build(outputs, gradients)
