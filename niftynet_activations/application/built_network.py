# -*- coding: utf-8 -*-
"""
A network in its session, whose windows are fed: what stays while subjects come and go.

- *task*: one subject, and what is to be made of it.
"""

import contextlib
import copy
from typing import Callable, Dict, Iterator, List, Mapping, NamedTuple, Optional, Tuple

import numpy as np
from niftynet.engine.application_driver import ApplicationDriver
from niftynet.engine.application_variables import NETWORK_OUTPUT
from niftynet.engine.image_window import LOCATION_FORMAT
from niftynet.utilities.util_common import tf_config

from niftynet_activations.application.network_facts import NetworkFacts
from niftynet_activations.capturing.interventions import registered_interventions
from niftynet_activations.capturing.selectors import (
    Candidate,
    Catalogue,
    OperationMatches,
    select,
)
from niftynet_activations.errors import InputError, SelectionError
from niftynet_activations.hints import (
    Aggregator,
    Application,
    Attribute,
    Collector,
    Tensor,
    TensorDType,
)
from niftynet_activations.host.checkpoint import restore_checkpoint
from niftynet_activations.host.config import Config
from niftynet_activations.host.fed_windows import Batch, batches, feed_windows, is_end
from niftynet_activations.host.given_files import GivenFiles, sections_of
from niftynet_activations.host.parameters import copies
from niftynet_activations.host.tensorflow import tf

# of the windows: input -> their shape, and TensorFlow's type of their numbers
Form = Dict[str, Tuple[List[int], TensorDType]]


class Task(NamedTuple):
    """
    One subject, and what is to be made of it.

    - subject: its name.
    - files: input section -> absolute path.
    - maps_dir, result_dir: absolute paths of the folders for maps and for NiftyNet's own result.
    - result: whether that is made.
    - layers: selectors among the layers that are built in; None for all.
    - large_dir: where maps go that take more than ``large`` bytes together; None: nowhere else.
    """

    subject: str
    files: Mapping[str, str]
    maps_dir: str
    result_dir: str
    result: bool = True
    layers: Optional[str] = None
    large_dir: Optional[str] = None
    large: float = 0.0


class Made(NamedTuple):
    """What came of a task."""

    folder: str  # of the maps
    maps: List[Tuple[str, str]]  # subject and layer of each


