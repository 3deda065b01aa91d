# -*- coding: utf-8 -*-
"""
One layer of a network whose channels can be changed from run to run.
"""

import copy
from typing import Dict, List, Optional, Sequence, Tuple, Type

from niftynet_activations.ablation.changes import Change, Changing, Given
from niftynet_activations.ablation.sums import Means
from niftynet_activations.application.subject_pass import SubjectOnVolume
from niftynet_activations.application.whole import WholePasses
from niftynet_activations.capturing.building import build_on_placeholder
from niftynet_activations.capturing.catalogue import NetworkCatalogue
from niftynet_activations.capturing.channels import OPTION, channels_of, check_items
from niftynet_activations.capturing.intervened import intervene, leading_to_result, replace
from niftynet_activations.capturing.recording import NetworkRecord
from niftynet_activations.capturing.window_tensors import is_window_tensor
from niftynet_activations.errors import OptionError, SelectionError
from niftynet_activations.geometry.graph import read_geometry
from niftynet_activations.hints import Application, Tensor
from niftynet_activations.host.quiet import silent_thread
from niftynet_activations.host.tensorflow import tf
from niftynet_activations.options import parse_options
from niftynet_activations.planning.plan import Windows
from niftynet_activations.space.lattice import AxisLattice, inside_image
from niftynet_activations.whole_pass.networks import Weights
from niftynet_activations.whole_pass.sweep import Sweep

ORIGIN = '--layers'
NO_SEGMENTATION = (
    'ablate tells of segmentations of at least two classes, which {} does not make; '
    'na.register_intervention changes the network in a run'
)


class ChosenLayer(object):
    """A layer as the command line chooses it."""

    def __init__(self, name: str, channels: List[int], count: int) -> None:
        """
        :param name: of the layer
        :param channels: numbers of the channels that are changed in turn
        :param count: how many channels the layer has
        """
        self.name, self.channels, self.count = name, channels, count


class AblatedLayer(object):
    """
    Builds the network with the change of one layer in it.

    :param application: NiftyNet's, whose network it is; it is not changed
    :param passes: whole passes over its subjects' volumes
    :param selectors: the selectors that chose the layer
    :param layer: the chosen layer
    :param change: how a channel is changed
    :param weights: gives the values of the network's variables
    """

    def __init__(
        self,
        application: Application,
        passes: WholePasses,
        selectors: str,
        layer: ChosenLayer,
        change: Change,
        weights: Weights,
    ) -> None:
        self._application, self._passes, self._selectors = application, passes, selectors
        self.layer, self._change, self._weights = layer, change, weights
        self._changing: Optional[Changing] = None  # of the last build
        self._sweeps: Dict[Tuple[int, ...], Sweep] = {}

    def sweep(
        self, each: SubjectOnVolume, memory: float, scratch_bytes: float, scratch: str
    ) -> Sweep:
        """
        :param each: a subject
        :param memory: bytes for windows and kept tensors
        :param scratch_bytes: limit of scratch files
        :param scratch: folder for scratch files
        :return: the sweep for volumes of the subject's size, one for all of them
        :raises GeometryError: if there is no plan within the limits
        """
        size = each.built.size
        if size not in self._sweeps:
            spatial = [size[axis] for axis in self._passes.axes]
            self._build(spatial)
            self._sweeps[size] = Sweep(
                self._build,
                self._weights,
                spatial,
                memory,
                scratch_bytes,
                scratch,
                self.given.nothing(),
                len(self.layer.channels) + 1,
            )
        return self._sweeps[size]

    @property
    def given(self) -> Given:
        """The given numbers of each run; known once the network was built."""
        assert self._changing is not None
        return Given(self._change, self._changing.given)

    def close(self) -> None:
        """Close the networks of all sweeps."""
        for each in self._sweeps.values():
            each.close()
        self._sweeps.clear()

    def means(self, each: SubjectOnVolume, windows: Windows) -> Optional[Means]:
        """
        :param each: a subject
        :param windows: windows of its pass
        :return: an object that takes the layer's own output and gives the means of its channels;
            None where means are not needed
        :raises OptionError: if it is not known where the layer's samples lie
        """
        if not self._change.means:
            return None
        image, targets = self._build([each.built.size[axis] for axis in self._passes.axes])
        ordinary = targets[-1]
        axes = read_geometry([ordinary], image)[ordinary.name].axes
        if axes is None or ordinary.shape.ndims != image.shape.ndims:
            raise OptionError(
                "--by mean: it is not known where the samples of layer '{}' lie, so that those of "
                'the image cannot be told from its padding; use --by zero or a factor'.format(
                    self.layer.name
                )
            )
        lattices: List[AxisLattice] = []
        known = dict(zip(self._passes.axes, axes))
        for axis in range(3):
            stride, offset = 1.0, 0.0
            if axis in known:
                stride, offset = float(known[axis].stride), float(known[axis].offset)
            lattices.append(
                inside_image(stride, offset, windows.image[axis], windows.padding[axis])
            )
        return Means(lattices, self._passes.axes, self.layer.count)

    def _build(self, sizes: Sequence[int]) -> Tuple[Tensor, List[Tensor]]:
        application = copy.copy(self._application)  # a copy, since building sets its network
        with tf.Graph().as_default(), silent_thread():
            shape = [1] + [int(size) for size in sizes] + [self._passes.modalities]
            record = build_on_placeholder(application, shape, self._intervene)
            targets = [application.activation_result(record.logits)]
            if self._changing is not None and self._changing.ordinary is not None:
                targets.append(self._changing.ordinary)
            return record.image, targets

    def _intervene(self, record: NetworkRecord) -> None:
        intervene(record)
        (candidate,) = [
            each
            for each in leading_to_result(record, self._selectors, ORIGIN)
            if each.name == self.layer.name
        ]
        self._changing = Changing(self._change, record, candidate)
        replace(record, candidate, self._changing)


