# -*- coding: utf-8 -*-
"""
Where the windows of a subject lie: NiftyNet's own grid, one resized window, or an aligned grid.

- *alignment*: the windows of ``activation_grid = aligned``, which run over the reference volume and
  start on multiples of the layers' common period.
"""

from typing import Callable, Dict, List, NamedTuple, Optional, Sequence, Tuple

from niftynet_activations.errors import GeometryError
from niftynet_activations.host.subjects import Subject, window_starts
from niftynet_activations.planning.plan import Windows
from niftynet_activations.planning.run_settings import RunSettings
from niftynet_activations.space.sizes import as_product
from niftynet_activations.stitching.windows import aligned_starts

FindReference = Callable[[Sequence[int], Sequence[int]], Optional[Tuple[int, ...]]]


class Alignment(NamedTuple):
    """The windows of one subject on an aligned grid."""

    shape: Tuple[int, ...]  # of the reference volume, (x, y, z) in voxels
    starts: List[List[int]]  # of the windows on each axis


def align(
    subjects: Sequence[Subject],
    border: Sequence[int],
    periods: Sequence[int],
    find_reference: FindReference,
) -> Dict[int, Alignment]:
    """
    :param subjects: all subjects of the run
    :param border: NiftyNet's option ``border``, voxels for x, y and z
    :param periods: the common period of the chosen layers, voxels for x, y and z
    :param find_reference: gives the size of the reference volume, from the size of a volume and the
        periods; None where the network accepts no near size
    :return: NiftyNet's image id -> its alignment
    :raises GeometryError: if the network accepts no size near a subject's volume
    """
    return {subject.index: _align(subject, border, periods, find_reference) for subject in subjects}


def _align(
    subject: Subject,
    border: Sequence[int],
    periods: Sequence[int],
    find_reference: FindReference,
) -> Alignment:
    shape = find_reference(subject.padded_shape, periods)
    if shape is None:
        raise GeometryError(
            "activation_grid = aligned: the network takes no size near the volume of subject '{}' "
            '({} voxels); use activation_grid = niftynet'.format(
                subject.name, as_product(subject.padded_shape)
            )
        )
    starts = [aligned_starts(*each) for each in zip(shape, subject.window, border, periods)]
    return Alignment(shape, starts)


def windows_of(settings: RunSettings, subject: Subject, alignment: Optional[Alignment]) -> Windows:
    """
    :param settings: of the run
    :param subject: a subject of the run
    :param alignment: of the subject; None for NiftyNet's own windows
    :return: where its windows lie
    """
    padding: Sequence[float] = [below for below, _ in subject.padding]
    image: Sequence[float] = subject.image_shape
    if alignment is not None:
        return Windows(alignment.starts, subject.window, alignment.shape, image, padding)
    starts = window_starts(subject, settings.sampling, settings.border)
    volume = subject.padded_shape
    if settings.sampling == 'resize':
        volume = subject.window
        zooms = [
            (after - 1) / (before - 1) if before > 1 else 1.0
            for before, after in zip(subject.padded_shape, subject.window)
        ]
        image = [(size - 1) * zoom + 1 for size, zoom in zip(subject.image_shape, zooms)]
        padding = [below * zoom for (below, _), zoom in zip(subject.padding, zooms)]
    return Windows(starts, subject.window, volume, image, padding)
