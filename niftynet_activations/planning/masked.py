# -*- coding: utf-8 -*-
"""
``activation_mask``: which samples are kept, and which windows no kept sample needs.

- *mask*: an image; samples whose nearest voxel of it is 0 are missing in the map, the others are
  *kept*;
- *part*: a box of the samples that a window gives, told by its first sample (*corner*) and its
  shape; a window that comes as a whole has one part.
"""

import itertools
import os
from functools import lru_cache
from typing import FrozenSet, List, NamedTuple, Optional, Sequence, Tuple

import numpy as np

from niftynet_activations.errors import GeometryError, ReadError
from niftynet_activations.planning.plan import MapPlan, SubjectPlan
from niftynet_activations.space.sample_mask import SampleMask
from niftynet_activations.stitching.axis_plan import Run
from niftynet_activations.store.files import file_state
from niftynet_activations.store.lazy_arrays import load_nifti
from niftynet_activations.store.spec import placed

Start = Tuple[int, int, int]
Range = Tuple[int, int]  # first index, and the index behind the last
READ_AT_A_TIME = 2  # masks in memory: those of one subject and of the next


class MaskImage(NamedTuple):
    """A mask that has been read."""

    voxels: np.ndarray  # (x, y, z) bool
    affine: np.ndarray  # (4, 4), voxels to mm


def read_mask(path: str) -> MaskImage:
    """
    :param path: of an image with one value a voxel
    :return: the mask
    :raises ReadError: if it cannot be read, or has more than three axes
    """
    return _read(path, _state(path) if os.path.isfile(path) else None)


def _state(path: str) -> Tuple[int, ...]:
    """
    Size, time and inode number of a file, which tell another file of the same path apart. (The
    path of an open file without a name may lead to another file later.)
    """
    return file_state(path) + (os.stat(path).st_ino,)


@lru_cache(maxsize=READ_AT_A_TIME)
def _read(path: str, state: Optional[Tuple[int, ...]]) -> MaskImage:
    """
    Read a mask. The last ones are remembered; a mask is read again when its file's state differs.
    """
    image = load_nifti(path)
    try:
        values = np.asarray(image.dataobj)
    except (OSError, EOFError, ValueError) as error:
        raise ReadError('the mask {} cannot be read to its end: {}'.format(path, error)) from error
    sizes = list(values.shape) + [1, 1]
    if int(np.prod(sizes[3:])) != 1:
        raise ReadError(
            'the mask {} has shape {}; a mask has one value a voxel'.format(path, values.shape)
        )
    values = values.reshape(sizes[:3])
    return MaskImage((values != 0) & (values == values), np.asarray(image.affine, np.float64))


def mask_of(plan: MapPlan) -> SampleMask:
    """
    :param plan: of a map with a mask
    :return: which of its samples are kept
    :raises ReadError: if the mask cannot be read
    :raises GeometryError: if it lies elsewhere
    """
    image = read_mask(str(plan.mask))
    affine = np.asarray(placed(plan.spec).affine)
    try:
        return SampleMask(image.voxels, image.affine, affine, plan.spec.shape_xyz)
    except GeometryError as error:
        raise GeometryError(
            'activation_mask: {} does not overlap {}: give a mask in the space of the image'.format(
                plan.mask, plan.spec.name
            )
        ) from error


def without_unneeded(plan: SubjectPlan) -> SubjectPlan:
    """
    :param plan: of a subject of which NiftyNet's own result is not wanted
    :return: the same, with the windows that no kept sample needs in ``unneeded``. One window is
        always needed, so that NiftyNet comes to the subject
    """
    maps = [each for each in plan.maps if isinstance(each, MapPlan)]
    if len(maps) < len(plan.maps) or any(each.mask is None for each in maps) or not maps:
        return plan
    masks = [mask_of(each) for each in maps]
    starts: List[Start] = [
        (x, y, z) for x, y, z in itertools.product(*(sorted(set(each)) for each in plan.starts))
    ]
    needed = [
        start
        for start in starts
        if any(is_needed(one, mask, start) for one, mask in zip(maps, masks))
    ]
    unneeded = frozenset(starts) - frozenset(needed or starts[:1])
    return plan._replace(
        unneeded=unneeded, maps=[each._replace(unneeded=unneeded) for each in maps]
    )


def is_needed(
    plan: MapPlan,
    mask: SampleMask,
    start: Sequence[int],
    corner: Optional[Sequence[int]] = None,
    shape: Optional[Sequence[int]] = None,
) -> bool:
    """
    :param plan: of a map
    :param mask: which of its samples are kept
    :param start: of a window, (x, y, z) voxels
    :param corner: of a part of what it gives, (x, y, z); the whole window where not given
    :param shape: of the part
    :return: whether a kept sample of the map is made of samples of the part
    """
    for _, runs in plan.stitching.placements(start):
        ranges = [
            _given(run, None if corner is None or shape is None else (corner[axis], shape[axis]))
            for axis, run in enumerate(runs)
        ]
        if all(first < last for first, last in ranges):
            if plan.grid is not None:
                ranges = plan.grid.reached(ranges)
            if mask.kept[tuple(slice(first, last) for first, last in ranges)].any():
                return True
    return False


def unneeded_samples(starts: FrozenSet[Start], plan: MapPlan) -> List[Tuple[Start, Start]]:
    """
    :param starts: of windows that are not computed
    :param plan: of a map that takes each sample from one window
    :return: corner and shape of each box of the map that would come from these windows
    """
    found = []
    for start in sorted(starts):
        for box, _ in plan.stitching.placements(start):
            (x, y, z), (size_x, size_y, size_z) = box
            found.append(((x, y, z), (size_x, size_y, size_z)))
    return found


def _given(run: Run, part: Optional[Range]) -> Range:
    """The range of the map's samples that are made of a part of a window, on one axis."""
    if part is None:
        return run.first, run.first + run.count
    corner, count = part
    beyond = 0 if run.weight is None else 1  # the next sample has a weight too
    inside = np.flatnonzero((run.lower + beyond >= corner) & (run.lower < corner + count))
    if not inside.size:
        return 0, 0
    return run.first + int(inside[0]), run.first + int(inside[-1]) + 1
