# -*- coding: utf-8 -*-
"""
Which voxels of a window belong to the target. The graph asks for them window by window, through
``tf.py_func``. (The *target* is the set of voxels whose logits are explained.)
"""

from typing import Dict, List, Mapping, NamedTuple, Optional, Sequence, Tuple

import numpy as np

from niftynet_activations.attribution.methods import Question
from niftynet_activations.attribution.targets import Targets
from niftynet_activations.capturing.fetched_layers import SavedLayer
from niftynet_activations.errors import ActivationError, GeometryError, OptionError
from niftynet_activations.exactness.judgement import MapVerdict
from niftynet_activations.exactness.layer_geometry import LayerGeometries
from niftynet_activations.hints import Application, Table, Tensor
from niftynet_activations.host.file_table import SUBJECT_COLUMN
from niftynet_activations.host.image_place import first_file, lost_world
from niftynet_activations.host.label_values import label_values
from niftynet_activations.host.subjects import Subject, network_space
from niftynet_activations.looking.label_files import find_labels
from niftynet_activations.looking.run_labels import files_of_section
from niftynet_activations.planning.masked import mask_of
from niftynet_activations.planning.plan import MapPlan, plan_map
from niftynet_activations.planning.run_settings import RunSettings
from niftynet_activations.planning.window_grids import Alignment, windows_of
from niftynet_activations.space.sample_mask import SampleMask
from niftynet_activations.store.description import MapDescription


class Place(NamedTuple):
    """What is needed to find the target's voxels in each window."""

    settings: RunSettings
    geometries: LayerGeometries
    subjects: Sequence[Subject]
    file_list: Table
    question: Question


def class_index(application: Application, question: Question, logits: Tensor) -> int:
    """
    :param application: NiftyNet's
    :param question: with the label
    :param logits: (batch, spatial axes ..., classes), or (batch, classes)
    :return: index of the label's class
    :raises OptionError: if there is no such label, or the network's result has no labels for voxels
    """
    classes = logits.shape.as_list()[-1]
    labels = labels_of(application, classes)
    if logits.shape.ndims == 2 and question.mask:
        raise OptionError(
            '--mask: this network decides on the image as a whole, and not on voxels: leave it out'
        )
    if classes == 1 and not question.mask and logits.shape.ndims > 2:
        raise OptionError(
            'the network gives one value a voxel and no classes, so that there is no segmentation '
            'to start from: say with --mask which voxels are meant (and --label 0)'
        )
    if question.label not in labels:
        raise OptionError(
            'label {}: the network has {} classes, the labels {}'.format(
                question.label, classes, ', '.join(str(each) for each in labels)
            )
        )
    return labels.index(question.label)


def labels_of(application: Application, classes: int) -> List[int]:
    """
    :param application: NiftyNet's
    :param classes: how many the network has
    :return: for each class its label in the segmentation that NiftyNet writes
    """
    readers = application.readers or (None,)
    return label_values(readers[0], classes)


class Counting(object):
    """
    Finds for each window which samples of the logits belong to the target.

    :ivar windows: number of windows of all subjects together
    """

    def __init__(self, result: SavedLayer) -> None:
        """
        :param result: the logits
        """
        self._result = result
        self._plans: Dict[int, MapPlan] = {}
        self._names: Dict[int, str] = {}
        self._recent: Tuple[int, Optional[Targets]] = (-1, None)
        self._failed: Optional[ActivationError] = None
        self.windows = 0

    def place(self, place: Place, alignments: Mapping[int, Alignment]) -> None:
        """
        Take windows and masks of all subjects; called before the first window.

        :param place: what is needed to find the target's voxels
        :param alignments: image id -> alignment; empty for NiftyNet's own windows
        :raises ActivationError: if the mask is not there, or does not lie on the image
        """
        self._names = {subject.index: subject.name for subject in place.subjects}
        masks = _masks(place)
        for subject in place.subjects:
            windows = windows_of(place.settings, subject, alignments.get(subject.index))
            self.windows += int(np.prod([len(set(each)) for each in windows.starts]))
            if self._result.spatial.shape.ndims == 2:
                continue
            space = network_space(subject, place.settings.sampling)
            if lost_world(*first_file(subject.image)):
                space = space.without_world()
            geometries = place.geometries
            plan = plan_map(
                self._result.key,
                geometries.axes(self._result, windows.size),
                geometries.spatial_axes,
                windows,
                space,
                dict(subject=subject.name, layer='logits', postfix='', channels=(0,)),
                MapDescription(),
                lambda *_: MapVerdict(None, None, [None] * 3),
            )
            self._plans[subject.index] = plan._replace(mask=masks.get(subject.name))

    def name_of(self, index: int) -> str:
        """
        :param index: NiftyNet's image id
        :return: the subject's name
        """
        return self._names[index]

    def plan_of(self, index: int) -> Optional[MapPlan]:
        """
        :param index: NiftyNet's image id
        :return: the plan of a map of the logits; None where they have no spatial axes
        """
        return self._plans.get(index)

    def weights(self, location: np.ndarray) -> np.ndarray:
        """
        :param location: (batch, 7), NiftyNet's locations of the windows
        :return: (batch, spatial axes ...) float32 on the samples of the logits, or (batch,): 1 for
            a sample that may belong to the target, else 0
        """
        sizes = [1 if size is None else size for size in self._sizes()]
        found = np.zeros([len(location)] + sizes, np.float32)
        for row, place in enumerate(location):
            if (place < 0).any() or self._failed is not None:
                continue
            if not sizes:
                found[row] = 1
                continue
            try:
                index, x, y, z = (int(each) for each in place[:4])
                found[row] = self._targets(index).of((x, y, z)).reshape(sizes)
            except ActivationError as error:
                # kept, since TensorFlow, which called this function, would hide it
                self._failed = error
        return found

    def check(self) -> None:
        """
        :raises ActivationError: if a mask could not be used
        """
        if self._failed is not None:
            raise self._failed

    def _sizes(self) -> List[int]:
        shape: List[int] = self._result.spatial.shape.as_list()
        return shape[1:-1]

    def _targets(self, index: int) -> Targets:
        held, targets = self._recent
        if held != index or targets is None:
            plan = self._plans[index]
            mask = None if plan.mask is None else _mask(plan)
            sizes = [1, 1, 1]
            for axis, size in zip(plan.spatial_axes, self._sizes()):
                sizes[axis] = size
            targets = Targets(plan, sizes, mask)
            self._recent = index, targets
        return targets


def _masks(place: Place) -> Dict[str, str]:
    """Name of a subject -> path of its mask; empty without one."""
    mask = place.question.mask
    if not mask:
        return {}
    names = [subject.name for subject in place.subjects]
    sections = [str(name) for name in place.file_list if name != SUBJECT_COLUMN]
    if mask in sections:
        return files_of_section('--mask', mask, 'an input section', place.file_list, names)
    try:
        return find_labels(mask, names)
    except OptionError as error:
        raise OptionError(
            "--mask '{}': {}; an input section of the config is possible too, and it has {}".format(
                mask, error, ', '.join(sections)
            )
        ) from error


def _mask(plan: MapPlan) -> SampleMask:
    try:
        return mask_of(plan)
    except GeometryError as error:
        raise GeometryError(
            "--mask: {} does not overlap the image of subject '{}': give a mask in the space of "
            'the image'.format(plan.mask, plan.spec.subject)
        ) from error
