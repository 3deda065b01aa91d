# -*- coding: utf-8 -*-
"""
What a run will do, in lines for its log and for ``net_activations plan``, and as JSON.

- *way*: how the network runs over volumes of one size: in windows, or in stages of a whole pass;
- *work*: computation as a multiple of one pass of the network over the volume: 2 means that every
  voxel is computed twice on average, since windows overlap.

TensorFlow and NiftyNet are not imported.
"""

import json
from typing import Dict, Hashable, List, NamedTuple, Optional, Sequence

import numpy as np

from niftynet_activations.hints import JsonObject
from niftynet_activations.space.sizes import as_product

WINDOWS, WHOLE = 'windows', 'whole'


class StageOutline(NamedTuple):
    """Windows of one size that cover the volume."""

    windows: List[int]  # how many, for each axis
    size: List[int]  # of one, voxels
    work: float  # how often a voxel is computed on average, in this stage


class Way(NamedTuple):
    """How the network goes over the volumes of some subjects."""

    kind: str  # windows or whole
    subjects: List[str]
    volume: List[int]  # voxels, for each axis that the network sees
    stages: List[StageOutline]  # one for windows
    work: float
    memory: Optional[int] = None  # bytes foreseen for the network's own tensors; None: not foreseen
    scratch: int = 0  # bytes of scratch files between stages
    slices: int = 1  # how many slices a 2-D network takes one after the other
    computed: Optional[int] = None  # how many windows are computed; None: all


class MapOutline(NamedTuple):
    """The maps of one layer."""

    layer: str
    channels: int
    shape: List[int]  # (x, y, z) samples of the first subject's map
    subjects: int
    bytes: int  # of the maps of all subjects, before compression


class Outline(NamedTuple):
    """What a run will do."""

    folder: str
    segmentation: str  # the option's value
    maps: List[MapOutline]
    ways: List[Way]
    bytes: int  # of all maps before compression
    scratch: int  # bytes of scratch files, in which samples wait until maps are complete
    memory: Optional[Dict[str, int]]  # bytes: stitching, step, limit; None where no map is made
    kept: List[str]  # subjects that are complete already
    lines: List[str]  # as the run's log has them


def amount(size: float) -> str:
    """
    :param size: bytes
    :return: text such as ``2.9 GB``, in powers of ten as disks are sold
    """
    if size < 1000:
        return '{:.0f} bytes'.format(size)
    for power, unit in ((1, 'kB'), (2, 'MB'), (3, 'GB')):
        if size < 1000 ** (power + 1):
            return '{:.1f} {}'.format(size / 1000**power, unit)
    return '{:.1f} TB'.format(size / 1000**4)


def windows_way(
    subject: str,
    volume: Sequence[int],
    starts: Sequence[Sequence[int]],
    window: Sequence[int],
    computed: Optional[int] = None,
) -> Way:
    """
    :param subject: its name
    :param volume: size of the volume that windows are cut from, (x, y, z) voxels
    :param starts: where windows start, on each axis
    :param window: size of a window, (x, y, z) voxels
    :param computed: how many of the windows are computed; all where not given
    :return: how the network goes over it
    """
    counts = [len(each) for each in starts]
    number = int(np.prod(counts)) if computed is None else computed
    work = number * float(np.prod(window, dtype=float)) / float(np.prod(volume, dtype=float))
    stage = StageOutline(counts, [int(size) for size in window], work)
    left = None if computed in (None, int(np.prod(counts))) else computed
    return Way(WINDOWS, [subject], [int(n) for n in volume], [stage], work, computed=left)


def joined(ways: Sequence[Way]) -> List[Way]:
    """
    :param ways: of single subjects
    :return: one for all subjects with the same volume and windows, in the order of their first
        subjects
    """
    found: Dict[Hashable, Way] = {}
    for way in ways:
        key = _alike(way)
        known = found.get(key)
        subjects = (known.subjects if known else []) + way.subjects
        found[key] = way._replace(subjects=subjects)
    return list(found.values())


def _alike(way: Way) -> Hashable:
    stages = tuple((tuple(each.windows), tuple(each.size)) for each in way.stages)
    return way.kind, tuple(way.volume), stages, way.slices, way.computed


def way_lines(way: Way) -> List[str]:
    """
    :param way: over volumes of one size
    :return: lines that describe it
    """
    volume = as_product(way.volume)
    if len(way.subjects) > 1:
        volume += ' ({} subjects)'.format(len(way.subjects))
    if way.kind == WINDOWS:
        (stage,) = way.stages
        left = '' if way.computed is None else ', {} of them computed'.format(way.computed)
        return [
            'windows over {}: {} windows of {}{}, {:.2f} times the work of one pass'.format(
                volume, as_product(stage.windows), as_product(stage.size), left, way.work
            )
        ]
    slices = '' if way.slices == 1 else ', {} slices one after the other'.format(way.slices)
    lines = [
        'whole pass over {}{}: {} stage{}, {:.2f} times the work of one pass, {} of memory, {} '
        'of scratch files'.format(
            volume,
            slices,
            len(way.stages),
            '' if len(way.stages) == 1 else 's',
            way.work,
            amount(way.memory or 0),
            amount(way.scratch),
        )
    ]
    for number, stage in enumerate(way.stages, 1):
        lines.append(
            'stage {}: {} windows of {}, {:.2f} times the volume'.format(
                number, as_product(stage.windows), as_product(stage.size), stage.work
            )
        )
    return lines


def to_json(outline: Outline) -> str:
    """
    :param outline: of a run
    :return: a JSON object; sizes in bytes and voxels
    """
    found: JsonObject = outline._asdict()
    del found['lines']
    found['maps'] = [each._asdict() for each in outline.maps]
    found['ways'] = [
        dict(way._asdict(), stages=[stage._asdict() for stage in way.stages])
        for way in outline.ways
    ]
    return json.dumps(found, indent=1, allow_nan=False)
