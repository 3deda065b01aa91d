# -*- coding: utf-8 -*-
"""
The segmentations of one subject: the unchanged one is kept in memory; the changed ones are compared
with it part by part, as they come.
"""

from typing import List, NamedTuple, Optional, Sequence, Tuple

import numpy as np

from niftynet_activations.ablation.changes import Given
from niftynet_activations.ablation.effect import NOT_COUNTED, Effect, Overlap
from niftynet_activations.ablation.sums import Means
from niftynet_activations.space.lattice import inside_image
from niftynet_activations.whole_pass.execution import Told
from niftynet_activations.whole_pass.sweep import Repeated, Sweep

Start = Tuple[int, int, int]
Corner = Tuple[int, ...]


class Frame(NamedTuple):
    """Where the segmentation lies in the volume that the passes run over."""

    shape: Sequence[int]  # (x, y, z) voxels of that volume
    axes: Sequence[int]  # which of x, y, z the network sees
    offsets: Sequence[int]  # first voxel of the segmentation on these axes
    image: Sequence[float]  # (x, y, z) voxels of the image, without padding
    padding: Sequence[float]  # voxels below the image


class OneVolume(object):
    """
    The ablation of one subject and layer.

    :param frame: where the segmentation lies
    :param starts: where passes start: one, or one for each slice that a 2-D network takes
    :param classes: of the network
    :param truth: (x, y, z) int16 classes of the voxels of the volume; None where none are given
    :ivar before: (x, y, z) int16, classes of the unchanged segmentation; NOT_COUNTED elsewhere
    """

    def __init__(
        self,
        frame: Frame,
        starts: Sequence[Start],
        classes: int,
        truth: Optional[np.ndarray] = None,
    ) -> None:
        self._frame, self._starts, self._truth = frame, list(starts), truth
        self._classes = classes
        self.before = np.full(tuple(frame.shape), NOT_COUNTED, np.int16)
        lattices = [inside_image(1, 0, n, below) for n, below in zip(frame.image, frame.padding)]
        self._inside = [(each.first, each.first + each.count) for each in lattices]

    def run(
        self,
        sweep: Sweep,
        image: np.ndarray,
        given: Given,
        channels: Sequence[int],
        means: Optional[Means] = None,
        told: Optional[Told] = None,
    ) -> List[Effect]:
        """
        :param sweep: over volumes of this size
        :param image: (x, y, z, modalities) float32
        :param given: the given numbers of each run
        :param channels: numbers of the channels that are changed in turn
        :param means: takes the layer's own output; None where means are not needed
        :param told: called when a window is done
        :return: the effect of each channel's change
        """
        known = Overlap(self._classes + 1, self._classes)
        effects = [self._effect(known) for _ in channels]
        # the means of all slices are needed before the first one is changed
        twice = means is not None and len(self._starts) > 1
        for start in self._starts:

            def take(name: str, corner: Corner, values: np.ndarray, at: Start = start) -> None:
                if name == sweep.targets[0]:
                    place, found = self._placed(at, corner, values)
                    self.before[place] = found
                elif means is not None:
                    means.add(at, corner, values)

            with sweep.over(self._cut(image, start), take, told) as repeated:
                repeated.run(given.nothing(), take)
                if not twice:
                    self._change(repeated, sweep.targets[0], start, given, channels, means, effects)
        for start in self._starts if twice else ():
            with sweep.over(self._cut(image, start), _nothing, told) as repeated:
                self._change(repeated, sweep.targets[0], start, given, channels, means, effects)
        if self._truth is not None:
            known.add(self._truth, self.before)
        return effects

    def _effect(self, known: Overlap) -> Effect:
        change = Overlap(self._classes, self._classes)
        if self._truth is None:
            return Effect(change, None, None)
        return Effect(change, known, Overlap(self._classes + 1, self._classes))

    def _change(
        self,
        repeated: Repeated,
        result: str,
        start: Start,
        given: Given,
        channels: Sequence[int],
        means: Optional[Means],
        effects: Sequence[Effect],
    ) -> None:
        numbers = None if means is None else means.result()
        for channel, effect in zip(channels, effects):

            def take(
                name: str, corner: Corner, values: np.ndarray, counted: Effect = effect
            ) -> None:
                if name != result:
                    return
                place, after = self._placed(start, corner, values)
                counted.change.add(self.before[place], after)
                if self._truth is not None and counted.after is not None:
                    counted.after.add(self._truth[place], after)

            repeated.run(given.channels([channel], numbers), take)

    def _cut(self, image: np.ndarray, start: Start) -> np.ndarray:
        """The input of a pass, (1, spatial axes ..., modalities)."""
        place = tuple(
            slice(None) if axis in self._frame.axes else at for axis, at in enumerate(start)
        )
        return image[place][np.newaxis]

    def _placed(
        self, start: Start, corner: Corner, values: np.ndarray
    ) -> Tuple[Tuple[slice, ...], np.ndarray]:
        """The part's voxels inside the image: their place in the volume, and their classes."""
        found, place, inside, seen = values[0, ..., 0], [], [], 0
        for axis in range(3):
            first, size = start[axis], 1
            if axis in self._frame.axes:
                first = self._frame.offsets[seen] + corner[1 + seen]
                size = values.shape[1 + seen]
                seen += 1
            else:
                found = np.expand_dims(found, axis)
            low, high = self._inside[axis]
            low = min(max(low, first), first + size)
            high = max(min(high, first + size), low)
            place.append(slice(low, high))
            inside.append(slice(low - first, high - first))
        return tuple(place), found[tuple(inside)].astype(np.int16)


def _nothing(name: str, corner: Corner, values: np.ndarray) -> None:
    """Ignore parts of the unchanged segmentation, which was taken before."""
