# -*- coding: utf-8 -*-
"""
What NiftyNet will cut from each subject's image: sizes, padding and windows.

All of it is known from the headers, before the first window is read.

- *padded shape*: the volume the sampler cuts windows from, (x, y, z) in network-space voxels;
- *padding*: how many of these lie below and above the image on each axis.
"""

from copy import deepcopy
from typing import Any, List, NamedTuple, Sequence, Tuple

import numpy as np
from niftynet.engine.sampler_grid_v2 import grid_spatial_coordinates
from niftynet.io.image_loader import load_image_obj
from niftynet.layer.pad import PadLayer

from niftynet_activations.errors import GeometryError
from niftynet_activations.space.network_space import NetworkSpace

N_SPATIAL = 3

Subject = NamedTuple(
    'Subject',
    [
        ('index', int),  # NiftyNet's image id
        ('name', str),  # NiftyNet's subject id
        ('image', Any),  # NiftyNet's image object
        ('image_shape', Tuple[int, int, int]),  # after reorientation and resampling
        ('padded_shape', Tuple[int, int, int]),
        ('padding', Tuple[Tuple[int, int], ...]),
        ('window', Tuple[int, int, int]),
    ],
)


def describe_subjects(reader: Any, window: Any, image_name: str = 'image') -> List[Subject]:
    """
    :param reader: NiftyNet's image reader, initialised
    :param window: the sampler's ``niftynet.engine.image_window.ImageWindow``
    :param image_name: the reader's field that windows are cut from
    :return: one entry a subject, in the reader's order
    """
    subjects = []
    for index, images in enumerate(reader.output_list):
        image = images[image_name]
        shape = tuple(int(size) for size in image.shape)
        padding = volume_padding(reader.preprocessors, shape)
        padded = tuple(
            size + below + above for size, (below, above) in zip(shape[:N_SPATIAL], padding)
        )
        static = window.match_image_shapes({image_name: padded + shape[N_SPATIAL:]})[image_name]
        subjects.append(
            Subject(
                index,
                str(reader.get_subject_id(index)),
                image,
                shape[:N_SPATIAL],
                padded,
                padding,
                tuple(int(size) for size in static[:N_SPATIAL]),
            )
        )
    return subjects


def spatial_axes_of(window: Any, image_name: str = 'image') -> List[int]:
    """
    :param window: the sampler's ``niftynet.engine.image_window.ImageWindow``
    :param image_name: the field that windows are cut from
    :return: which of x, y, z reach the network; NiftyNet leaves out those one voxel thick
    """
    sizes = window.shapes[image_name][1 : 1 + N_SPATIAL]
    return [axis for axis in range(N_SPATIAL) if sizes[axis] != 1]


def volume_padding(
    preprocessors: Sequence[Any], shape: Tuple[int, ...]
) -> Tuple[Tuple[int, int], ...]:
    """
    :param preprocessors: the reader's layers
    :param shape: of the image, spatial axes first
    :return: voxels added (below, above) on each of the three axes
    """
    total = [[0, 0] for _ in range(N_SPATIAL)]
    for layer in preprocessors:
        if not isinstance(layer, PadLayer):
            continue
        # NiftyNet keeps the last border in the layer: work on a copy, and on an array that
        # has the shape and takes no memory
        sized = deepcopy(layer)
        padded = [size + below + above for size, (below, above) in zip(shape, total)]
        sized._set_full_border(np.broadcast_to(np.float32(0), tuple(padded) + shape[N_SPATIAL:]))
        for axis in range(N_SPATIAL):
            border = sized.full_border[axis]
            total[axis][0] += int(border[0])
            total[axis][1] += int(border[-1])
    return tuple((below, above) for below, above in total)


def network_space(subject: Subject, sampling: str) -> NetworkSpace:
    """
    :param subject: as described
    :param sampling: ``grid`` or ``resize``
    :return: where the voxels that windows are cut from lie in the world
    """
    image = subject.image
    # an empty tuple where the config asks for nothing
    resampled = bool(image.output_pixdim[0])
    axcodes = image.output_axcodes[0] or None
    space = NetworkSpace(
        load_image_obj(image.file_path[0], image.loader[0]).affine,
        image.original_shape[:N_SPATIAL],
        image.original_affine[0],
    )
    space.read(axcodes, subject.image_shape if resampled else None)
    space.pad([below for below, _ in subject.padding], [above for _, above in subject.padding])
    return space.zoom(subject.window) if sampling == 'resize' else space


def window_starts(subject: Subject, sampling: str, border: Sequence[int]) -> List[List[int]]:
    """
    :param subject: as described
    :param sampling: ``grid`` or ``resize``
    :param border: NiftyNet's, voxels
    :return: where NiftyNet's windows start on each axis, network-space voxels
    :raises GeometryError: if the window is larger than the volume, which NiftyNet refuses
    """
    if sampling == 'resize':
        return [[0], [0], [0]]
    if any(window > size for window, size in zip(subject.window, subject.padded_shape)):
        raise GeometryError(
            "the window of {} voxels is larger than the volume of subject '{}', {} voxels with its "
            'padding: choose a smaller spatial_window_size (0 takes the size of the first subject; '
            'run subjects of other sizes apart) or a larger volume_padding_size'.format(
                ' x '.join(str(size) for size in subject.window),
                subject.name,
                ' x '.join(str(size) for size in subject.padded_shape),
            )
        )
    coordinates = grid_spatial_coordinates(
        subject.index, {'image': subject.padded_shape}, {'image': subject.window}, border
    )['image']
    return [sorted(set(coordinates[:, 1 + axis].tolist())) for axis in range(N_SPATIAL)]
