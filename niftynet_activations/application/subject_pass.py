# -*- coding: utf-8 -*-
"""
The whole pass of one subject: its parts go to the maps and to NiftyNet's own result.

A network that sees two axes passes over the volume slice by slice; a network that sees three axes
takes it at once.
"""

from typing import Callable, Dict, List, NamedTuple, Optional, Sequence, Tuple

import numpy as np

from niftynet_activations.application.volume_networks import BuiltOnVolume
from niftynet_activations.capturing.fetched_layers import SavedLayer
from niftynet_activations.hints import Key
from niftynet_activations.host.subjects import Subject
from niftynet_activations.planning.masked import is_needed
from niftynet_activations.planning.plan import MapPlan
from niftynet_activations.planning.window_grids import Alignment
from niftynet_activations.running.taking import WindowTaking
from niftynet_activations.space.sample_mask import SampleMask
from niftynet_activations.stitching.windows import extend
from niftynet_activations.whole_pass.engine import WholePass

Start = Tuple[int, int, int]
Masks = Dict[str, Tuple[MapPlan, SampleMask]]  # layer's key -> its map, and the kept samples
FLOAT_BYTES = 4
Part = Tuple[Tuple[int, ...], np.ndarray]  # the corner of a box of the result, and its values


class SubjectOnVolume(NamedTuple):
    """A subject with the reference volume that its pass runs over."""

    subject: Subject  # whose window is the reference volume, or a slice of it
    alignment: Optional[Alignment]  # None: the volume is NiftyNet's one window, resized
    built: BuiltOnVolume

    @property
    def starts(self) -> List[Start]:
        """Where the pass over the volume, or over each of its slices, starts."""
        if self.alignment is None:
            return [(0, 0, 0)]
        along_x, along_y, along_z = self.alignment.starts
        return [(x, y, z) for x in along_x for y in along_y for z in along_z]

    def bytes(self, modalities: int) -> int:
        """
        :param modalities: of the network's input
        :return: bytes that are in memory during the whole pass: the volume and NiftyNet's result
        """
        voxels = int(np.prod(self.built.size, dtype=np.int64))
        return voxels * modalities * FLOAT_BYTES + self.built.result * len(self.starts)


class SubjectPass(object):
    """The pass of one subject through the network."""

    def __init__(
        self,
        each: SubjectOnVolume,
        axes: Sequence[int],
        layers: Sequence[SavedLayer],
        masks: Masks,
        run: WindowTaking,
    ) -> None:
        """
        :param each: the subject
        :param axes: which of x, y, z the network sees
        :param layers: the layers of which maps are made
        :param masks: masks of the subject's maps; empty where the whole volume is computed anyway
        :param run: takes the parts of the maps
        """
        self._each, self._axes, self._layers = each, tuple(axes), layers
        self._masks, self._run = masks, run
        self._image_id = each.subject.index

    def over(
        self, engine: WholePass, read: Callable[[int], np.ndarray], fill: float = 0.0
    ) -> Optional[np.ndarray]:
        """
        :param engine: computes the layers' tensors, and as the last one NiftyNet's result where it
            is wanted
        :param read: gives the volume of a subject, (x, y, z, 1, modality) in network space
        :param fill: NiftyNet's result where the network's output does not reach
        :return: NiftyNet's result, None where it is not wanted: (x, y, z, channels) on the padded
            volume; for a resized volume, on the network's output, or without axes in space
        """
        volume = np.asarray(read(self._image_id)[..., 0, :], np.float32)
        volume = extend(volume, list(self._each.built.size))
        result = None
        for start in self._each.starts:
            cut = tuple(slice(None) if axis in self._axes else at for axis, at in enumerate(start))
            part = self._run_one(engine, start, volume[cut][np.newaxis])
            result = self._placed(result, part, start, fill)
            self._run.end_window(self._image_id, start)
        return result

    def without_network(self) -> None:
        """Tell the run that the subject has ended, where nothing has to be computed."""
        for start in self._each.starts:
            self._run.end_window(self._image_id, start)

    def _run_one(self, engine: WholePass, start: Start, image: np.ndarray) -> Optional[np.ndarray]:
        keys: Dict[str, List[str]] = {}
        for name, layer in zip(engine.targets, self._layers):
            keys.setdefault(name, []).append(layer.key)
        segmented = engine.targets[-1] if len(engine.targets) > len(self._layers) else None
        parts: List[Part] = []

        def take(name: str, corner: Tuple[int, ...], values: np.ndarray) -> None:
            if name == segmented:
                parts.append((corner[1:], values[0].copy()))
            for key in keys.get(name, ()):
                self._run.add_part(self._image_id, start, key, corner[1:-1], np.array(values[0]))

        def used(name: str, place: Tuple[slice, ...]) -> bool:
            return any(self._is_needed(key, start, place[1:-1]) for key in keys.get(name, ()))

        loose = engine.run(
            image,
            take,
            lambda stage, stages: self._run.step(_stage_of(stage, stages)),
            used if self._masks else None,
        )
        for name, values in loose.items():
            for key in keys.get(name, ()):
                self._run.add_part(self._image_id, start, key, (), np.asarray(values)[0])
        # a result without axes in space, such as a class of the whole image
        return np.asarray(loose[segmented])[0] if segmented in loose else joined(parts)

    def _is_needed(self, key: str, start: Start, place: Sequence[slice]) -> bool:
        if key not in self._masks:
            return True
        corner = self._along_axes([each.start for each in place], 0)
        shape = self._along_axes([each.stop - each.start for each in place], 1)
        return is_needed(self._masks[key][0], self._masks[key][1], start, corner, shape)

    def _along_axes(self, values: Sequence[int], other: int) -> List[int]:
        """
        Three numbers for x, y and z: *values* for the axes that the network sees, *other* for the
        rest.
        """
        found = [other] * 3
        for axis, value in zip(self._axes, values):
            found[axis] = value
        return found

    def _placed(
        self, result: Optional[np.ndarray], part: Optional[np.ndarray], start: Start, fill: float
    ) -> Optional[np.ndarray]:
        """The result, with *part* (the output of one pass) put at its place in the volume."""
        each = self._each
        if part is None or each.alignment is None:
            return part  # NiftyNet's aggregator resizes it back itself
        shape = each.subject.padded_shape
        if result is None:
            result = np.full(shape + part.shape[-1:], fill, part.dtype)
        target: List[Key] = list(start)
        source: List[Key] = []
        for axis, corner, count in zip(self._axes, each.built.place.corner, part.shape):
            first, last = max(corner, 0), min(corner + count, shape[axis])
            target[axis] = slice(first, last)
            source.append(slice(first - corner, last - corner))
        if all(start[axis] < shape[axis] for axis in range(3) if axis not in self._axes):
            result[tuple(target)] = part[tuple(source)]
        return result


def _stage_of(stage: int, stages: int) -> str:
    return 'stage {} of {}'.format(stage, stages) if stages > 1 else ''


def joined(parts: Sequence[Part]) -> Optional[np.ndarray]:
    """
    :param parts: boxes that fill an array without gaps
    :return: the array; None where there are no parts
    """
    if not parts:
        return None
    ends = [[c + n for c, n in zip(corner, values.shape)] for corner, values in parts]
    whole = np.zeros([max(each) for each in zip(*ends)], parts[0][1].dtype)
    for corner, values in parts:
        whole[tuple(slice(c, c + n) for c, n in zip(corner, values.shape))] = values
    return whole
