# -*- coding: utf-8 -*-
"""
A network in its session that is used for one subject after the other, for ``na.Extractor``. Its
windows are fed by this program and not by NiftyNet's queue.

- *task*: one subject, and what is to be made of it.
"""

import contextlib
import os
import tempfile
import weakref
from typing import (
    Callable,
    Dict,
    Iterator,
    List,
    Mapping,
    NamedTuple,
    Optional,
    Sequence,
    Tuple,
    Union,
)

import numpy as np
from niftynet.engine.application_driver import ApplicationDriver
from niftynet.engine.image_window import LOCATION_FORMAT
from niftynet.utilities.util_common import tf_config

from niftynet_activations.application.fed_building import FedBuilding
from niftynet_activations.application.feeding import feeds
from niftynet_activations.application.held_planning import PlannedHeldRun
from niftynet_activations.application.network_facts import NetworkFacts
from niftynet_activations.capturing.interventions import registered_interventions
from niftynet_activations.capturing.selectors import (
    Candidate,
    Catalogue,
    OperationMatches,
    select,
)
from niftynet_activations.errors import InputError, OptionError, SelectionError
from niftynet_activations.hints import Application, Sections, TensorDType
from niftynet_activations.host.checkpoint import restore_checkpoint
from niftynet_activations.host.config import Config
from niftynet_activations.host.fed_windows import is_end
from niftynet_activations.host.given_files import GivenFiles, sections_of
from niftynet_activations.host.given_images import headers_of
from niftynet_activations.host.left_out import message
from niftynet_activations.host.log import LOGGER
from niftynet_activations.host.parameters import copies
from niftynet_activations.host.tensorflow import tf
from niftynet_activations.running.held_run import HeldRun
from niftynet_activations.running.pipeline import Pipeline
from niftynet_activations.store.files import file_state
from niftynet_activations.store.held import Held, HeldRows
from niftynet_activations.store.nameless import NamelessArrays

# the form of windows: input -> their shape, and TensorFlow's type of their numbers
Form = Dict[str, Tuple[List[int], TensorDType]]
# what readers depend on: headers of the images, and size and time of the histogram file
Key = Tuple[List[Optional[bytes]], Optional[Tuple[int, int]]]


class Task(NamedTuple):
    """
    One subject, and what is to be made of it.

    - subject: its name.
    - files: input section -> absolute path.
    - layers: selectors among the layers that are built in; None for all.
    - large_dir: folder for maps that take more than ``large`` bytes together; None: all maps stay
      in memory.
    """

    subject: str
    files: Mapping[str, str]
    layers: Optional[str] = None
    large_dir: Optional[str] = None
    large: float = 0.0


class _Known(NamedTuple):
    """A plan that can be used again for images with the same headers."""

    layers: Optional[str]  # the selectors of the task that it was made for
    planned: PlannedHeldRun


