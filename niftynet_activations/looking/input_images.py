# -*- coding: utf-8 -*-
"""
The images that a network was given, as something to draw its maps over.

Vocabulary of this module:

input
    one of the files that a sidecar names under ``source_images``, one for each modality.
picture
    a file of rows and columns (PNG, JPEG and their kin), which has no place in the world. NiftyNet
    takes its rows as x and its columns as y, one mm a pixel. It has no left and right of a patient.
flat
    of a volume: one voxel thick along one axis.
without a world
    of an image whose place NiftyNet's loader has lost: scikit-image reads ``.nrrd`` and ``.mha``
    with the axes z, y, x and the identity as affine. A map of such an image lies in that order
    too, so of the two ways to read such a file the one is taken that lies where the map lies.
sides
    the patient's right and left, front and back. A file may not tell them: a picture, a NIfTI file
    that sets neither of its two forms, a flat image or one without a world whose affine is the
    identity. No letter is drawn on such an image.
"""

import os
from types import ModuleType
from typing import List, NamedTuple, Optional, Sequence, Tuple

import nibabel as nib
import numpy as np

from niftynet_activations.errors import OptionError, ReadError
from niftynet_activations.hints import Image, ItkImage
from niftynet_activations.space import interpolation
from niftynet_activations.store import listing
from niftynet_activations.store.description import Sidecar
from niftynet_activations.store.lazy_arrays import load_nifti

PICTURES = ('.png', '.jpg', '.jpeg', '.bmp', '.gif', '.tif', '.tiff', '.ppm', '.pgm', '.webp')
BY_ITK = ('.nrrd', '.nhdr', '.mha', '.mhd', '.dcm', '.vtk', '.gipl')
# NiftyNet counts a picture's rows along x and its columns along y; in the orientation that images
# are drawn in, the larger x lies to the left and the larger y above
FROM_ROWS_AND_COLUMNS = np.array([[0, -1, 0, 0], [-1, 0, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1.0]])
GREY = np.array([0.299, 0.587, 0.114])  # ITU-R BT.601, as Pillow has it


class Source(NamedTuple):
    """An input, or why there is none."""

    volume: Optional[np.ndarray]  # (x, y, z) float32
    affine: np.ndarray  # (4, 4), from voxels to mm
    note: str  # a sentence on why there is no volume; empty where there is one
    picture: bool = False
    colours: Optional[np.ndarray] = None  # (x, y, 1, 3) uint8 of a colour picture
    sided: bool = True  # whether a patient's sides are known in it


class Placed(NamedTuple):
    """Where a map lies; decides between two ways to read an input."""

    affine: np.ndarray
    shape: Sequence[int]


def input_names(info: Sidecar, folder: str) -> List[str]:
    """
    :param info: a sidecar
    :param folder: what relative paths start from
    :return: names to choose an input by: those of the files, or of the sidecar's sections
    """
    paths = listing.source_images(info, folder)
    given = info.get('source_images')
    if isinstance(given, dict) and len(given) == len(paths):
        return [str(name) for name in given]
    return [os.path.basename(path) for path in paths]


def choose_input(names: Sequence[str], wanted: Optional[str]) -> int:
    """
    :param names: of the inputs, as :func:`input_names` gives them
    :param wanted: a name, a part of only one name, or a number from 1; None for the first
    :return: its number, from 0
    :raises OptionError: if none or several are meant
    """
    if wanted is None:
        return 0
    found = [place for place, name in enumerate(names) if name == wanted]
    found = found or [place for place, name in enumerate(names) if wanted in name]
    if not found and wanted.isdigit() and 1 <= int(wanted) <= len(names):
        found = [int(wanted) - 1]
    if len(found) != 1:
        raise OptionError(
            "input '{}': expected a part of one name among {}, or a number from 1".format(
                wanted, ', '.join(names) or 'none'
            )
        )
    return found[0]


