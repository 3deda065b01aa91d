# -*- coding: utf-8 -*-
"""
``activation_pass = whole``: for each subject one pass over its reference volume.

NiftyNet's engine still leads: its steps tell which subject is due. The pass runs beside its graph,
on graphs of its own.
"""

import copy
import shutil
from typing import (
    Callable,
    Collection,
    Dict,
    Iterator,
    List,
    NamedTuple,
    Optional,
    Sequence,
    Set,
    Tuple,
)

import numpy as np
from niftynet.engine.image_window import LOCATION_FORMAT
from niftynet.engine.sampler_grid_v2 import GridSampler

from niftynet_activations.capturing.building import build_on_placeholder
from niftynet_activations.capturing.fetched_layers import SavedLayer, choose_layers
from niftynet_activations.capturing.recording import NetworkRecord
from niftynet_activations.errors import GeometryError, OptionError
from niftynet_activations.exactness.judgement import MapVerdict, Wanted, always
from niftynet_activations.exactness.layer_geometry import LayerGeometries
from niftynet_activations.exactness.reference_volume import ReferenceShapes
from niftynet_activations.geometry.graph import read_geometry
from niftynet_activations.hints import Application, Graph, Index, JsonObject, Tensor
from niftynet_activations.host.quiet import silent_thread
from niftynet_activations.host.subjects import Subject
from niftynet_activations.host.substitutes import layer_beside
from niftynet_activations.host.tensorflow import tf
from niftynet_activations.planning.masked import is_needed, mask_of
from niftynet_activations.planning.outline import Way
from niftynet_activations.planning.plan import MapPlan, SubjectPlan
from niftynet_activations.planning.provenance import graph_digests
from niftynet_activations.planning.run_settings import RunSettings, output_folder
from niftynet_activations.planning.subject_plans import OWN_RESULT, plan_subject
from niftynet_activations.planning.window_grids import Alignment
from niftynet_activations.running.taking import WindowTaking
from niftynet_activations.space.network_space import NetworkSpace
from niftynet_activations.space.sample_mask import SampleMask
from niftynet_activations.stitching.axis_plan import StitchPlan
from niftynet_activations.stitching.windows import extend
from niftynet_activations.store.folder import scratch_folder
from niftynet_activations.whole_pass.engine import WholePass
from niftynet_activations.whole_pass.plan import OVERHEAD

Sizes = Tuple[int, ...]
Masks = Dict[str, Tuple[MapPlan, SampleMask]]  # output name -> its map, and which samples are kept
RANDOM = 'random numbers'  # in the reason that the graph's reading gives


class WholeGeometries(LayerGeometries):
    """Of layers in the network that is built on the reference volume: every map is exact there."""

    def judge_map(
        self,
        layer: SavedLayer,
        volume: Sequence[int],
        aligned: bool,
        stitching: StitchPlan,
        wanted: Wanted = always,
    ) -> MapVerdict:
        reasons = self._random(layer)
        return MapVerdict(not reasons, '; '.join(reasons) or None, list(volume))

    def judge_row(self, layer: SavedLayer) -> JsonObject:
        reasons = self._random(layer)
        return dict(exact=not reasons, inexact_because='; '.join(reasons) or None)

    def _random(self, layer: SavedLayer) -> List[str]:
        read = self._read[layer.fetched.name]
        return [reason for reason in read.inexact_because if RANDOM in reason]


class BuiltOnVolume(NamedTuple):
    """The network on one reference volume."""

    size: Sizes  # (x, y, z)
    layers: List[SavedLayer]
    geometries: WholeGeometries
    computed: Dict[str, str]  # tensor name -> digest of what its values depend on in the graph
    logits: Tuple[float, ...]  # offset of the network's output on the network's axes


class SubjectOnVolume(NamedTuple):
    """A subject as its pass sees it."""

    subject: Subject  # whose window is the reference volume, or a slice of it
    alignment: Optional[Alignment]  # None: the volume is NiftyNet's one window, resized
    built: BuiltOnVolume