class BuiltNetwork(object):
    """
    A network, built for windows of one form.

    :ivar application: NiftyNet's, which reads the subject that is due
    """

    def __init__(self, config: Config, task: Task) -> None:
        """
        Build the network, restore its checkpoint, and read the headers of a first subject.

        :param config: with absolute paths
        :param task: the first subject
        :raises ActivationError: if the subject cannot be read or the network not be built
        """
        system, self._inputs = copies(config)
        self._interventions = registered_interventions()  # those built into this network
        system['INFERENCE'].save_seg_dir = tempfile.gettempdir()  # nothing is written there
        self._task_param, self._net_param = system['CUSTOM'], system['NETWORK']
        driver = self._driver = ApplicationDriver()
        driver.data_partitioner = GivenFiles(task.subject, task.files)
        with _one_reason(lambda: driver.app):
            sections = sections_of(self._inputs, task.files)
            self._key = self._key_of(sections, task.files)
            driver.initialise_application(system, sections)
        self.application: Application = driver.app
        building = FedBuilding(self.application)
        graph = driver.create_graph(building, driver.num_gpus)
        self._settings = self.application.activation_settings()
        self._facts: Optional[NetworkFacts] = building.facts
        self._fed = building.fed
        self._form = self._form_of_windows()
        self._pipeline = self._new_pipeline()
        self._known: Optional[_Known] = None  # of images with the key; None where nothing is
        self.session = tf.Session(config=tf_config(), graph=graph)
        with graph.as_default(), self.session.as_default():
            restore_checkpoint(self.application)

    @property
    def layers(self) -> List[Tuple[str, ...]]:
        """Names of each layer, those of the same tensor together."""
        found = [] if self._facts is None else self._facts.layers
        return [(layer.name,) + tuple(layer.also) for layer in found]

    def close(self) -> None:
        """Free what the session holds, and end the threads."""
        self.session.close()
        self._pipeline.abandon()

    def read(self, task: Task) -> bool:
        """
        Read the headers of a subject.

        :param task: the subject
        :return: False if the network must be built anew: the windows have another form, or other
            interventions are registered now
        :raises ActivationError: if the subject cannot be read
        """
        if registered_interventions() != self._interventions:
            return False
        application, sections = self.application, sections_of(self._inputs, task.files)
        key = self._key_of(sections, task.files)
        if key is not None and key == self._key:
            for reader in application.readers:
                reader.exchange(task.subject, sections, task.files)
            return True
        self._key, self._known = None, None
        files = GivenFiles(task.subject, task.files)
        # a graph of its own, since NiftyNet's layers and samplers leave names in the default graph
        with tf.Graph().as_default(), _one_reason(lambda: application):
            application.initialise_dataset_loader(sections, self._task_param, files)
            application.initialise_sampler()
        form = self._form_of_windows()
        self._check_channels(form)
        self._key = key
        return form == self._form

    def run(self, task: Task) -> List[Union[Held, HeldRows]]:
        """
        Run the subject whose headers were read.

        :param task: the subject
        :return: maps, and tables of layers without spatial axes
        :raises ActivationError: if it cannot be done
        """
        application, known = self.application, self._known
        self._known = None  # set again at the end: after an error the plan may be incomplete
        if known is None or known.layers != task.layers:
            known = self._plan(task)
        planned = known.planned
        large = task.large_dir is not None and planned.run.bytes > task.large
        arrays = NamelessArrays(task.large_dir if large else None)
        if self._pipeline.ended:
            self._pipeline = self._new_pipeline()
        run = planned.run.again(task.subject, arrays, self._pipeline)
        application.activation_use(run)
        with _one_reason(lambda: application), run:
            self._run_windows(run)
            left_out = application.activation_left_out()
            if left_out:
                raise InputError(message(left_out))
            made = run.finish()
        tell_of_nan(made)
        # A plan is not used again with a mask, which is read from voxels and not from headers, nor
        # with a whole pass, which keeps count of the subjects that it has done.
        if planned.whole is None and not self._settings.options.mask:
            self._known = known
        return made

    def _new_pipeline(self) -> Pipeline:
        """One whose threads wait for the next subject, until an error ends it."""
        made = Pipeline()
        # a network that nobody closes leaves no thread behind
        weakref.finalize(self, made.abandon).atexit = False
        return made

    def _key_of(self, sections: Sections, files: Mapping[str, str]) -> Optional[Key]:
        """What the readers depend on; None where that cannot be told from headers."""
        headers = [headers_of(files[name], sections[name].loader) for name in sorted(files)]
        if None in headers:
            return None
        # a reader that learns histograms writes them to a file that later readers use
        learned = getattr(self._net_param, 'histogram_ref_file', None)
        return headers, file_state(learned) if learned and os.path.isfile(learned) else None

    def _plan(self, task: Task) -> _Known:
        self.application.activation_begin(self._settings)
        keys = self._keys(task)
        if self._facts is None or keys == []:
            raise OptionError('no layer is chosen, so that there is no map to make: choose a layer')
        planned = self.application.activation_hold(self._facts, keys)
        return _Known(task.layers, planned)

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

    def _run_windows(self, run: HeldRun) -> None:
        application = self.application
        field = application.activation_field
        fetches = application.activation_fetches()
        outputs: Dict[str, np.ndarray] = {}
        for batch, feed in feeds(application, self._fed):
            if fetches and not is_end(batch, field):
                outputs = self.session.run(fetches, feed)
            outputs[application.activation_location] = batch[LOCATION_FORMAT.format(field)]
            if not application.activation_take(outputs) or run.complete:
                break


def tell_of_nan(made: Sequence[Union[Held, HeldRows]]) -> None:
    """
    :param made: maps of a subject; a warning names those that are all NaN
    """
    found = [each.spec.layer for each in made if isinstance(each, Held) and each.values.all_nan]
    if found:
        LOGGER.warning(
            'these maps are NaN throughout: %s: look for NaN in the images and the checkpoint',
            ', '.join(found),
        )


@contextlib.contextmanager
def _one_reason(application: Callable[[], Application]) -> Iterator[None]:
    """Replace the error 'no subject could be done' by the reason for the only subject."""
    try:
        yield
    except InputError as error:
        made = application()
        found = [] if made is None else made.activation_left_out()
        if not found:
            raise
        raise InputError(found[-1].reason) from error
