# -*- coding: utf-8 -*-
"""
``activation_pass = whole``: for each subject one pass of the network over its reference volume.

NiftyNet's engine still runs and names one subject after the other. The pass runs in graphs of its
own, beside NiftyNet's.
"""

from typing import Callable, Collection, Dict, List, Optional, Sequence, Set, Tuple

import numpy as np

from niftynet_activations.application.subject_pass import Masks, SubjectOnVolume, SubjectPass
from niftynet_activations.application.volume_networks import Sizes, VolumeNetworks
from niftynet_activations.errors import GeometryError, OptionError
from niftynet_activations.host.subjects import Subject
from niftynet_activations.host.tensorflow import tf
from niftynet_activations.planning.disk_and_memory import free_bytes
from niftynet_activations.planning.masked import mask_of
from niftynet_activations.planning.outline import Way, amount
from niftynet_activations.planning.plan import MapPlan, SubjectPlan
from niftynet_activations.planning.run_settings import RunSettings, output_folder
from niftynet_activations.planning.subject_plans import plan_subject
from niftynet_activations.planning.window_grids import Alignment
from niftynet_activations.running.taking import WindowTaking
from niftynet_activations.space.network_space import NetworkSpace
from niftynet_activations.space.sizes import as_product
from niftynet_activations.store.folder import scratch_folder
from niftynet_activations.whole_pass.engine import WholePass
from niftynet_activations.whole_pass.plan import OVERHEAD
from niftynet_activations.whole_pass.pool import growth