class SubjectSampler(GridSampler):
    """A sampler that cuts nothing: one row of location a subject tells which one is due."""

    @classmethod
    def beside(cls, sampler: GridSampler) -> 'SubjectSampler':
        """
        :param sampler: as NiftyNet's application has made it
        :return: a sampler of the same subjects
        """
        return layer_beside(cls, sampler, 'subject_sampler')

    def layer_op(self) -> Iterator[Dict[str, np.ndarray]]:
        """
        :return: NiftyNet's dictionaries of one window, here of zeros, and its location each; the
            last one, filled with -1, is its sign to stop
        """
        empty: Dict[str, np.ndarray] = {}
        for name in self.window.names:
            shape = [size or 1 for size in self.window.shapes[name]]
            empty[name] = np.zeros([1] + shape[1:], self.tf_dtypes[name].as_numpy_dtype)
        size = empty[self.window.names[0]].shape[1:4]
        for image_id in range(self.reader.num_subjects):
            if image_id in self.reader.passed_over:
                continue
            place = np.array([[image_id] + [0] * 3 + list(size)], np.int32)
            for _ in range(self.batch_size):
                yield _with_places(empty, place)
        end = {name: np.full_like(values, -1) for name, values in empty.items()}
        yield _with_places(end, np.full([1, 7], -1, np.int32))


def _with_places(windows: Dict[str, np.ndarray], place: np.ndarray) -> Dict[str, np.ndarray]:
    return dict(windows, **{LOCATION_FORMAT.format(name): place for name in windows})