def is_picture(info: Sidecar, folder: str) -> bool:
    """
    :param info: a sidecar
    :param folder: what relative paths start from
    :return: whether its inputs are pictures, by their names: they need not be there
    """
    paths = listing.source_images(info, folder)
    return bool(paths) and paths[0].lower().endswith(PICTURES)


def sides_known(info: Sidecar, folder: str) -> bool:
    """
    :param info: a sidecar
    :param folder: what relative paths start from
    :return: whether its first input tells a patient's sides; the file's header is read where it is
        there, else what the map's own place says of the image counts
    """
    paths = listing.source_images(info, folder)
    if is_picture(info, folder):
        return False
    by_itk = bool(paths) and paths[0].lower().endswith(BY_ITK)
    if paths and not by_itk and os.path.isfile(paths[0]):
        try:
            if not has_form(load_nifti(paths[0])):
                return False
        except ReadError:
            pass  # reported when the image is read
    shape = info.get('shape') or [0]
    return not ((by_itk or thin_axis(shape) is not None) and _image_is_nowhere(info))


def has_form(image: Image) -> bool:
    """
    :param image: a nibabel image
    :return: whether it says where its voxels lie
    """
    header = image.header
    if isinstance(header, nib.Nifti1Header):
        return bool(header['sform_code'] > 0 or header['qform_code'] > 0)
    # the older format has no field for it
    return not isinstance(header, nib.AnalyzeHeader)


def _image_is_nowhere(info: Sidecar) -> bool:
    """Whether the affine of the image that a map was made of is the identity."""
    if not info.get('affine'):
        return False
    step = np.eye(4)
    stride, offset = info.get('stride'), info.get('offset')
    if info.get('resolution') != 'input' and stride and offset:
        step[:3, :3] = np.diag(np.array(stride, dtype=np.float64))
        step[:3, 3] = np.array(offset, dtype=np.float64)
    return bool(np.allclose(np.array(info['affine'], dtype=np.float64), step))


def read_source(
    info: Sidecar, folder: str, number: int = 0, near: Optional[Placed] = None
) -> Source:
    """
    Read an input that a sidecar names.

    :param info: the sidecar
    :param folder: what relative paths start from
    :param number: which of the inputs, from 0
    :param near: where the map lies that is to be drawn over it; by the sidecar where not given
    :return: the input, or a note that says what is wrong with it
    """
    paths, sided = listing.source_images(info, folder), sides_known(info, folder)
    if number >= len(paths):
        return Source(None, np.eye(4), 'The sidecar names no input image.', sided=sided)
    try:
        ways = _read(paths[number])
    except (ReadError, OSError, EOFError, ValueError) as error:
        note = 'The input image is not shown: {}'.format(error)
        return Source(None, np.eye(4), note, sided=sided)
    near = near or _placed(info)
    found = ways[0]
    if near is not None and len(ways) > 1:
        found = min(ways, key=lambda way: _distance(way, near))
    return found._replace(sided=sided and found.sided)


def check_source(path: str) -> None:
    """
    :param path: of an input
    :raises ReadError: if it cannot be shown, as far as that can be told without reading it
    """
    if path.lower().endswith(PICTURES + BY_ITK):
        if not os.path.isfile(path):
            raise ReadError('{} is not there; put it back'.format(path))
        if path.lower().endswith(BY_ITK):
            _itk(path)
    else:
        load_nifti(path)


def first_volume(array: np.ndarray) -> np.ndarray:
    """
    The first volume of an image of any number of axes.

    :param array: array (x, y), (x, y, z) or (x, y, z, ...)
    :return: array (x, y, z)
    """
    while array.ndim < 3:
        array = array[..., np.newaxis]
    return array.reshape(array.shape[:3] + (-1,))[..., 0]


def thin_axis(shape: Sequence[int]) -> Optional[int]:
    """
    :param shape: of a volume, (x, y, z, ...)
    :return: the only axis along which it is one voxel thick; None where it is not flat
    """
    thin = [axis for axis, size in enumerate(shape[:3]) if size == 1]
    return thin[0] if len(thin) == 1 else None