def chosen_layers(
    application: Application, passes: WholePasses, selectors: str, channels: str
) -> List[ChosenLayer]:
    """
    :param application: NiftyNet's, whose network it is; it is not changed
    :param passes: whole passes over its subjects' volumes
    :param selectors: as in ``activation_layers``
    :param channels: as in ``activation_channels``
    :return: the layers, each tensor once
    :raises SelectionError: for layers that do not exist, or on which the result does not depend
    :raises OptionError: for a layer whose channels cannot be changed
    """
    try:
        return _chosen(application, passes, selectors, channels)
    except SelectionError as error:
        raise SelectionError(str(error).replace(OPTION, '--channels')) from error


def _chosen(
    application: Application, passes: WholePasses, selectors: str, channels: str
) -> List[ChosenLayer]:
    items = parse_options({OPTION: channels}).channels
    size = next(iter(passes.subjects.values())).built.size
    with tf.Graph().as_default(), silent_thread():
        shape = [1] + [size[axis] for axis in passes.axes] + [passes.modalities]
        record = build_on_placeholder(copy.copy(application), shape)
        candidates = leading_to_result(record, selectors, ORIGIN)
        catalogue = NetworkCatalogue(record).for_selectors()
        check_items(items, candidates, catalogue)
        found = []
        for each in candidates:
            count = each.tensor.shape.as_list()[-1] if is_window_tensor(each.tensor) else None
            if count is None or not each.tensor.dtype.is_floating:
                raise OptionError(
                    "{}: layer '{}' gives {} of shape {}, which has no channels to change".format(
                        ORIGIN, each.name, each.tensor.dtype.name, each.tensor.shape
                    )
                )
            numbers = channels_of(items, each, catalogue, count)
            found.append(ChosenLayer(each.name, numbers, count))
        return found


def check_labels(kind: Type[Application]) -> None:
    """
    :param kind: an application
    :raises OptionError: if its result is no image of labels
    """
    if not kind.activation_labels:
        raise OptionError(NO_SEGMENTATION.format(kind.__name__))


def classes_of_network(application: Application) -> int:
    """
    :param application: NiftyNet's
    :return: how many classes its segmentation has
    :raises OptionError: if there are less than two
    """
    classes = application.activation_classes()
    if not classes or classes < 2:
        raise OptionError(NO_SEGMENTATION.format('num_classes = {}'.format(classes)))
    return int(classes)