class WholePasses(object):
    """
    The passes of a run.

    :param networks: builds the network on reference volumes; has the settings of the run
    :ivar axes: which of x, y, z the network sees
    :ivar modalities: of its input
    :ivar subjects: image id -> subject
    :ivar steps: of all passes together, once they are planned
    """

    def __init__(self, networks: VolumeNetworks) -> None:
        self._networks, self._settings = networks, networks.settings
        self.axes, self.modalities = networks.axes, networks.modalities
        self._passes: Dict[Sizes, WholePass] = {}
        self._keys: Optional[Set[str]] = None  # keys of the layers with maps; None: all
        self._chosen: Set[str] = set()  # keys of the layers that are chosen in the run
        self._done: Set[int] = set()
        self.subjects: Dict[int, SubjectOnVolume] = {}
        self._plans: Dict[int, SubjectPlan] = {}
        self.steps = 0
        if len(self.axes) < 2:
            raise OptionError('activation_pass = whole needs a network of at least two axes')

    @property
    def settings(self) -> RunSettings:
        """The settings of the run that has begun."""
        return self._settings

    def begin(self, settings: RunSettings, keys: Collection[str]) -> None:
        """
        Begin another run: forget the subjects, and keep the networks on their volumes.

        :param settings: of the run that begins
        :param keys: keys of the layers that are wanted in it
        """
        self._settings, self._chosen = settings, set(keys)
        self._networks.settings = settings
        self._done.clear()
        self.subjects.clear()

    def add(self, subject: Subject, periods: Sequence[int]) -> None:
        """
        :param subject: a subject of the run
        :param periods: the common period of the chosen layers, voxels for x, y, z
        :raises GeometryError: if the network accepts no size near the volume's
        """
        resized = self._settings.sampling == 'resize'
        size = self._reference_of(subject, periods)
        thin = [axis for axis in range(3) if axis not in self.axes]
        along_x, along_y, along_z = (1 if axis in thin else n for axis, n in enumerate(size))
        starts = [list(range(each)) if axis in thin else [0] for axis, each in enumerate(size)]
        built = self._networks.on(size)
        if self._settings.options.segmentation == 'whole' and not resized:
            built.place.check(subject.name)
        self.subjects[subject.index] = SubjectOnVolume(
            subject._replace(window=(along_x, along_y, along_z)),
            None if resized else Alignment(size, starts),
            built,
        )

    def _reference_of(self, subject: Subject, periods: Sequence[int]) -> Sizes:
        """The reference volume: one near the volume, else one that holds the window too."""
        references = self._networks.references
        if self._settings.sampling == 'resize':
            return subject.window  # which NiftyNet has built the network on
        volume = subject.padded_shape
        larger = [max(sizes) for sizes in zip(volume, references.window)]
        longest = max(larger[axis] for axis in self.axes)
        cube = [longest if axis in self.axes else size for axis, size in enumerate(larger)]
        for wanted in (volume, larger, cube):
            size = references.find(wanted, periods)
            if size is not None:
                return size
        raise GeometryError(
            "activation_pass = whole: the network takes no size near the volume of subject '{}' "
            '({} voxels), {}; use activation_pass = windows, or window_sampling = resize, which '
            'resizes the volume to the window'.format(
                subject.name, as_product(volume), references.why_not(volume, periods)
            )
        )

    def rim(self) -> Tuple[int, ...]:
        """
        :return: voxels at both ends of x, y and z that NiftyNet's own result does not cover
        """
        resized = self._settings.sampling == 'resize'
        if resized or self._settings.options.segmentation != 'whole':
            return self._settings.border
        found = [0, 0, 0]
        for each in self.subjects.values():
            for axis, first in zip(self.axes, each.built.place.corner):
                found[axis] = max(found[axis], first)
        return tuple(found)

    def plan_subject(self, image_id: int, space: NetworkSpace) -> SubjectPlan:
        """
        :param image_id: NiftyNet's
        :param space: the subject's network space
        :return: what is to be written for it
        """
        each = self.subjects[image_id]
        built = each.built
        self._plans[image_id] = plan_subject(
            self._settings,
            [layer for layer in built.layers if layer.key in self._chosen],
            each.subject,
            space,
            built.geometries,
            each.alignment,
            built.computed,
        )
        return self._plans[image_id]

    def plan(self, keys: Set[str], image_ids: Sequence[int], limit: float) -> List[Way]:
        """
        :param keys: keys of the layers of which maps are made
        :param image_ids: of the subjects that are not complete
        :param limit: bytes of memory that a pass may use
        :return: a description of each subject's pass, for the log and the outline
        :raises GeometryError: if a pass does not fit into the limit
        """
        if keys != self._keys:
            self._passes.clear()  # they give other layers
        self._keys = keys
        reader = tf.train.load_checkpoint(self._settings.checkpoint.path)
        scratch = scratch_folder() or output_folder(self._settings)
        free = free_bytes(scratch)
        ways = []
        for each in (self.subjects[image_id] for image_id in image_ids):
            size = each.built.size
            if size not in self._passes and self._wanted():
                spatial = [size[axis] for axis in self.axes]
                self._passes[size] = WholePass(
                    lambda sizes: self._networks.targets(sizes, self._keys),
                    reader.get_tensor,
                    spatial,
                    self._left(each, limit),
                    0.9 * free,
                    scratch,
                )
            if size in self._passes:
                slices = len(each.starts)
                self.steps += self._passes[size].steps * slices
                way = self._passes[size].way
                ways.append(way._replace(subjects=[each.subject.name], slices=slices))
        return ways

    def _left(self, each: SubjectOnVolume, limit: float) -> float:
        """Bytes left for the windows of a pass, and for what it keeps from stage to stage."""
        held = each.bytes(self.modalities)
        if held + OVERHEAD >= limit:
            raise GeometryError(
                'activation_pass = whole: of activation_memory {} are left beside writing, and '
                "graphs, threads, the volume of subject '{}' and its segmentation take {}; raise "
                'it, or use activation_pass = windows'.format(
                    amount(limit), each.subject.name, amount(held + OVERHEAD)
                )
            )
        return (limit - OVERHEAD - held) / growth()

    def _wanted(self) -> bool:
        return bool(self._keys) or self._settings.options.segmentation == 'whole'

    def run(
        self,
        image_id: int,
        read: Callable[[int], np.ndarray],
        run: WindowTaking,
        fill: float = 0.0,
    ) -> Optional[np.ndarray]:
        """
        Run the pass of one subject, where that has not been done.

        :param image_id: NiftyNet's
        :param read: gives the volume of a subject, (x, y, z, 1, modality) in network space
        :param run: takes the maps
        :param fill: NiftyNet's result where the network's output does not reach
        :return: NiftyNet's result, None where it is not wanted: (x, y, z, channels) on the padded
            volume, or, for a resized volume, on the network's output
        """
        if image_id in self._done:
            return None
        self._done.add(image_id)
        each = self.subjects[image_id]
        layers = [layer for layer in each.built.layers if layer.key in (self._keys or ())]
        one = SubjectPass(each, self.axes, layers, self._masks_of(image_id), run)
        if each.built.size not in self._passes:
            one.without_network()
            return None
        return one.over(self._passes[each.built.size], read, fill)

    def _masks_of(self, image_id: int) -> Masks:
        """
        Layer's key -> map and mask; empty where the whole volume is computed anyway.
        """
        plans = self._plans.get(image_id)
        if plans is None or self._settings.options.segmentation == 'whole':
            return {}
        maps = [each for each in plans.maps if each.key in (self._keys or ())]
        return {
            each.key: (each, mask_of(each))
            for each in maps
            if isinstance(each, MapPlan) and each.mask is not None
        }