def _read(path: str) -> List[Source]:
    """
    Each way in which NiftyNet may have read a file; one that keeps its place in the world comes
    first.
    """
    if path.lower().endswith(PICTURES):
        return [_read_picture(path)]
    if path.lower().endswith(BY_ITK):
        return _read_by_itk(path)
    image = load_nifti(path)
    extra = len(image.shape) - 3
    key = (slice(None),) * min(3, len(image.shape)) + (0,) * max(0, extra)
    volume = first_volume(np.asarray(image.dataobj[key], dtype=np.float32))
    return [Source(volume, np.asarray(image.affine, dtype=np.float64), '')]


def _read_picture(path: str) -> Source:
    from PIL import Image, UnidentifiedImageError

    if not os.path.isfile(path):
        raise ReadError('{} is not there; put it back'.format(path))
    try:
        with Image.open(path) as opened:
            # a palette's numbers are no colours
            array = np.asarray(opened.convert('RGB') if opened.mode == 'P' else opened)
    except UnidentifiedImageError as error:
        raise ReadError('{} is no picture: {}'.format(path, error)) from error
    if array.ndim == 3 and array.shape[2] >= 3:
        colours = np.ascontiguousarray(array[:, :, np.newaxis, :3].astype(np.uint8))
        return Source((colours @ GREY).astype(np.float32), np.eye(4), '', True, colours)
    return Source(first_volume(array.astype(np.float32)), np.eye(4), '', True)


def _itk(path: str) -> ModuleType:
    try:
        import SimpleITK
    except ImportError as error:
        raise ReadError(
            '{} needs the package SimpleITK to be read: pip install SimpleITK'.format(path)
        ) from error
    return SimpleITK


def _read_by_itk(path: str) -> List[Source]:
    itk = _itk(path)
    if not os.path.isfile(path):
        raise ReadError('{} is not there; put it back'.format(path))
    try:
        image = itk.ReadImage(path)
    except RuntimeError as error:
        reason = ' '.join(str(error).split())[-200:]
        raise ReadError('{} is not an image that can be read: {}'.format(path, reason)) from error
    array = itk.GetArrayFromImage(image)  # (z, y, x), or (y, x); channels last
    if image.GetNumberOfComponentsPerPixel() > 1:
        array = array[..., 0]
    array = array.astype(np.float32)
    if image.GetDimension() == 2:
        return [Source(first_volume(array), np.eye(4), '', True)]
    while array.ndim > 3:
        array = array[0]  # the first time point
    lost = Source(array, np.eye(4), '', sided=False)
    return [Source(array.transpose(), _ras_affine(image), ''), lost]


def _ras_affine(image: ItkImage) -> np.ndarray:
    """ITK's world is LPS; the first three axes."""
    size = image.GetDimension()
    turn = np.array(image.GetDirection()).reshape(size, size)[:3, :3]
    lps = nib.affines.from_matvec(turn @ np.diag(image.GetSpacing()[:3]), image.GetOrigin()[:3])
    return np.diag([-1.0, -1.0, 1.0, 1.0]) @ lps


def _placed(info: Sidecar) -> Optional[Placed]:
    affine, shape = info.get('affine'), info.get('shape')
    if affine is None or not shape or len(shape) < 3:
        return None
    return Placed(np.array(affine, dtype=np.float64), shape)


def _distance(way: Source, near: Placed) -> float:
    """How far apart the corners of the two boxes in space are, in mm."""
    assert way.volume is not None  # those that _read returns
    ours: Tuple[np.ndarray, ...] = interpolation.bounding_box(way.affine, way.volume.shape)
    theirs = interpolation.bounding_box(near.affine, near.shape)
    return float(sum(np.abs(a - b).sum() for a, b in zip(ours, theirs)))
