# -*- coding: utf-8 -*-
"""
From Python: images in, maps out, of a network that is built and restored once.

::

    with na.Extractor('my_config.ini', layers=['res_2_*', 'logits']) as extract:
        maps = extract({'T1': image})
        maps['subject', 'logits'].data

Each call reads and prepares its images as a run from files does, with NiftyNet's own reader. The
maps belong to no folder: they are held in memory, or, where they are large, in a file without a
name, which disappears with the last object that uses it.
"""

import contextlib
import io
import os
import sys
import tempfile
import threading
from typing import TYPE_CHECKING, Iterator, List, Mapping, Optional, Sequence, Union

from niftynet_activations.errors import InputError, OptionError
from niftynet_activations.extraction import command_line_words, existing_config, load_application
from niftynet_activations.hints import GivenImage, Path, Value
from niftynet_activations.host.application_names import APPLICATION
from niftynet_activations.host.eager_mode import graph_mode
from niftynet_activations.host.given_images import as_files, check_sections
from niftynet_activations.host.quiet import all_output_to, output_to
from niftynet_activations.looking.held_maps import HeldMaps
from niftynet_activations.options import PREFIX
from niftynet_activations.running.progress import drawing
from niftynet_activations.store.folder import scratch_folder
from niftynet_activations.store.nameless import NamelessFiles

if TYPE_CHECKING:
    from niftynet_activations.application.resident import ResidentNetwork

GIB = 1 << 30
# Options that are fixed here, whatever the config says; a caller who gives one gets an error.
FIXED = {
    'activation_format': 'nii',
    'activation_layout': '4d',
    'activation_dtype': 'float32',
    'activation_existing': 'overwrite',
    'activation_tables': '',
    'activation_report': 'False',
    'activation_features': '',
    'activation_regions': '',
    'activation_dir': '',
    'activation_segmentation': 'none',
}
MEANINGLESS = tuple(FIXED) + ('save_seg_dir',)


class Extractor(object):
    """
    The layers of a config's network, for one image after the other; a context manager.

    One call at a time: a second thread gets an error while one is under way.
    """

    def __init__(
        self,
        config: Path,
        layers: Optional[Union[str, Sequence[str]]] = None,
        verbose: bool = False,
        progress: Optional[bool] = False,
        in_memory: float = 2.0,
        application: str = APPLICATION,
        **options: Value,
    ) -> None:
        """
        The network is built at the first call, since it depends on the images' channels.

        :param config: path of a NiftyNet config; the files of its input sections are not looked for
        :param layers: selectors, as a text or one by one; those of the config where not given
        :param verbose: whether NiftyNet's lines go to standard output
        :param progress: whether to draw a bar; None: where a terminal or a notebook shows it
        :param in_memory: GiB of maps that a call may hold in memory; larger ones go to disk
        :param application: the name of the application that the config is for, as behind
            ``net_run -a``, such as ``niftynet_activations.regression_app``
        :param options: as of :func:`niftynet_activations.extract`, save those on files
        :raises OptionError: for what is wrong with the config or the options
        """
        if not in_memory >= 0:
            raise OptionError('in_memory = {!r}: expected a number of GiB'.format(in_memory))
        path = existing_config(config)
        if layers is not None:
            options = dict(options, layers=layers)
        self._verbose, self._progress, self._in_memory = verbose, progress, in_memory
        self._calling = threading.Lock()
        self._network: 'Optional[ResidentNetwork]' = None
        with graph_mode():
            with all_output_to(io.StringIO()):
                load_application()
                words = command_line_words(options)
                _check_words(words)
                from niftynet_activations.application.resident import ResidentNetwork

                self._network = ResidentNetwork(path, words, FIXED, application)

    def __enter__(self) -> 'Extractor':
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Free the network; maps that were made stay. A second call does nothing."""
        with self._alone():
            if self._network is not None:
                self._network.close()
                self._network = None

    @property
    def layers(self) -> List[str]:
        """Names of the layers that are built in; empty before the first call."""
        return [] if self._network is None else [names[0] for names in self._network.layers]

    def __call__(
        self,
        images: Mapping[str, GivenImage],
        layers: Optional[Union[str, Sequence[str]]] = None,
        subject: str = 'subject',
    ) -> HeldMaps:
        """
        :param images: input section -> nibabel image, path, or (array, affine)
        :param layers: selectors among the layers that are built in; all of them where not given
        :param subject: the name that the maps get
        :return: the maps: ``maps[subject, layer]``
        :raises InputError: for images that cannot be taken
        :raises SelectionError: for layers that are not built in
        :raises CheckpointError: if the checkpoint does not fit, as for another number of channels
        :raises WriteError: if the maps find no room
        """
        with self._alone():
            network = self._network
            if network is None:
                raise OptionError('this Extractor is closed; make a new one')
            check_sections(images, list(network.config.inputs), network.sections)
            with self._said(), NamelessFiles() as files:
                return self._run(network, images, layers, subject, files)

    def _run(
        self,
        network: 'ResidentNetwork',
        images: Mapping[str, GivenImage],
        layers: Optional[Union[str, Sequence[str]]],
        subject: str,
        files: NamelessFiles,
    ) -> HeldMaps:
        from niftynet_activations.application.resident import Task

        disk = scratch_folder() or tempfile.gettempdir()
        chosen = None if layers is None else layers_text(layers)
        task = Task(subject, as_files(images, files), chosen, disk, self._in_memory * GIB)
        try:
            made = network.run(task)
        except InputError as error:
            raise InputError(_with_sections(str(error), task.files, images)) from error
        return HeldMaps(made, images)

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        if not self._calling.acquire(blocking=False):
            raise OptionError(
                'another call of this Extractor is under way: it does one at a time; wait for its '
                'end, or make an Extractor for each thread'
            )
        try:
            yield
        finally:
            self._calling.release()

    @contextlib.contextmanager
    def _said(self) -> Iterator[None]:
        with output_to(sys.stdout if self._verbose else None), drawing(self._progress):
            yield


def _with_sections(text: str, files: Mapping[str, str], given: Mapping[str, object]) -> str:
    """An error's text, with the names of input sections for paths that the caller has not given."""
    for section, path in files.items():
        if not isinstance(given[section], (str, os.PathLike)):
            text = text.replace("'{}'".format(path), "the image of '{}'".format(section))
    return text


def layers_text(layers: Union[str, Sequence[str]]) -> str:
    """
    :param layers: selectors, as a text or one by one
    :return: as a text
    """
    return layers if isinstance(layers, str) else ','.join(layers)


def _check_words(words: Sequence[str]) -> None:
    for word in words:
        name = word[2:].partition('=')[0]
        if name in MEANINGLESS:
            short = name[len(PREFIX) :] if name.startswith(PREFIX) else name
            raise OptionError(
                "option '{}' is about files, and an Extractor writes none: leave it out, or use "
                'na.extract'.format(short)
            )