class WholePasses(object):
    """
    The passes of a run.

    :param application: NiftyNet's, whose network it is; left as it is
    :param settings: of the run
    :param references: finds reference volumes
    :param axes: which of x, y, z the network sees
    :param modalities: of its input
    :ivar steps: of all passes together, once they are planned
    """

    def __init__(
        self,
        application: Application,
        settings: RunSettings,
        references: ReferenceShapes,
        axes: Sequence[int],
        modalities: int,
    ) -> None:
        self._application, self._settings = application, settings
        self._references, self._axes, self._modalities = references, tuple(axes), modalities
        self._built: Dict[Sizes, BuiltOnVolume] = {}
        self._passes: Dict[Sizes, WholePass] = {}
        self._keys: Optional[Set[str]] = None  # of the layers of which maps are made; None: all
        self._chosen: Set[str] = set()  # keys of the layers that the run wants
        self._done: Set[int] = set()
        self.subjects: Dict[int, SubjectOnVolume] = {}
        self._plans: Dict[int, SubjectPlan] = {}
        self.steps = 0
        if len(self._axes) < 2:
            raise OptionError('activation_pass = whole needs a network of at least two axes')

    def begin(self, settings: RunSettings, keys: Collection[str]) -> None:
        """
        Forget the subjects; what is known of sizes stays.

        :param settings: of the run that begins
        :param keys: of the layers that are wanted in it
        """
        self._settings, self._chosen = settings, set(keys)
        self._done.clear()
        self.subjects.clear()

    def add(self, subject: Subject, periods: Sequence[int]) -> None:
        """
        :param subject: one of the run
        :param periods: common to the chosen layers
        :raises GeometryError: if no near size suits the network
        """
        resized = self._settings.sampling == 'resize'
        volume = subject.window if resized else subject.padded_shape
        size = self._references.find(volume, periods)
        if size is None or (resized and tuple(size) != tuple(volume)):
            raise GeometryError(
                'activation_pass = whole: the network takes no size near the volume of subject '
                "'{}' ({} voxels); use activation_pass = windows".format(
                    subject.name, ' x '.join(str(each) for each in volume)
                )
            )
        thin = [axis for axis in range(3) if axis not in self._axes]
        along_x, along_y, along_z = (1 if axis in thin else n for axis, n in enumerate(size))
        starts = [list(range(each)) if axis in thin else [0] for axis, each in enumerate(size)]
        self.subjects[subject.index] = SubjectOnVolume(
            subject._replace(window=(along_x, along_y, along_z)),
            None if resized else Alignment(size, starts),
            self._built_on(size),
        )

    def _built_on(self, size: Sizes) -> BuiltOnVolume:
        if size not in self._built:
            image, layers, record = self._build([size[axis] for axis in self._axes])
            fetched = [layer.fetched for layer in layers]
            geometries = WholeGeometries(record, layers, self._axes, self._references)
            computed = graph_digests(fetched + [record.logits], image)
            way = self._settings.options.segmentation
            computed[OWN_RESULT] = computed[record.logits.name] + ('' if way == 'windows' else way)
            self._built[size] = BuiltOnVolume(size, layers, geometries, computed, _offsets(record))
        return self._built[size]

    def _build(self, sizes: Sequence[int]) -> Tuple[Graph, List[SavedLayer], Tensor]:
        application = copy.copy(self._application)  # whose own network stays what it is
        with tf.Graph().as_default(), silent_thread():
            shape = [1] + [int(size) for size in sizes] + [self._modalities]
            record = build_on_placeholder(application, shape)
            return record.image, choose_layers(record, self._settings.options), record

    def _build_targets(self, sizes: Sequence[int]) -> Tuple[Graph, List[Tensor]]:
        image, layers, record = self._build(sizes)
        keys = self._keys
        targets = [each.fetched for each in layers if keys is None or each.key in keys]
        if self._settings.options.segmentation == 'whole':
            with image.graph.as_default():
                targets.append(self._application.activation_result(record.logits))
        return image, targets

    def rim(self) -> Tuple[int, ...]:
        """
        :return: voxels at the ends of x, y and z that NiftyNet's result leaves out
        """
        resized = self._settings.sampling == 'resize'
        if resized or self._settings.options.segmentation != 'whole':
            return self._settings.border
        found = [0, 0, 0]
        for each in self.subjects.values():
            for axis, offset in zip(self._axes, each.built.logits):
                found[axis] = max(found[axis], int(offset))
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
        :param keys: of the layers of which maps are made
        :param image_ids: of the subjects of which something is to be done
        :param limit: bytes that a pass may hold
        :return: what is told of the pass of each subject of which one is made
        :raises GeometryError: if one does not fit
        """
        if keys != self._keys:
            self._passes.clear()  # they give other layers
        self._keys = keys
        reader = tf.train.load_checkpoint(self._settings.checkpoint.path)
        scratch = scratch_folder() or output_folder(self._settings)
        free = shutil.disk_usage(scratch).free
        ways = []
        for each in (self.subjects[image_id] for image_id in image_ids):
            size = each.built.size
            if size not in self._passes and self._wanted():
                spatial = [size[axis] for axis in self._axes]
                self._passes[size] = WholePass(
                    self._build_targets,
                    reader.get_tensor,
                    spatial,
                    limit - OVERHEAD,
                    0.9 * free,
                    scratch,
                )
            if size in self._passes:
                slices = len(self._starts(each))
                self.steps += self._passes[size].steps * slices
                way = self._passes[size].way
                ways.append(way._replace(subjects=[each.subject.name], slices=slices))
        return ways

    def _wanted(self) -> bool:
        return bool(self._keys) or self._settings.options.segmentation == 'whole'

    def _starts(self, each: SubjectOnVolume) -> List[Tuple[int, int, int]]:
        if each.alignment is None:
            return [(0, 0, 0)]
        along_x, along_y, along_z = each.alignment.starts
        return [(x, y, z) for x in along_x for y in along_y for z in along_z]

    def run(
        self, image_id: int, read: Callable[[int], np.ndarray], run: WindowTaking
    ) -> Optional[np.ndarray]:
        """
        Run the pass of one subject, where that has not been done.

        :param image_id: NiftyNet's
        :param read: gives the volume of a subject, (x, y, z, 1, modality) in network space
        :param run: takes the maps
        :return: NiftyNet's result, where it is wanted: of the padded volume, (x, y, z, channels),
            or of a resized one as the network gives it
        """
        if image_id in self._done:
            return None
        self._done.add(image_id)
        each = self.subjects[image_id]
        size, result = each.built.size, None
        masks = self._masks_of(image_id)
        volume = read(image_id)[..., 0, :] if size in self._passes else None
        if volume is not None:
            volume = extend(np.asarray(volume, np.float32), list(size))
        for start in self._starts(each):
            if volume is not None:
                cut = tuple(
                    slice(None) if axis in self._axes else at for axis, at in enumerate(start)
                )
                part = self._run_one(each, image_id, start, volume[cut][np.newaxis], run, masks)
                result = self._placed(result, part, each, start)
            run.end_window(image_id, start)
        return result

    def _run_one(
        self,
        each: SubjectOnVolume,
        image_id: int,
        start: Tuple[int, int, int],
        image: np.ndarray,
        run: WindowTaking,
        masks: Masks,
    ) -> Optional[np.ndarray]:
        engine = self._passes[each.built.size]
        wanted = [layer for layer in each.built.layers if layer.key in (self._keys or ())]
        keys: Dict[str, List[str]] = {}
        for name, layer in zip(engine.targets, wanted):
            keys.setdefault(name, []).append(layer.key)
        segmented = engine.targets[-1] if len(engine.targets) > len(wanted) else None
        parts: List[Tuple[Tuple[int, ...], np.ndarray]] = []

        def take(name: str, corner: Tuple[int, ...], values: np.ndarray) -> None:
            if name == segmented:
                parts.append((corner[1:], values[0].copy()))
            for key in keys.get(name, ()):
                run.add_part(image_id, start, key, corner[1:-1], np.array(values[0]))

        def used(name: str, place: Tuple[slice, ...]) -> bool:
            inside = place[1:-1]
            corner = self._along_axes([each.start for each in inside], 0)
            shape = self._along_axes([each.stop - each.start for each in inside], 1)
            return any(
                is_needed(masks[key][0], masks[key][1], start, corner, shape)
                for key in keys.get(name, ())
            )

        loose = engine.run(
            image,
            take,
            lambda stage, stages: run.step(_stage_of(stage, stages)),
            used if masks else None,
        )
        for name, values in loose.items():
            for key in keys.get(name, ()):
                run.add_part(image_id, start, key, (), np.asarray(values)[0])
        return _joined(parts)

    def _along_axes(self, values: Sequence[int], other: int) -> List[int]:
        """For x, y and z; along axes that the network does not see the other value."""
        found = [other] * 3
        for axis, value in zip(self._axes, values):
            found[axis] = value
        return found

    def _masks_of(self, image_id: int) -> Masks:
        """Of the maps of a subject; empty where the whole volume is computed in any case."""
        plans = self._plans.get(image_id)
        if plans is None or self._settings.options.segmentation == 'whole':
            return {}
        maps = [each for each in plans.maps if each.key in (self._keys or ())]
        return {
            each.key: (each, mask_of(each))
            for each in maps
            if isinstance(each, MapPlan) and each.mask is not None
        }

    def _placed(
        self,
        result: Optional[np.ndarray],
        part: Optional[np.ndarray],
        each: SubjectOnVolume,
        start: Tuple[int, int, int],
    ) -> Optional[np.ndarray]:
        """The part put into the padded volume, whose voxels the network's output lies on."""
        if part is None or each.alignment is None:
            return part  # NiftyNet's aggregator puts a resized volume back itself
        shape = each.subject.padded_shape
        if result is None:
            result = np.zeros(shape + part.shape[-1:], part.dtype)
        target: List[Index] = list(start)
        source: List[Index] = []
        for axis, offset, count in zip(self._axes, each.built.logits, part.shape):
            first, last = int(offset), min(int(offset) + count, shape[axis])
            target[axis] = slice(first, last)
            source.append(slice(0, last - first))
        if all(start[axis] < shape[axis] for axis in range(3) if axis not in self._axes):
            result[tuple(target)] = part[tuple(source)]
        return result


def _offsets(record: NetworkRecord) -> Tuple[float, ...]:
    """Where the first voxel of the network's output lies, on the axes that the network sees."""
    logits: Tensor = record.logits
    image: Tensor = record.image
    axes = read_geometry([logits], image)[logits.name].axes
    if axes is not None:
        return tuple(axis.offset for axis in axes)
    sizes = zip(image.shape.as_list()[1:-1], logits.shape.as_list()[1:-1])
    return tuple((before - after) / 2.0 for before, after in sizes)


def _stage_of(stage: int, stages: int) -> str:
    return 'stage {} of {}'.format(stage, stages) if stages > 1 else ''


def _joined(parts: Sequence[Tuple[Tuple[int, ...], np.ndarray]]) -> Optional[np.ndarray]:
    """Boxes without gaps, put together."""
    if not parts:
        return None
    ends = [[c + n for c, n in zip(corner, values.shape)] for corner, values in parts]
    whole = np.zeros([max(each) for each in zip(*ends)], parts[0][1].dtype)
    for corner, values in parts:
        whole[tuple(slice(c, c + n) for c, n in zip(corner, values.shape))] = values
    return whole
