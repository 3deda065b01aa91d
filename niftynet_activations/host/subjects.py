# -*- coding: utf-8 -*-
"""
Sizes of what NiftyNet will cut from each subject's image: volume, padding and windows.

All of them are known from the files' headers, before the first window is read.

- *network space*: the voxel grid that windows are cut from, after reorientation, resampling and
  volume padding;
- *padded shape*: size of the volume that the sampler cuts windows from, (x, y, z) in network-space
  voxels;
- *padding*: voxels that volume padding adds below and above the image on each axis.
"""

from copy import deepcopy
from typing import Iterable, List, NamedTuple, Sequence, Tuple, Union

import numpy as np
from niftynet.engine.image_window import ImageWindow
from niftynet.engine.sampler_grid_v2 import grid_spatial_coordinates
from niftynet.io.image_loader import load_image_obj
from niftynet.layer.pad import PadLayer

from niftynet_activations.errors import OptionError
from niftynet_activations.hints import InputImage, Layer, Reader, Sections, Window
from niftynet_activations.space.network_space import NetworkSpace
from niftynet_activations.space.place import place_of_file, place_of_image
from niftynet_activations.store.nameless import is_nameless

N_SPATIAL = 3
PADDING_MODES = ('minimum', 'constant', 'edge', 'reflect', 'symmetric', 'mean')  # for a message


class Subject(NamedTuple):
    """One subject of a run."""

    index: int  # type: ignore[assignment]  # NiftyNet's image id; a tuple's method otherwise
    name: str  # NiftyNet's subject id
    image: InputImage  # NiftyNet's image object
    image_shape: Tuple[int, int, int]  # after reorientation and resampling
    padded_shape: Tuple[int, int, int]
    padding: Tuple[Tuple[int, int], ...]
    window: Tuple[int, int, int]


def cut_window(reader: Reader, sizes: Union[Sequence[int], Sections]) -> ImageWindow:
    """
    :param reader: NiftyNet's image reader, initialised
    :param sizes: the window's (x, y, z) or, where it is empty, NiftyNet's input sections
    :return: the window that NiftyNet's samplers will cut
    """
    return ImageWindow.from_data_reader_properties(
        reader.input_sources, reader.shapes, reader.tf_dtypes, sizes
    )


def describe_subjects(reader: Reader, window: Window, image_name: str = 'image') -> List[Subject]:
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
        padded = _three(
            size + below + above for size, (below, above) in zip(shape[:N_SPATIAL], padding)
        )
        static = window.match_image_shapes({image_name: padded + shape[N_SPATIAL:]})[image_name]
        subjects.append(
            Subject(
                index,
                str(reader.get_subject_id(index)),
                image,
                _three(shape[:N_SPATIAL]),
                padded,
                padding,
                _three(static[:N_SPATIAL]),
            )
        )
    return subjects


def _three(sizes: Iterable[int]) -> Tuple[int, int, int]:
    along_x, along_y, along_z = (int(size) for size in sizes)
    return along_x, along_y, along_z


def spatial_axes_of(window: Window, image_name: str = 'image') -> List[int]:
    """
    :param window: the sampler's ``niftynet.engine.image_window.ImageWindow``
    :param image_name: the field that windows are cut from
    :return: the axes (0, 1, 2) that the network gets; NiftyNet drops axes that are one voxel thick
    """
    sizes = window.shapes[image_name][1 : 1 + N_SPATIAL]
    return [axis for axis in range(N_SPATIAL) if sizes[axis] != 1]


def network_input(volume: np.ndarray) -> np.ndarray:
    """
    :param volume: (x, y, z, time, channel), as NiftyNet's reader and samplers give it
    :return: (x, y, z, channel), as the network gets it: time points of one channel are channels
    """
    time, channels = volume.shape[N_SPATIAL:]
    return volume.reshape(volume.shape[:N_SPATIAL] + (time * channels,))


def check_border(window: Window, border: Sequence[int], image_name: str = 'image') -> None:
    """
    :param window: the grid sampler's ``niftynet.engine.image_window.ImageWindow``
    :param border: the grid sampler's border, voxels for x, y, z
    :param image_name: the field that windows are cut from
    :raises OptionError: if nothing is left of a window without its border; NiftyNet would step by
        one voxel and write a segmentation of zeros
    """
    sizes = window.shapes[image_name][1 : 1 + N_SPATIAL]
    # NiftyNet cuts as many axes as the network sees, the first ones
    cut = len(spatial_axes_of(window, image_name))
    for name, size, each in zip('xyz'[:cut], sizes, border):
        if size and size <= 2 * each:
            raise OptionError(
                'border = {}: nothing is left of a window of {} voxels along {} without {} on both '
                'sides; choose a border below {} or a larger spatial_window_size'.format(
                    ', '.join(str(one) for one in border), size, name, each, (size + 1) // 2
                )
            )


def check_padding_mode(mode: Union[str, float]) -> None:
    """
    :param mode: value of ``volume_padding_mode``
    :raises OptionError: if ``numpy.pad`` has no such mode; NiftyNet would fail at the first subject
    """
    try:
        np.pad(np.zeros((2, 2, 2)), 1, mode=mode)  # type: ignore[call-overload]
    except (ValueError, TypeError, KeyError) as error:
        raise OptionError(
            "volume_padding_mode = '{}' in [NETWORK]: expected a mode of numpy.pad, such as "
            '{}'.format(mode, ', '.join(PADDING_MODES))
        ) from error


def volume_padding(
    preprocessors: Sequence[Layer], shape: Tuple[int, ...]
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
        # NiftyNet's method stores its result in the layer, so a copy is used; and it wants an
        # array, of which only the shape counts: this one takes no memory
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
    :param subject: of the run
    :param sampling: NiftyNet's sampler, ``grid`` or ``resize``
    :return: where the voxels that windows are cut from lie in the world
    """
    image = subject.image
    # an empty tuple where the config asks for nothing
    resampled = bool(image.output_pixdim[0])
    axcodes = image.output_axcodes[0] or None
    path, shape = str(image.file_path[0]), image.original_shape[:N_SPATIAL]
    loaded = load_image_obj(path, image.loader[0])
    if is_nameless(path):
        place = place_of_image(loaded)
    else:
        place = place_of_file(path, loaded.affine, shape)
    space = NetworkSpace(np.asarray(place.affine), shape, image.original_affine[0], place)
    space.read(axcodes, subject.image_shape if resampled else None)
    space.pad([below for below, _ in subject.padding], [above for _, above in subject.padding])
    return space.zoom(subject.window) if sampling == 'resize' else space


def window_starts(subject: Subject, sampling: str, border: Sequence[int]) -> List[List[int]]:
    """
    :param subject: of the run
    :param sampling: NiftyNet's sampler, ``grid`` or ``resize``
    :param border: NiftyNet's option ``border``, voxels for x, y, z
    :return: where NiftyNet's windows start on each axis, network-space voxels
    """
    if sampling == 'resize':
        return [[0], [0], [0]]
    coordinates = grid_spatial_coordinates(
        subject.index, {'image': subject.padded_shape}, {'image': subject.window}, border
    )['image']
    return [sorted(set(coordinates[:, 1 + axis].tolist())) for axis in range(N_SPATIAL)]
