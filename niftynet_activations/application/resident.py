# -*- coding: utf-8 -*-
"""
A network that is built and restored once, and then run on one subject after the other (for
``na.Extractor``).

``net_run`` builds its graph for the subjects of one run and ends with them. Here the graph and its
session stay. NiftyNet's reader and sampler, and this package's plan, are made anew only for a
subject whose images have other headers than those of the subject before. All do what they do in a
run of that subject alone, so the maps are those of such a run. NiftyNet's own result is not made.

- *form* of windows: their sizes, channels and types, which a graph is built for.

NiftyNet's ``main`` is not run: nothing is written into ``model_dir``.
"""

from typing import List, Mapping, Optional, Sequence, Tuple, Union

from niftynet_activations.application.built_network import BuiltNetwork, Task
from niftynet_activations.errors import OptionError
from niftynet_activations.host.application_names import APPLICATION
from niftynet_activations.host.config import Config
from niftynet_activations.host.eager_mode import graph_mode
from niftynet_activations.host.given_files import load_files_without_a_name
from niftynet_activations.host.in_process import own_application
from niftynet_activations.host.parameters import read_parameters
from niftynet_activations.store.held import Held, HeldRows

__all__ = ['ResidentNetwork', 'Task']


class ResidentNetwork(object):
    """
    The network of a config; a context manager. One call at a time.

    :ivar built: how often the graph was built; it is built anew for a subject whose windows have
        another form
    :ivar sections: names of the input sections that the network's image is made of
    """

    def __init__(
        self,
        config: str,
        words: Sequence[str] = (),
        inference: Optional[Mapping[str, str]] = None,
        application: str = APPLICATION,
    ) -> None:
        """
        :param config: path of a NiftyNet config
        :param words: further words of NiftyNet's command line, which override it
        :param inference: values of [INFERENCE] that override config and words
        :param application: its name, as behind ``net_run -a``
        :raises OptionError: if the config cannot be read
        """
        load_files_without_a_name()
        self._config = read_parameters(config, words, application)
        for name, value in (inference or {}).items():
            setattr(self._config.system['INFERENCE'], name, value)
        task_param = self._config.system['CUSTOM']
        kind = self._config.application
        # asked of an empty object: NiftyNet makes its application only with the first image's files
        prevented = kind.activation_prevented(object.__new__(kind), task_param)
        if prevented:
            raise OptionError('no maps can be made: ' + prevented)
        self.sections: List[str] = []
        for field in (kind.activation_field,) + kind.activation_joined:
            self.sections += list(getattr(task_param, field, None) or ())
        self._network: Optional[BuiltNetwork] = None
        self.built = 0

    def __enter__(self) -> 'ResidentNetwork':
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Free the network's memory; a second call does nothing."""
        if self._network is not None:
            self._network.close()
            self._network = None

    @property
    def config(self) -> Config:
        """The config's values."""
        return self._config

    @property
    def layers(self) -> List[Tuple[str, ...]]:
        """Names of each layer that is built in, those of the same tensor together."""
        return [] if self._network is None else self._network.layers

    def run(self, task: Task) -> List[Union[Held, HeldRows]]:
        """
        :param task: the subject, and what is to be made of it
        :return: the maps, and tables of layers without spatial axes
        :raises ActivationError: if it cannot be done; the network can be used again
        """
        with graph_mode(), own_application():
            if self._network is None or not self._network.read(task):
                made = BuiltNetwork(self._config, task)
                self.close()
                self._network = made
                self.built += 1
            return self._network.run(task)
