# -*- coding: utf-8 -*-
"""
Change each channel of layers in turn, and measure how the segmentation changes.

NiftyNet reads the config and the images as in a run with ``activation_pass = whole``. The
segmentation of that run is compared with those of the changed network. The part of the network in
front of a layer is computed once for each volume.
"""

import io
import shutil
import tempfile
from typing import Dict, Iterator, List, NamedTuple, Optional, Sequence, Tuple, Union

import numpy as np
import pandas as pd

from niftynet_activations.ablation.changes import Change, parse_change
from niftynet_activations.ablation.effect import Effect, classes_of, rows_of
from niftynet_activations.ablation.layer import (
    AblatedLayer,
    ChosenLayer,
    check_labels,
    chosen_layers,
    classes_of_network,
)
from niftynet_activations.ablation.volume import Frame, OneVolume
from niftynet_activations.application.subject_pass import SubjectOnVolume
from niftynet_activations.application.whole import WholePasses
from niftynet_activations.capturing.interventions import InterventionFunction
from niftynet_activations.dry_run.from_config import begun
from niftynet_activations.errors import InputError, OptionError
from niftynet_activations.extraction import NOTHING_BESIDE_MAPS, command_line_words
from niftynet_activations.hints import Application, Labels
from niftynet_activations.host.application_names import APPLICATION
from niftynet_activations.host.config import read_config
from niftynet_activations.host.label_values import label_values
from niftynet_activations.host.left_out import LeftOut, message
from niftynet_activations.host.log import LOGGER
from niftynet_activations.host.quiet import output_to
from niftynet_activations.host.subjects import network_space
from niftynet_activations.host.tensorflow import tf
from niftynet_activations.looking.label_files import labels_by_subject
from niftynet_activations.looking.region_labels import LabelSource, labels_at_samples, read_labels
from niftynet_activations.planning.disk_and_memory import free_bytes
from niftynet_activations.planning.window_grids import windows_of
from niftynet_activations.running.progress import Progress
from niftynet_activations.stitching.windows import extend
from niftynet_activations.store.folder import scratch_folder
from niftynet_activations.whole_pass.plan import OVERHEAD
from niftynet_activations.whole_pass.pool import growth

GIB = 1 << 30
ORDER = ['subject', 'layer', 'channel', 'by', 'label']
# options that are set here, whatever the config says
FORCED = dict(
    NOTHING_BESIDE_MAPS,
    layers='none',
    mask='',
    segmentation='whole',
    basis='',
    output_prob='False',
    **{'pass': 'whole'},
)
BYTES_A_VOXEL = 4  # of two label images


class Asked(NamedTuple):
    """Which channels are changed, how, and labels to compare with."""

    layers: str
    channels: str = 'all'
    by: Union[str, float, InterventionFunction] = 'zero'
    labels: Optional[Labels] = None


def ablate_config(
    path: str,
    asked: Asked,
    overrides: Sequence[str] = (),
    application: str = APPLICATION,
) -> Tuple[pd.DataFrame, List[LeftOut]]:
    """
    :param path: of a NiftyNet config
    :param asked: which channels are changed, and how
    :param overrides: further words of NiftyNet's command line, each ``--option=value``
    :param application: as ``net_run -a`` takes it
    :return: a table with one row for each subject, layer, channel and label; and the subjects that
        were left out
    :raises ActivationError: if it cannot be done
    """
    change = parse_change(asked.by)
    check_labels(read_config(path, overrides, application).application)
    folder = tempfile.mkdtemp(prefix='ablate_')
    words = list(overrides) + command_line_words(dict(FORCED, save_seg_dir=folder, dir=folder))
    try:
        made = begun(path, words, application)
        with output_to(io.StringIO()):
            return _Ablation(made, asked, change).table()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


