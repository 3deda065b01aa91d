# -*- coding: utf-8 -*-
"""
What is wrong with a subject's image, as far as the headers of its files tell.

NiftyNet finds most such faults when it cuts the subject's windows, and then ends the whole run.
Here they are found before the first window, so that the other subjects can be done.

- *fault*: a sentence that names the file and says what to do; empty where nothing is wrong.
"""

from collections import Counter
from typing import List, Optional, Sequence, Tuple

import numpy as np
from niftynet.io.image_loader import load_image_obj

from niftynet_activations.hints import InputImage, Reader, Window
from niftynet_activations.host.left_out import LeftOut, cannot_read
from niftynet_activations.host.subjects import N_SPATIAL, Subject, describe_subjects
from niftynet_activations.space.network_space import two_dimensional_order

NUMBERS = 'biuf'  # kinds of numpy's types that NiftyNet can turn into float32


def header_fault(paths: Sequence[str], loaders: Sequence[Optional[str]]) -> str:
    """
    :param paths: of a subject's files, one a modality
    :param loaders: NiftyNet's ``loader`` of each, None where the config names none
    :return: why NiftyNet cannot take the files' headers; empty where it can
    """
    shapes = []
    for path, loader in zip(paths, loaders):
        try:
            loaded = load_image_obj(path, loader)
        except Exception as error:  # each of NiftyNet's loaders raises its own kinds
            return cannot_read(path, error)
        try:
            sizes = [max(int(size), 1) for size in loaded.header['dim'][1:5]]
        except (KeyError, ValueError, TypeError, IndexError):
            return (
                "'{}' is a {} without the fields of a NIfTI header, which NiftyNet looks for: "
                'convert it to NIfTI'.format(path, type(loaded).__name__)
            )
        shapes.append((sizes, path))
    for sizes, path in shapes[1:]:
        if sizes != shapes[0][0]:
            return (
                "'{}' has {} voxels and '{}' {}, and NiftyNet puts them together voxel by voxel: "
                'resample one to the grid of the other'.format(
                    shapes[0][1], _sizes(shapes[0][0]), path, _sizes(sizes)
                )
            )
    return ''


def image_fault(image: InputImage) -> str:
    """
    :param image: NiftyNet's image object
    :return: why NiftyNet cannot take its voxels; empty where it can
    """
    for path, dtype in zip(image.file_path, image.dtype):
        kind = np.dtype(dtype)
        if kind.kind not in NUMBERS:
            what = 'colours' if kind.names else '{} numbers'.format(kind)
            return (
                "'{}' has {} for voxels, which NiftyNet cannot take: save it with one real number "
                'a voxel'.format(path, what)
            )
    sizes, (time, channels) = list(image.shape[:N_SPATIAL]), image.shape[N_SPATIAL:]
    if time > 1 and channels > 1:
        return (
            "'{}' has {} time points and, with its subject's other files, {} channels; NiftyNet "
            'takes one or the other: save a file for each time point'.format(
                image.file_path[0], time, channels
            )
        )
    read = [sizes[axis] for axis in two_dimensional_order(sizes)]
    if read != sizes:
        return (
            "'{}' is flat: NiftyNet reads its {} voxels as {} and cannot put its results back: "
            'save it with the axis of one voxel last'.format(
                image.file_path[0], _sizes(sizes), _sizes(read)
            )
        )
    return ''


def odd_channels(shapes: Sequence[Tuple[int, ...]]) -> List[str]:
    """
    :param shapes: (x, y, z, time, channel) of each subject's image
    :return: for each subject, why its number of channels does not fit the others; empty where it
        does. NiftyNet gives all images to one network, so that all must have the same number: that
        of most subjects; of two equally frequent numbers, the one that comes first
    """
    tails = [tuple(shape[N_SPATIAL:]) for shape in shapes]
    (usual, _), *_ = Counter(tails).most_common(1)
    return [
        ''
        if tail == usual
        else 'it has {} and most subjects have {}: give all subjects the same'.format(
            _channels(tail), _channels(usual)
        )
        for tail in tails
    ]


def window_fault(subject: Subject) -> str:
    """
    :param subject: of a run, with its sizes
    :return: why NiftyNet cannot cut a window from its volume; empty where it can
    """
    if all(window <= size for window, size in zip(subject.window, subject.padded_shape)):
        return ''
    return (
        'its window of {} voxels is larger than the volume, {} voxels with its padding: choose a '
        'smaller spatial_window_size (0 takes the size of the first subject; run subjects of other '
        'sizes apart) or a larger volume_padding_size'.format(
            _sizes(subject.window), _sizes(subject.padded_shape)
        )
    )


def odd_windows(reader: Reader, window: Window, field: str = 'image') -> List[LeftOut]:
    """
    :param reader: NiftyNet's image reader, initialised
    :param window: the ``niftynet.engine.image_window.ImageWindow`` of the grid sampler
    :param field: the reader's field that windows are cut from
    :return: subjects whose volume is smaller than the window
    """
    subjects = describe_subjects(reader, window, field)
    faults = map(window_fault, subjects)
    return [LeftOut(each.name, fault) for each, fault in zip(subjects, faults) if fault]


def odd_images(reader: Reader, field: str = 'image') -> List[LeftOut]:
    """
    :param reader: NiftyNet's image reader, initialised
    :param field: its field that windows are cut from
    :return: subjects whose images NiftyNet cannot read, or cannot give to one network with the
        others
    """
    names = [str(reader.get_subject_id(index)) for index in range(reader.num_subjects)]
    images = [each[field] for each in reader.output_list]
    found = [LeftOut(name, fault) for name, fault in zip(names, map(image_fault, images)) if fault]
    if found:
        return found
    odd = zip(names, images, odd_channels([image.shape for image in images]))
    return [
        LeftOut(name, "'{}': {}".format(image.file_path[0], fault))
        for name, image, fault in odd
        if fault
    ]


def _sizes(sizes: Sequence[int]) -> str:
    long = list(sizes[:N_SPATIAL]) + [size for size in sizes[N_SPATIAL:] if size > 1]
    return ' x '.join(str(size) for size in long)


def _channels(tail: Sequence[int]) -> str:
    """The number in words. NiftyNet takes time points for channels where there is one channel."""
    number = int(np.prod(tail))
    axis = 'time points' if tail[0] > 1 else 'channels'
    return '1 channel' if number == 1 else '{} {}'.format(number, axis)