class BuiltNetwork(object):
    """
    A network, built for windows of one form.

    :ivar application: NiftyNet's, which reads the subject that is due
    """

    def __init__(self, config: Config, task: Task) -> None:
        """
        Build the network, restore its checkpoint, and read the headers of a first subject.

        :param config: with absolute paths
        :param task: the first subject's
        :raises ActivationError: if the subject cannot be read or the network not be built
        """
        system, self._inputs = copies(config)
        self._interventions = registered_interventions()  # those that are built in
        system['INFERENCE'].save_seg_dir = task.result_dir
        self._task_param = system['CUSTOM']
        driver = self._driver = ApplicationDriver()
        driver.data_partitioner = GivenFiles(task.subject, task.files)
        with _one_reason(lambda: driver.app):
            driver.initialise_application(system, sections_of(self._inputs, task.files))
        self.application: Application = driver.app
        building = _Building(self.application)
        graph = driver.create_graph(building, driver.num_gpus)
        self._settings = self.application.activation_settings()
        self._facts: Optional[NetworkFacts] = building.facts
        self._fed = building.fed
        self._results = dict(building.outputs_collector.variables(NETWORK_OUTPUT))
        self._results.pop(self.application.activation_location, None)
        self._form = self._form_of_windows()
        self._aggregator = self.application.output_decoder
        self.session = tf.Session(config=tf_config(), graph=graph)
        with graph.as_default(), self.session.as_default():
            restore_checkpoint(self.application)

    @property
    def layers(self) -> List[Tuple[str, ...]]:
        """Names of each layer, those of the same tensor together."""
        found = [] if self._facts is None else self._facts.layers
        return [(layer.name,) + tuple(layer.also) for layer in found]

    def close(self) -> None:
        """Free what the session holds."""
        self.session.close()

    def read(self, task: Task) -> bool:
        """
        Read the headers of a subject.

        :param task: the subject's
        :return: whether its windows have the form that the network is built for, and the
            registered interventions are those that are built in
        :raises ActivationError: if the subject cannot be read
        """
        if registered_interventions() != self._interventions:
            return False
        application = self.application
        application.action_param.save_seg_dir = task.result_dir
        files = GivenFiles(task.subject, task.files)
        # layers and samplers of NiftyNet's leave names in the graph in which they are made
        with tf.Graph().as_default(), _one_reason(lambda: application):
            sections = sections_of(self._inputs, task.files)
            application.initialise_dataset_loader(sections, self._task_param, files)
            application.initialise_sampler()
        form = self._form_of_windows()
        self._check_channels(form)
        return form == self._form

    def run(self, task: Task) -> Made:
        """
        Run the subject whose headers were read.

        :param task: the subject's
        :return: what was made
        :raises ActivationError: if it cannot be done
        """
        application = self.application
        folder = task.maps_dir
        self._plan(task, folder)
        outline = application.activation_outline()
        if task.large_dir is not None and outline.bytes > task.large:
            folder = task.large_dir
            self._plan(task, folder)
        with _one_reason(lambda: application):
            try:
                application.activation_start()
                self._run_windows(task.result)
            except EOFError:
                pass  # all is complete already
            finally:
                application.activation_end()
            application.stop()
        return Made(folder, application.maps_of_run())

    def _plan(self, task: Task, folder: str) -> None:
        options = self._settings.options._replace(dir=folder)
        settings = self._settings._replace(options=options, save_seg_dir=task.result_dir)
        self.application.output_decoder = self._new_aggregator(task.result_dir)
        self.application.activation_begin(settings)
        self.application.activation_plan(self._facts, self._keys(task))

    def _form_of_windows(self) -> Form:
        sampler = self.application.activation_sampler()
        shapes, types = sampler.tf_shapes, sampler.tf_dtypes
        return {name: (shapes[name].as_list(), types[name]) for name in types}

    def _check_channels(self, form: Form) -> None:
        field = self.application.activation_field
        given, taken = (each[field][0][-2:] for each in (form, self._form))
        if given != taken:
            raise InputError(
                'the images have {} channels together, and the network takes {}'.format(
                    *(time * channels for time, channels in (given, taken))
                )
            )

    def _new_aggregator(self, folder: str) -> Aggregator:
        """One that has seen no window yet."""
        made = copy.copy(self._aggregator)
        made.reader, made.output_path = self.application.readers[0], folder
        for name, value in vars(made).items():
            if isinstance(value, (dict, list, set)):
                setattr(made, name, copy.copy(value))
        return made

    def _keys(self, task: Task) -> Optional[List[str]]:
        """Keys of the layers that the task chooses; None for all."""
        if task.layers is None:
            return None
        layers = [] if self._facts is None else self._facts.layers
        candidates = [
            Candidate(name, each.type, True, each)
            for each in layers
            for name in (each.name,) + tuple(each.also)
        ]
        built_in = Catalogue(candidates, {}, lambda _: OperationMatches([], []), list)
        try:
            return [each.tensor.key for each in select(task.layers, built_in)]
        except SelectionError as error:
            raise SelectionError(
                "layers = '{}': expected some of those that are built in, which are {}".format(
                    task.layers, ', '.join(layer.name for layer in layers) or 'none'
                )
            ) from error

    def _run_windows(self, result: bool) -> None:
        application = self.application
        sampler, field = application.activation_sampler(), application.activation_field
        fetches = dict(application.activation_fetches())
        if result:
            fetches.update(self._results)
        outputs: Dict[str, np.ndarray] = {}
        for batch in batches(sampler):
            if fetches and not is_end(batch, field):
                outputs = self.session.run(fetches, self._feed(batch))
            location = batch[LOCATION_FORMAT.format(field)]
            given = dict(outputs, **{application.activation_location: location})
            take = application.interpret_output if result else application.activation_take
            if not take(given):
                break

    def _feed(self, batch: Batch) -> Dict[Tensor, np.ndarray]:
        return {self._fed[name]: values for name, values in batch.items()}


@contextlib.contextmanager
def _one_reason(application: Callable[[], Application]) -> Iterator[None]:
    """Say of the one subject what is wrong with it, not that none of all could be done."""
    try:
        yield
    except InputError as error:
        made = application()
        found = [] if made is None else made.activation_left_out()
        if not found:
            raise
        raise InputError(found[-1].reason) from error


class _Building(object):
    """
    An application as NiftyNet's driver builds its graph: with fed windows, and no run planned.

    :ivar fed: name of the sampler's output -> its placeholder
    :ivar facts: of the network; None where no layer is chosen
    """

    outputs_collector: Collector = None  # given by the driver

    def __init__(self, application: Application) -> None:
        self._application = application
        self.fed: Dict[str, Tensor] = {}
        self.facts: Optional[NetworkFacts] = None

    def __getattr__(self, name: str) -> Attribute:
        return getattr(self._application, name)

    def initialise_sampler(self) -> None:
        """Let NiftyNet make the sampler, and take the queue away that it would put behind it."""
        self._application.initialise_sampler()
        self.fed = feed_windows(self._application.activation_sampler())

    def connect_data_and_network(self, outputs: Collector, gradients: Collector) -> None:
        """
        :param outputs: NiftyNet's collector
        :param gradients: NiftyNet's collector
        """
        application = self._application
        application.activation_begin(application.activation_settings())
        self.facts = application.activation_build(outputs, gradients)