class _Ablation(object):
    """The ablations of all subjects of one config."""

    def __init__(self, application: Application, asked: Asked, change: Change) -> None:
        self._application, self._asked, self._change = application, asked, change
        passes: Optional[WholePasses] = application.activation_passes
        assert passes is not None  # activation_pass = whole is forced
        self._passes, self._settings = passes, passes.settings
        classes = classes_of_network(application)
        self._labels = label_values(application.readers[0], classes)
        self._layers = chosen_layers(application, passes, asked.layers, asked.channels)
        if not self._layers:
            raise OptionError("--layers '{}': choose at least one layer".format(asked.layers))
        self._scratch = scratch_folder() or tempfile.gettempdir()
        self._truth: Dict[str, LabelSource] = {}
        if asked.labels is not None:
            names = [each.subject.name for each in passes.subjects.values()]
            self._truth = dict(labels_by_subject(asked.labels, names))

    def table(self) -> Tuple[pd.DataFrame, List[LeftOut]]:
        """
        A table with a row for each subject, layer, channel and label; and the subjects left out.
        """
        reader = tf.train.load_checkpoint(self._settings.checkpoint.path)
        rows: List[Dict[str, object]] = []
        for layer in self._layers:
            ablated = AblatedLayer(
                self._application,
                self._passes,
                self._asked.layers,
                layer,
                self._change,
                reader.get_tensor,
            )
            try:
                for image_id in sorted(self._passes.subjects):
                    rows += self._of_subject(ablated, image_id)
            finally:
                ablated.close()
        left_out = self._application.activation_left_out()
        if not rows:
            raise InputError(message(left_out))
        found = pd.DataFrame(rows)
        order = {name: number for number, name in enumerate(dict.fromkeys(found['subject']))}
        found = found.sort_values('subject', key=lambda names: names.map(order), kind='stable')
        rest = [name for name in found.columns if name not in ORDER]
        return found[ORDER + rest].reset_index(drop=True), left_out

    def _of_subject(self, ablated: AblatedLayer, image_id: int) -> List[Dict[str, object]]:
        each = self._passes.subjects[image_id]
        try:
            volume = self._application.activation_read(image_id)[..., 0, :]
        except InputError:
            return []  # the reader keeps the subject and the reason for the end
        image = extend(np.asarray(volume, np.float32), list(each.built.size))
        starts = each.starts
        windows = windows_of(self._settings, each.subject, each.alignment)
        frame = Frame(
            each.built.size,
            self._passes.axes,
            each.built.place.corner,
            windows.image,
            windows.padding,
        )
        one = OneVolume(frame, starts, len(self._labels), self._truth_of(each))
        memory = self._settings.options.memory * GIB - OVERHEAD - image.nbytes
        sweep = ablated.sweep(
            each,
            (memory - BYTES_A_VOXEL * one.before.size) / growth(),
            0.9 * free_bytes(self._scratch),
            self._scratch,
        )
        means = ablated.means(each, windows)
        layer = ablated.layer
        progress = Progress(len(starts) * sweep.steps_of(len(layer.channels) + 1), LOGGER)
        progress.subject(each.subject.name)
        try:
            effects = one.run(
                sweep,
                image,
                ablated.given,
                layer.channels,
                means,
                lambda stage, stages: progress.window(layer.name),
            )
        finally:
            progress.close()
        return list(self._rows(each, layer, effects))

    def _truth_of(self, each: SubjectOnVolume) -> Optional[np.ndarray]:
        """
        The given labels as classes, (x, y, z) on the reference volume; None where none are given.
        """
        source = self._truth.get(each.subject.name)
        if source is None:
            return None
        space = network_space(each.subject, self._settings.sampling)
        found = labels_at_samples(read_labels(source), space.to_world, each.built.size)
        return classes_of(found, self._labels)

    def _rows(
        self, each: SubjectOnVolume, layer: ChosenLayer, effects: Sequence[Effect]
    ) -> Iterator[Dict[str, object]]:
        for channel, effect in zip(layer.channels, effects):
            for row in rows_of(effect, self._labels):
                known = dict(subject=each.subject.name, layer=layer.name)
                yield dict(known, channel=channel, by=self._change.by, **row)
