# -*- coding: utf-8 -*-
"""
Images whose place in the world (affine) NiftyNet's loaders lose, and modalities that do not lie on
each other.

Files that nibabel cannot read are read by the first installed library that takes the file: OpenCV,
scikit-image, pillow, SimpleITK. The first three ignore affines: every image gets the identity
matrix, and its axes come in another order than in the file.

- *lost*: an image has a place in the world, and its loader does not give it;
- *apart*: two files of one subject lie at different places in the world, while NiftyNet puts them
  together voxel by voxel.
"""

import os
from typing import Dict, List, NamedTuple, Optional, Sequence, Tuple

import numpy as np
from niftynet.io.image_loader import AVAILABLE_LOADERS, ImageAsNibabel, load_image_obj

from niftynet_activations.hints import InputImage
from niftynet_activations.host.log import LOGGER
from niftynet_activations.host.subjects import Subject
from niftynet_activations.space.network_space import NetworkSpace

WITHOUT_WORLD = ('opencv', 'skimage', 'pillow')
PICTURES = ('.png', '.jpg', '.jpeg', '.bmp', '.gif', '.tif', '.tiff', '.ppm', '.pgm', '.webp')
APART = 0.5  # voxels; modalities that lie farther from each other get a warning


class PlaceFault(NamedTuple):
    """What is wrong with the place of a subject's image."""

    subject: str
    path: str
    reason: str


def first_file(image: InputImage) -> Tuple[str, Optional[str]]:
    """
    :param image: NiftyNet's image object
    :return: path and loader of the file that gives the image its place
    """
    return image.file_path[0], image.loader[0]


def lost_world(path: str, loader: Optional[str]) -> str:
    """
    :param path: of an image
    :param loader: NiftyNet's ``loader``, None where the config names none
    :return: why its place in the world is lost; empty where it is not
    """
    loaded = load_image_obj(path, loader)
    if not isinstance(loaded, ImageAsNibabel):
        return ''
    name = loader or _loader_that_takes(path)
    flat = len([size for size in loaded.shape[:3] if size > 1]) < 3
    if os.path.splitext(path)[1].lower() in PICTURES:
        if name == 'opencv' and loaded.ndim == 2:
            return (
                'OpenCV gives NiftyNet grey pictures with their columns mirrored: set loader = '
                'simpleitk (or pillow) in its section'
            )
        return ''
    if name in WITHOUT_WORLD:
        return (
            "NiftyNet's loader '{}' gives it no place in the world and other axes than the file: "
            'set loader = simpleitk in its section{}'.format(
                name, '' if 'simpleitk' in AVAILABLE_LOADERS else ' and install SimpleITK'
            )
        )
    if name == 'simpleitk' and flat:
        return (
            'NiftyNet gives flat images that SimpleITK reads no place in the world: convert it to '
            'NIfTI'
        )
    return ''


def tell_of_places(subjects: Sequence[Subject]) -> None:
    """
    Warn of images whose place in the world NiftyNet loses or ignores without a word. Images that
    nibabel cannot read are loaded for that.

    :param subjects: of a run
    """
    for line in lines(lost_worlds(subjects), 'segmentation and maps do not lie on the image'):
        LOGGER.warning(line)
    for line in lines(modalities_apart(subjects), 'its images do not lie on each other'):
        LOGGER.warning(line)


def lost_worlds(subjects: Sequence[Subject]) -> List[PlaceFault]:
    """
    :param subjects: of a run
    :return: the subjects whose maps cannot be placed in the world, since the first file's place is
        lost
    """
    found = []
    for subject in subjects:
        path, loader = first_file(subject.image)
        reason = lost_world(path, loader)
        if reason:
            found.append(PlaceFault(subject.name, path, reason))
    return found


def modalities_apart(subjects: Sequence[Subject]) -> List[PlaceFault]:
    """
    :param subjects: of a run
    :return: the subjects whose files lie apart in the world
    """
    found = []
    for subject in subjects:
        image = subject.image
        if len(image.file_path) == 1:
            continue
        spaces = [_space(image, number) for number in range(len(image.file_path))]
        voxel = np.linalg.norm(spaces[0].to_world[:3, :3], axis=0).min()
        for path, space in zip(image.file_path[1:], spaces[1:]):
            distance = np.linalg.norm(_corners(space) - _corners(spaces[0]), axis=1).max()
            if distance > APART * voxel:
                reason = (
                    "it lies up to {:.3g} mm away from '{}', and NiftyNet puts the two together "
                    'voxel by voxel: register and resample one to the other'.format(
                        distance, image.file_path[0]
                    )
                )
                found.append(PlaceFault(subject.name, path, reason))
    return found


def lines(faults: Sequence[PlaceFault], effect: str) -> List[str]:
    """
    :param faults: of all subjects
    :param effect: what the faults lead to, for the message
    :return: a line for each reason
    """
    by_reason: Dict[str, List[PlaceFault]] = {}
    for each in faults:
        by_reason.setdefault(each.reason, []).append(each)
    return [
        "subject '{}'{}: {}; '{}': {}".format(
            same[0].subject,
            ' and {} more'.format(len(same) - 1) if len(same) > 1 else '',
            effect,
            same[0].path,
            reason,
        )
        for reason, same in by_reason.items()
    ]


def _loader_that_takes(path: str) -> str:
    """The name of the loader that NiftyNet takes where the config names none."""
    for name, details in AVAILABLE_LOADERS.items():
        if details['auto_discover']:
            try:
                details['func'](path)
                return name
            except IOError:
                continue
    return ''


def _space(image: InputImage, number: int) -> NetworkSpace:
    """Where the voxels of one file lie, after the reorientation that the config asks for."""
    # the resampling that follows keeps the centres of the corner voxels in place
    space = NetworkSpace(
        load_image_obj(image.file_path[number], image.loader[number]).affine,
        image.original_shape[:3],
        image.original_affine[number],
    )
    return space.read(image.output_axcodes[number] or None)


def _corners(space: NetworkSpace) -> np.ndarray:
    """(8, 3) mm: centres of the voxels at the corners."""
    ends = [(0, size - 1) for size in space.shape]
    corners = np.stack(np.meshgrid(*ends, indexing='ij'), axis=-1).reshape(-1, 3)
    return corners @ space.to_world[:3, :3].T + space.to_world[:3, 3]
